"""Statements that no desired file may contain, and session settings, which last for one file."""

from dataclasses import dataclass
from typing import cast

from schemadiff.desired.reading.parse_tree import Tree, constant, listed, options, strings, word

_DATA = (
    "{} is a data step, and desired files contain the schema only",
    "put data steps in a folder backfills, and queries that must hold in a folder checks",
)
_TRANSACTION = ("{} does not belong in a desired file", "remove it: schemadiff divides plans into transactions")
_ROLES = (
    "{}: roles belong to the server, not to a schema",
    "create the role on the server and remove this, or include roles: --roles, or roles = true in schemadiff.toml",
)
_LEFT_OUT = ("{} changes the server, and desired files only declare", "remove it")
_SERVER = ("{} acts on the server, not on a schema", "remove it from the desired files")
_SESSION = ("{} declares nothing", "remove it from the desired files")

_REFUSED = {
    "TransactionStmt": ("transaction control", _TRANSACTION),
    "InsertStmt": ("INSERT", _DATA),
    "UpdateStmt": ("UPDATE", _DATA),
    "DeleteStmt": ("DELETE", _DATA),
    "MergeStmt": ("MERGE", _DATA),
    "TruncateStmt": ("TRUNCATE", _DATA),
    "SelectStmt": ("SELECT", _DATA),
    "CallStmt": ("CALL", _DATA),
    "RefreshMatViewStmt": ("REFRESH", _DATA),
    "DropRoleStmt": ("DROP ROLE", _LEFT_OUT),
    "ReassignOwnedStmt": ("REASSIGN OWNED", _LEFT_OUT),
    "DropOwnedStmt": ("DROP OWNED", _LEFT_OUT),
    "CreatedbStmt": ("CREATE DATABASE", _SERVER),
    "DropdbStmt": ("DROP DATABASE", _SERVER),
    "AlterDatabaseStmt": ("ALTER DATABASE", _SERVER),
    "AlterDatabaseSetStmt": ("ALTER DATABASE", _SERVER),
    "AlterTableSpaceOptionsStmt": ("ALTER TABLESPACE", _SERVER),
    "AlterTableMoveAllStmt": ("ALTER TABLE ALL IN TABLESPACE", _SERVER),
    "CreateTableSpaceStmt": ("CREATE TABLESPACE", _SERVER),
    "DropTableSpaceStmt": ("DROP TABLESPACE", _SERVER),
    "AlterSystemStmt": ("ALTER SYSTEM", _SERVER),
    "LoadStmt": ("LOAD", _SERVER),
    "CheckPointStmt": ("CHECKPOINT", _SERVER),
    "VacuumStmt": ("VACUUM or ANALYZE", _SERVER),
    "ReindexStmt": ("REINDEX", _SERVER),
    "ClusterStmt": ("CLUSTER", _SERVER),
    "ExplainStmt": ("EXPLAIN", _SESSION),
    "PrepareStmt": ("PREPARE", _SESSION),
    "ExecuteStmt": ("EXECUTE", _SESSION),
    "DeallocateStmt": ("DEALLOCATE", _SESSION),
    "DeclareCursorStmt": ("DECLARE", _SESSION),
    "FetchStmt": ("FETCH", _SESSION),
    "ClosePortalStmt": ("CLOSE", _SESSION),
    "ListenStmt": ("LISTEN", _SESSION),
    "UnlistenStmt": ("UNLISTEN", _SESSION),
    "NotifyStmt": ("NOTIFY", _SESSION),
    "LockStmt": ("LOCK", _SESSION),
    "DiscardStmt": ("DISCARD", _SESSION),
    "VariableShowStmt": ("SHOW", _SESSION),
    "ConstraintsSetStmt": ("SET CONSTRAINTS", _SESSION),
}

_BESIDE_SCHEMAS = {"OBJECT_DATABASE": "DATABASE", "OBJECT_TABLESPACE": "TABLESPACE", "OBJECT_ROLE": "ROLE"}
"""Objects of the server, which other statements give away or rename, too."""

_FIRST_WORDS = {
    "BEGIN_P": "TransactionStmt",
    "START": "TransactionStmt",
    "COMMIT": "TransactionStmt",
    "ROLLBACK": "TransactionStmt",
    "ABORT_P": "TransactionStmt",
    "END_P": "TransactionStmt",
    "SAVEPOINT": "TransactionStmt",
    "RELEASE": "TransactionStmt",
    "COPY": "CopyStmt",
    "INSERT": "InsertStmt",
    "UPDATE": "UpdateStmt",
    "DELETE_P": "DeleteStmt",
    "MERGE": "MergeStmt",
    "SELECT": "SelectStmt",
    "WITH": "SelectStmt",
    "VALUES": "SelectStmt",
}
"""Node classes of statements that the parser cannot read, by the first token."""

_WITHOUT_MEANING = frozenset(
    {"statement_timeout", "lock_timeout", "transaction_timeout", "idle_session_timeout"}
    | {"idle_in_transaction_session_timeout", "client_min_messages", "synchronous_commit", "row_security"}
    | {"work_mem", "maintenance_work_mem", "deadlock_timeout", "log_statement", "log_min_duration_statement"}
    | {"session_replication_role", "event_triggers", "application_name", "jit"}
)
"""Settings that do not change what a schema becomes."""

_AS_LOADED = {
    "check_function_bodies": ("off", "false", "0"),
    "standard_conforming_strings": ("on", "true"),
    "client_encoding": ("utf8", "utf-8", "unicode"),
}
"""Settings that loading has anyway, with these values."""


_OF_ROLES = {
    "CreateRoleStmt": "CREATE ROLE",
    "AlterRoleStmt": "ALTER ROLE",
    "AlterRoleSetStmt": "ALTER ROLE",
    "GrantRoleStmt": "GRANT of a role",
}


def refusal(tag: str, tree: Tree, first_token: str, *, roles: bool = False) -> tuple[str, str] | None:
    """Why a statement may not be in a desired file, and what to do instead; with `roles`, these may be declared."""
    if tag in _OF_ROLES:
        return _role_refusal(tree) if roles else (_ROLES[0].format(_OF_ROLES[tag]), _ROLES[1])
    tag = tag or _FIRST_WORDS.get(first_token, "")
    if tag == "CopyStmt":
        if tree.get("is_program"):
            return "COPY PROGRAM runs a program on the server", "remove it: schemadiff never runs programs"
        return _DATA[0].format("COPY"), "dump with pg_dump --schema-only; " + _DATA[1]
    if tag == "CreateSubscriptionStmt" and not does_not_connect(tree):
        return "CREATE SUBSCRIPTION would connect to another server", "add WITH (connect = false)"
    kind = str(tree.get("objectType") if tag == "AlterOwnerStmt" else tree.get("renameType"))
    if tag in ("AlterOwnerStmt", "RenameStmt") and kind in _BESIDE_SCHEMAS:
        return _SERVER[0].format(f"ALTER {_BESIDE_SCHEMAS[kind]}"), _SERVER[1]
    if tag in _REFUSED:
        name, (message, next_step) = _REFUSED[tag]
        return message.format(name), next_step
    return None


@dataclass(frozen=True, slots=True)
class Setting:
    """A session setting that a statement sets or resets, which are all settings where the name is empty."""

    name: str
    value: str | None
    """None for none, or for several."""


def setting(tag: str, tree: Tree) -> Setting | None:
    """The setting that a statement sets, by SET, RESET or set_config(); None for other statements."""
    if tag == "VariableSetStmt":
        values = [constant(argument) for argument in listed(tree, "args")]
        return Setting(str(tree.get("name", "")).lower(), values[0] if len(values) == 1 else None)
    if tag != "SelectStmt" or set(tree) - {"targetList", "limitOption", "op"}:
        return None
    targets = listed(tree, "targetList")
    if len(targets) != 1:
        return None
    call = cast(dict[str, Tree], targets[0]["ResTarget"].get("val", {})).get("FuncCall")
    if call is None or strings(call.get("funcname"))[-1] != "set_config":
        return None
    arguments = listed(call, "args")
    if len(arguments) != 3 or not all("A_Const" in argument for argument in arguments):
        return None
    return Setting((constant(arguments[0]) or "").lower(), constant(arguments[1]))


def setting_refusal(changed: Setting, tree: Tree, *, dump: bool = False) -> tuple[str, str] | None:
    """Why a setting may not be in a desired file, and what to do instead; a `dump` may hold what changes nothing."""
    value = (changed.value or "").lower()
    if tree.get("is_local"):
        return "SET LOCAL lasts for a transaction, and a desired file has none", "write SET"
    if changed.name == "session_authorization":
        return "SET SESSION AUTHORIZATION needs a superuser", "write ALTER ... OWNER TO instead"
    if changed.name in _WITHOUT_MEANING and not dump:
        return f"SET {changed.name} changes nothing: loading and plans have settings of their own", "remove it"
    if changed.name == "check_function_bodies" and value not in _AS_LOADED[changed.name] and not dump:
        return "functions are loaded with check_function_bodies = off, and validated afterwards", "remove it"
    if changed.name == "client_encoding" and "utf" not in value:
        return "desired files are read as UTF-8", "save the file as UTF-8 and remove this statement"
    if changed.name == "standard_conforming_strings" and value not in ("on", "true"):
        return (
            "strings are read with standard_conforming_strings = on",
            "write E'...' where there are escapes",
        )
    return None


def changes_nothing(name: str) -> bool:
    """Whether a setting is left to loading."""
    return name in _WITHOUT_MEANING or name in _AS_LOADED


def holds_password(tag: str, tree: Tree) -> bool:
    """Whether a statement names a password, so that its text must not be shown."""
    return tag in _OF_ROLES and "password" in dict(options(tree))


def _role_refusal(tree: Tree) -> tuple[str, str] | None:
    """What files cannot declare of roles."""
    given = dict(options(tree))
    if "password" in given:
        return "a password does not belong in a file", "remove PASSWORD, and set it by hand"
    if word(given.get("superuser", {})) == "true":
        return "SUPERUSER: superusers are left alone", "remove it, and create such a role by hand"
    if "database" in tree:
        return "a setting of a role in one database: files do not know its name", "remove IN DATABASE"
    if "setstmt" in tree and "role" not in tree:
        return "ALTER ROLE ALL acts on the server, not on a role", "remove it"
    if cast(Tree, tree.get("setstmt", {})).get("kind") == "VAR_SET_CURRENT":
        return "SET ... FROM CURRENT depends on who loads the file", "write the value"
    return None


def does_not_connect(tree: Tree) -> bool:
    """Whether a CREATE SUBSCRIPTION leaves the publisher alone."""
    values = [word(value) for name, value in options(tree) if name == "connect"]
    return bool(values) and all(value in ("false", "off", "0") for value in values)
