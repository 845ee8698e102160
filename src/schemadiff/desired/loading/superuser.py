"""Running statements that only a superuser may run, and that do no harm on a scratch server."""

import psycopg

from schemadiff.desired.loading.foreign_code import refuse_results, refuse_surroundings
from schemadiff.desired.loading.harmless import computes, harmless_in_files, without_leakproof
from schemadiff.desired.loading.owner_changes import changes_owner, give
from schemadiff.desired.loading.session_authorization import ONE_AT_A_TIME, acting_as, promoted
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.parse_tree import Tree, strings
from schemadiff.errors import ScratchError
from schemadiff.scratch.superuser_session import run_alone, without_event_triggers

_WITHOUT_ROLE = frozenset({"CreateExtensionStmt", "AlterExtensionStmt", "AlterExtensionContentsStmt"})
"""Objects of an extension belong to the scratch superuser, as on platforms they belong to the platform's."""

_FUNCTIONS = "SELECT p.oid::regprocedure::text, p.xmin::text FROM pg_catalog.pg_proc AS p WHERE p.proname = %s"


class SuperuserStatements:
    """Runs such statements as the loading role, which is a superuser meanwhile, and only in this transaction.

    Each is a single statement of a form that computes nothing and calls no function of the desired files', and event
    triggers are disabled meanwhile.
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
        row = self._admin.execute("SELECT pg_catalog.current_setting('is_superuser')").fetchone()
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

    def execute(self, text: str, tag: str, tree: Tree, search_path: str, *, vouched: bool = False) -> None:
        """Run one harmless statement, given with its parse tree; `vouched` says that a superuser of live has run it.

        Raises psycopg.Error.
        """
        role = self._loader.info.user
        if computes(tree):
            self._make_leakproof(text, tree)
            return
        if changes_owner(tag, tree):
            give(self._admin, role, [text], search_path)
            return
        changed = str(tree.get("trigname", "")) if tag == "AlterEventTrigStmt" else ""
        with ONE_AT_A_TIME, self._admin.transaction(), without_event_triggers(self._admin, changed):
            refuse_surroundings(self._admin, tag, tree, None if vouched else role, search_path)
            actor = None if tag in _WITHOUT_ROLE else role
            with promoted(self._admin, {role}), acting_as(self._admin, actor, search_path):
                run_alone(self._admin, [text])
            if not vouched:
                refuse_results(self._admin, tag)

    def _make_leakproof(self, text: str, tree: Tree) -> None:
        """Create a function without LEAKPROOF as the loading role, and say as superuser that it is leakproof."""
        name = strings(tree.get("funcname"))[-1]
        before = set(self._admin.execute(_FUNCTIONS, [name]))
        self._loader.execute(without_leakproof(text, tree).encode())
        for function, _ in set(self._admin.execute(_FUNCTIONS, [name])) - before:
            with self._admin.transaction(), without_event_triggers(self._admin):
                run_alone(self._admin, [f"ALTER FUNCTION {function} LEAKPROOF"])
