"""Statements that only a superuser may run, and that do no harm on a scratch server."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import psycopg
from psycopg import sql

from schemadiff.catalog.kinds.subscription import CONNECTION
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.refusals import does_not_connect
from schemadiff.desired.reading.splitting import Tree, parse
from schemadiff.errors import ScratchError

_TAKEN = frozenset(
    {
        "AlterDefaultPrivilegesStmt",
        "AlterExtensionContentsStmt",
        "AlterExtensionStmt",
        "AlterOpFamilyStmt",
        "AlterPublicationStmt",
        "CreateAmStmt",
        "CreateCastStmt",
        "CreateExtensionStmt",
        "CreateFdwStmt",
        "CreateOpClassStmt",
        "CreateOpFamilyStmt",
        "CreatePublicationStmt",
    }
)
_DEFINED = frozenset({"OBJECT_TYPE", "OBJECT_TSPARSER", "OBJECT_TSTEMPLATE"})

_OF_SUPERUSERS = frozenset(
    {
        "AlterEventTrigStmt",
        "AlterFdwStmt",
        "AlterForeignServerStmt",
        "AlterFunctionStmt",
        "AlterObjectDependsStmt",
        "AlterObjectSchemaStmt",
        "AlterOperatorStmt",
        "AlterTSConfigurationStmt",
        "AlterTSDictionaryStmt",
        "AlterTypeStmt",
        "AlterUserMappingStmt",
        "CommentStmt",
        "CreateForeignServerStmt",
        "CreateTransformStmt",
        "CreateUserMappingStmt",
        "DropStmt",
        "DropUserMappingStmt",
        "GrantStmt",
        "RenameStmt",
        "SecLabelStmt",
    }
)
"""Statements that only write to the catalog, and that Postgres keeps for superusers, or for owners, in some form.

None of them computes an expression or calls a function of the user's.
"""

_DEFINING = frozenset(
    {
        "CreateConversionStmt",
        "CreateForeignTableStmt",
        "CreateFunctionStmt",
        "CreatePLangStmt",
        "DefineStmt",
    }
)
"""Statements that define something which only a superuser may, as it is C code, or reads files, or could crash."""

_OPTIONS_ALONE = frozenset({"AT_GenericOptions", "AT_AlterColumnGenericOptions"})

_OF_SUBSCRIPTIONS = frozenset({"CreateSubscriptionStmt", "AlterSubscriptionStmt", "DropSubscriptionStmt"})

_SUBSCRIBING = frozenset(
    {"ALTER_SUBSCRIPTION_OPTIONS", "ALTER_SUBSCRIPTION_ENABLED", "ALTER_SUBSCRIPTION_SET_PUBLICATION"}
)
"""What is done to a subscription without talking to its publisher, or letting it be another one."""

_WITHOUT_ROLE = frozenset({"CreateExtensionStmt", "AlterExtensionStmt", "AlterExtensionContentsStmt"})
"""What an extension's script makes is the scratch superuser's own, as on platforms it is theirs."""

_OWNED_BY_SUPERUSERS = frozenset({"OBJECT_EVENT_TRIGGER", "OBJECT_FDW", "OBJECT_PUBLICATION", "OBJECT_SUBSCRIPTION"})
"""Kinds whose owner may have to be a superuser at the moment when he becomes it."""

_ENABLED = {
    "O": sql.SQL("ALTER EVENT TRIGGER {} ENABLE"),
    "A": sql.SQL("ALTER EVENT TRIGGER {} ENABLE ALWAYS"),
    "R": sql.SQL("ALTER EVENT TRIGGER {} ENABLE REPLICA"),
    "D": sql.SQL("ALTER EVENT TRIGGER {} DISABLE"),
}


class SuperuserStatements:
    """Runs such statements as the loading role, which is a superuser for the moment; nobody else sees it being one.

    No code of the desired files runs with these rights: functions in C and languages are not taken, event
    triggers are off meanwhile, and one on login is not taken.
    """

    def __init__(self, admin: psycopg.Connection, loader: psycopg.Connection) -> None:
        self._admin = admin
        self._loader = loader

    def check(self) -> None:
        """ScratchError if the connection is no superuser's."""
        row = self._admin.execute("SELECT current_setting('is_superuser')").fetchone()
        if row is None or row[0] != "on":
            raise ScratchError("the scratch server's role is no superuser; give the URL of a superuser")

    def takes(self, statement: DesiredStatement) -> bool:
        """Whether the statement may run here."""
        subscribes = statement.tag in _OF_SUBSCRIPTIONS
        return harmless(statement.tag, statement.tree, for_superuser=subscribes)

    def run(self, statement: DesiredStatement, search_path: str) -> psycopg.Error | None:
        """Run the statement under the search path of its file; the server's error, or None."""
        try:
            self.execute(statement.sql, statement.tag, statement.tree, search_path)
        except psycopg.Error as error:
            if self._admin.broken:
                raise
            return error
        return None

    def execute(self, text: str, tag: str, tree: Tree, search_path: str) -> None:
        """Run one harmless statement, given with its parse tree. Raises psycopg.Error."""
        role = self._loader.info.user
        with self._admin.transaction(), promoted(self._admin, {role, *becoming_owners(tag, tree)}):
            triggers = self._admin.execute("SELECT evtname, evtenabled FROM pg_event_trigger").fetchall()
            for name, _ in triggers:
                self._admin.execute(_ENABLED["D"].format(sql.Identifier(name)))
            self._admin.execute("SELECT set_config('search_path', %s, true)", (search_path,))
            if tag not in _WITHOUT_ROLE:
                self._admin.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
            self._admin.execute(text.encode())
            self._admin.execute("RESET ROLE")
            left = {name for (name,) in self._admin.execute("SELECT evtname FROM pg_event_trigger")}
            changed = str(tree.get("trigname", "")) if tag == "AlterEventTrigStmt" else ""
            for name, enabled in triggers:
                if name in left - {changed}:
                    self._admin.execute(_ENABLED[enabled].format(sql.Identifier(name)))


@contextmanager
def promoted(admin: psycopg.Connection, roles: Collection[str]) -> Iterator[None]:
    """The roles are superusers meanwhile; in an open transaction of `admin`, which alone sees it."""
    query = "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND NOT rolsuper ORDER BY 1"
    names = [sql.Identifier(name) for (name,) in admin.execute(query, [list(roles)])]
    for name in names:
        admin.execute(sql.SQL("ALTER ROLE {} SUPERUSER").format(name))
    yield
    for name in names:
        admin.execute(sql.SQL("ALTER ROLE {} NOSUPERUSER").format(name))


def run_together(admin: psycopg.Connection, statements: Sequence[str], giving: Iterable[str]) -> None:
    """Run statements in one transaction; `giving` are those of them that change owners. Raises psycopg.Error."""
    owners = {role for text in giving for role in becoming_owners(*parse(text))}
    with admin.transaction(), promoted(admin, owners):
        admin.execute(";\n".join(statements).encode())


def becoming_owners(tag: str, tree: Tree) -> set[str]:
    """The role to which a statement gives an object of a kind that may have to be a superuser's."""
    if tag != "AlterOwnerStmt" or tree.get("objectType") not in _OWNED_BY_SUPERUSERS:
        return set()
    role = cast(dict[str, str], tree["newowner"])
    return {role["rolename"]} if "rolename" in role else set()


def harmless(tag: str, tree: Tree, *, for_superuser: bool = False) -> bool:
    """Whether a statement, by its parse tree, may run as superuser on a scratch server.

    With `for_superuser`, the role that it stands for is one on live, and may do more than platforms let others do.
    """
    if for_superuser and (tag in _OF_SUPERUSERS or (tag == "CreateFunctionStmt" and not _compiled(tree))):
        return True
    match tag:
        case "DefineStmt":
            return str(tree.get("kind")) in _DEFINED
        case "CreateEventTrigStmt":
            return tree.get("eventname") != "login"
        case "CommentStmt":
            return tree.get("objtype") == "OBJECT_EXTENSION"
        case "AlterObjectSchemaStmt":
            return tree.get("objectType") == "OBJECT_EXTENSION"
        case "DropStmt":
            return tree.get("removeType") == "OBJECT_EXTENSION"
        case "CreateSchemaStmt":
            return "schemaElts" not in tree
        case "CreateSubscriptionStmt":
            return for_superuser and tree.get("conninfo") == CONNECTION and does_not_connect(tree)
        case "AlterSubscriptionStmt":
            return for_superuser and tree.get("kind") in _SUBSCRIBING
        case "DropSubscriptionStmt":
            return for_superuser
    return tag in _TAKEN or changes_owner(tag, tree)


def defines(tag: str, tree: Tree) -> bool:
    """Whether a statement, by its parse tree, defines an object in a way that may be kept for superusers.

    It loads C code perhaps, so only what a superuser has made elsewhere may run: no text from files.
    """
    return tag in _DEFINING or _only(tag, tree, _OPTIONS_ALONE)


def changes_owner(tag: str, tree: Tree) -> bool:
    """Whether a statement, by its parse tree, does nothing but give an object to a role."""
    return tag == "AlterOwnerStmt" or _only(tag, tree, frozenset({"AT_ChangeOwner"}))


def _only(tag: str, tree: Tree, subtypes: frozenset[str]) -> bool:
    """Whether a statement is an ALTER TABLE, or the like, that has such actions alone."""
    actions = cast(list[dict[str, Tree]], tree.get("cmds", []))
    return tag == "AlterTableStmt" and all(action["AlterTableCmd"].get("subtype") in subtypes for action in actions)


def is_compiled(tag: str, tree: Tree) -> bool:
    """Whether a statement makes C code of a function, or a language, which the server would load and run."""
    return tag == "CreatePLangStmt" or (tag == "CreateFunctionStmt" and _compiled(tree))


def _compiled(tree: Tree) -> bool:
    options = [option["DefElem"] for option in cast(list[dict[str, Tree]], tree.get("options", []))]
    languages = [cast(dict[str, Tree], option["arg"]) for option in options if option["defname"] == "language"]
    return any(str(name["String"]["sval"]).lower() in ("c", "internal") for name in languages)
