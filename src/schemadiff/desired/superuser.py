"""Statements that only a superuser may run, and that do no harm on a scratch server."""

from typing import LiteralString, cast

import psycopg
from psycopg import sql

from schemadiff.desired.declared import strings
from schemadiff.desired.splitting import Tree
from schemadiff.desired.statements import DesiredStatement
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

_OWNED: dict[str, tuple[LiteralString, str]] = {
    "CreateEventTrigStmt": ("EVENT TRIGGER", "trigname"),
    "CreateFdwStmt": ("FOREIGN DATA WRAPPER", "fdwname"),
    "CreatePublicationStmt": ("PUBLICATION", "pubname"),
}

_ENABLED = {
    "O": sql.SQL("ALTER EVENT TRIGGER {} ENABLE"),
    "A": sql.SQL("ALTER EVENT TRIGGER {} ENABLE ALWAYS"),
    "R": sql.SQL("ALTER EVENT TRIGGER {} ENABLE REPLICA"),
    "D": sql.SQL("ALTER EVENT TRIGGER {} DISABLE"),
}


class SuperuserStatements:
    """Runs such statements as the scratch superuser and makes the loading role the owner of what they make.

    No code of the desired files runs with the superuser's rights: functions in C and languages are not taken,
    event triggers are off meanwhile, and one on login is not taken.
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
        return harmless(statement.tag, statement.tree)

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
        role = sql.Identifier(self._loader.info.user)
        with self._admin.transaction():
            triggers = self._admin.execute("SELECT evtname, evtenabled FROM pg_event_trigger").fetchall()
            for name, _ in triggers:
                self._admin.execute(_ENABLED["D"].format(sql.Identifier(name)))
            self._admin.execute("SELECT set_config('search_path', %s, true)", (search_path,))
            self._admin.execute(text.encode())
            for ownership in _ownership(tag, tree, role):
                self._admin.execute(ownership)
            for name, enabled in triggers:
                self._admin.execute(_ENABLED[enabled].format(sql.Identifier(name)))


def harmless(tag: str, tree: Tree) -> bool:
    """Whether a statement, by its parse tree, may run as superuser on a scratch server."""
    match tag:
        case "DefineStmt":
            return str(tree.get("kind")) in _DEFINED
        case "CreateEventTrigStmt":
            return tree.get("eventname") != "login"
        case "CommentStmt":
            return tree.get("objtype") == "OBJECT_EXTENSION"
        case "CreateSchemaStmt":
            return "schemaElts" not in tree
    return tag in _TAKEN or changes_owner(tag, tree)


def changes_owner(tag: str, tree: Tree) -> bool:
    """Whether a statement, by its parse tree, does nothing but give an object to a role."""
    if tag == "AlterTableStmt":
        actions = cast(list[dict[str, Tree]], tree.get("cmds", []))
        return all(action["AlterTableCmd"].get("subtype") == "AT_ChangeOwner" for action in actions)
    return tag == "AlterOwnerStmt"


def _ownership(tag: str, tree: Tree, role: sql.Identifier) -> list[sql.Composed]:
    """What makes `role` the owner; owners of some kinds must be superusers at the moment they become it."""
    named = _named(tag, tree)
    if named is None:
        return []
    alter = sql.SQL("ALTER {} OWNER TO {}").format(named, role)
    if tag not in _OWNED:
        return [alter]
    return [
        sql.SQL("ALTER ROLE {} SUPERUSER").format(role),
        alter,
        sql.SQL("ALTER ROLE {} NOSUPERUSER").format(role),
    ]


def _named(tag: str, tree: Tree) -> sql.Composable | None:
    if tag in _OWNED:
        words, field = _OWNED[tag]
        return sql.SQL("{} {}").format(sql.SQL(words), sql.Identifier(str(tree[field])))
    if tag == "DefineStmt" and tree.get("kind") == "OBJECT_TYPE":
        return sql.SQL("TYPE {}").format(sql.Identifier(*strings(tree["defnames"])))
    if tag in ("CreateOpClassStmt", "CreateOpFamilyStmt"):
        words, field = ("CLASS", "opclassname") if tag == "CreateOpClassStmt" else ("FAMILY", "opfamilyname")
        return sql.SQL("OPERATOR {} {} USING {}").format(
            sql.SQL(words), sql.Identifier(*strings(tree[field])), sql.Identifier(str(tree["amname"]))
        )
    return None
