"""Statements that no desired file may hold, and session settings, which hold for one file."""

from typing import cast

from schemadiff.desired.reading.declared import strings
from schemadiff.desired.reading.splitting import Tree

_DATA = (
    "{} is a data step, and desired files hold the schema only",
    "data steps live in a folder backfills, queries that must hold in a folder checks",
)
_TRANSACTION = ("{} does not belong in a desired file", "take it out: schemadiff makes the transactions")
_ROLES = (
    "{}: roles belong to the server, not to a schema",
    "make the role on the server and take this out, or ask for roles, too: --roles, or roles = true in schemadiff.toml",
)
_LEFT_OUT = ("{} changes what the server holds, and desired files only declare", "take it out")
_SERVER = ("{} acts on the server, not on a schema", "take it out of the desired files")
_SESSION = ("{} declares nothing", "take it out of the desired files")

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
"""What a statement is that the parser does not know, by its first token."""

_WITHOUT_MEANING = frozenset(
    {"statement_timeout", "lock_timeout", "transaction_timeout", "idle_session_timeout"}
    | {"idle_in_transaction_session_timeout", "client_encoding", "standard_conforming_strings"}
    | {"client_min_messages", "check_function_bodies", "synchronous_commit"}
)
"""Settings that change nothing about what a schema becomes, or that loading needs as they are."""


_OF_ROLES = {
    "CreateRoleStmt": "CREATE ROLE",
    "AlterRoleStmt": "ALTER ROLE",
    "AlterRoleSetStmt": "ALTER ROLE",
    "GrantRoleStmt": "GRANT of a role",
}


def refusal(tag: str, tree: Tree, first_token: str, *, roles: bool = False) -> tuple[str, str] | None:
    """Why a statement may not stand in a desired file, and what to do instead; with `roles`, these may be declared."""
    if tag in _OF_ROLES:
        return _role_refusal(tree) if roles else (_ROLES[0].format(_OF_ROLES[tag]), _ROLES[1])
    tag = tag or _FIRST_WORDS.get(first_token, "")
    if tag == "CopyStmt":
        if tree.get("is_program"):
            return "COPY PROGRAM runs a program on the server", "take it out: schemadiff never runs programs"
        return _DATA[0].format("COPY"), "dump with pg_dump --schema-only; " + _DATA[1]
    if tag == "CreateSubscriptionStmt" and not does_not_connect(tree):
        return "CREATE SUBSCRIPTION would connect to another server", "add WITH (connect = false)"
    if tag in _REFUSED:
        name, (message, next_step) = _REFUSED[tag]
        return message.format(name), next_step
    return None


def setting(tag: str, tree: Tree) -> str | None:
    """The session setting that a statement sets or resets ("" for all); None for other statements."""
    if tag == "VariableSetStmt":
        return str(tree.get("name", "")).lower()
    if tag != "SelectStmt" or set(tree) - {"targetList", "limitOption", "op"}:
        return None
    targets = cast(list[dict[str, Tree]], tree.get("targetList", []))
    if len(targets) != 1:
        return None
    call = cast(dict[str, Tree], targets[0]["ResTarget"].get("val", {})).get("FuncCall")
    if call is None or strings(call.get("funcname"))[-1] != "set_config":
        return None
    arguments = cast(list[dict[str, dict[str, Tree]]], call.get("args", []))
    if len(arguments) != 3 or not all("A_Const" in argument for argument in arguments):
        return None
    return str(arguments[0]["A_Const"].get("sval", {}).get("sval", "")).lower()


def setting_refusal(name: str, tree: Tree, sql: str) -> tuple[str, str] | None:
    """Why a setting may not stand in a desired file, and what to do instead."""
    if tree.get("is_local"):
        return "SET LOCAL holds for a transaction, and a desired file has none", "write SET"
    if name == "session_authorization":
        return "SET SESSION AUTHORIZATION needs a superuser", "write ALTER ... OWNER TO instead"
    if name == "client_encoding" and "utf" not in sql.lower():
        return "desired files are read as UTF-8", "save the file as UTF-8 and take this out"
    if name == "standard_conforming_strings" and " on" not in f" {sql.lower()}".replace("'", " "):
        return (
            "strings are read with standard_conforming_strings = on",
            "write E'...' where there are escapes",
        )
    return None


def changes_nothing(name: str) -> bool:
    """Whether a setting is passed over."""
    return name in _WITHOUT_MEANING


def holds_password(tag: str, tree: Tree) -> bool:
    """Whether a statement names a password, so that its text must not be shown."""
    return tag in _OF_ROLES and "password" in _role_options(tree)


def _role_refusal(tree: Tree) -> tuple[str, str] | None:
    """What files cannot declare of roles."""
    options = _role_options(tree)
    if "password" in options:
        return "a password does not belong in a file", "take PASSWORD out, and set it by hand"
    if "true" in options.get("superuser", "").lower():
        return "SUPERUSER: superusers are left alone", "take it out, and make such a role by hand"
    if "database" in tree:
        return "a setting of a role in one database: files do not know its name", "take IN DATABASE out"
    if "setstmt" in tree and "role" not in tree:
        return "ALTER ROLE ALL acts on the server, not on a role", "take it out"
    if cast(Tree, tree.get("setstmt", {})).get("kind") == "VAR_SET_CURRENT":
        return "SET ... FROM CURRENT depends on who loads the file", "write the value"
    return None


def _role_options(tree: Tree) -> dict[str, str]:
    options = [option["DefElem"] for option in cast(list[dict[str, Tree]], tree.get("options", []))]
    return {str(option["defname"]): str(option.get("arg", "")) for option in options}


def does_not_connect(tree: Tree) -> bool:
    """Whether a CREATE SUBSCRIPTION leaves the publisher alone."""
    options = [option["DefElem"] for option in cast(list[dict[str, Tree]], tree.get("options", []))]
    values = [_word(option.get("arg")) for option in options if option.get("defname") == "connect"]
    return bool(values) and all(value in ("false", "off", "0") for value in values)


def _word(argument: object) -> str:
    ((_, value),) = cast(dict[str, Tree], argument or {"": {}}).items()
    return str(next(iter(value.values()), "")).lower()
