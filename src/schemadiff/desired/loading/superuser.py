"""Running statements that only a superuser may run, and that do no harm on a scratch server."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import psycopg
from psycopg import sql

from schemadiff.desired.loading.harmless import harmless_in_files
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.parse_tree import Tree, parse
from schemadiff.errors import ScratchError

_WITHOUT_ROLE = frozenset({"CreateExtensionStmt", "AlterExtensionStmt", "AlterExtensionContentsStmt"})
"""Objects of an extension belong to the scratch superuser, as on platforms they belong to the platform's."""

_OWNED_BY_SUPERUSERS = frozenset({"OBJECT_EVENT_TRIGGER", "OBJECT_FDW", "OBJECT_PUBLICATION", "OBJECT_SUBSCRIPTION"})
"""Kinds whose new owner may have to be a superuser at the moment of ALTER ... OWNER TO."""

_ENABLED = {
    "O": sql.SQL("ALTER EVENT TRIGGER {} ENABLE"),
    "A": sql.SQL("ALTER EVENT TRIGGER {} ENABLE ALWAYS"),
    "R": sql.SQL("ALTER EVENT TRIGGER {} ENABLE REPLICA"),
    "D": sql.SQL("ALTER EVENT TRIGGER {} DISABLE"),
}


class SuperuserStatements:
    """Runs such statements as the loading role, which is a superuser meanwhile, and only in this transaction.

    No code of the desired files runs with these rights: functions in C and languages are not accepted, event
    triggers are disabled meanwhile, and one on login is not accepted.
    """

    def __init__(self, admin: psycopg.Connection, loader: psycopg.Connection, *, for_superuser: bool = False) -> None:
        self._admin = admin
        self._loader = loader
        self._for_superuser = for_superuser

    @property
    def admin(self) -> psycopg.Connection:
        """The superuser's connection."""
        return self._admin

    def check(self) -> None:
        """Raise ScratchError if the connection is not a superuser's."""
        row = self._admin.execute("SELECT current_setting('is_superuser')").fetchone()
        if row is None or row[0] != "on":
            raise ScratchError("the role of the scratch server is not a superuser: name one that is in [scratch] url")

    def accepts(self, statement: DesiredStatement) -> bool:
        """Whether the statement may run here."""
        return harmless_in_files(statement.tag, statement.tree, for_superuser=self._for_superuser)

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
    """The roles are superusers meanwhile, in an open transaction of `admin`: no other session sees it."""
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
