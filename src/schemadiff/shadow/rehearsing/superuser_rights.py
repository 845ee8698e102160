"""What only a superuser may run, in rehearsals as a role that need not be one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import psycopg
from psycopg.errors import InsufficientPrivilege, InvalidFunctionDefinition
from psycopg.rows import TupleRow

from schemadiff.desired import limits
from schemadiff.desired.loading.declared_roles import declares_roles, reaches_out
from schemadiff.desired.loading.harmless import defines, harmless, may_be_copied
from schemadiff.desired.loading.superuser import SuperuserStatements
from schemadiff.desired.reading.index_options import IndexOptions
from schemadiff.desired.reading.parse_tree import parse
from schemadiff.plans.model import BothWays
from schemadiff.scratch.stand_ins.index_options import write_options
from schemadiff.shadow.rehearsing.failed_step import Failure

_REFUSED = (InsufficientPrivilege.sqlstate, InvalidFunctionDefinition.sqlstate)
"""How Postgres refuses what only superusers may do; for an aggregate, it calls the definition invalid."""


def prelude() -> str:
    """How sessions of rehearsals begin."""
    return (
        "SET check_function_bodies = off; SET client_min_messages = warning; "
        f"SET statement_timeout = '{limits.STATEMENT_SECONDS}s'"
    )


@dataclass(frozen=True, slots=True)
class Superuser:
    """A superuser's session at `url`, for what only a superuser may do; `on_live` if the role on live is one, too.

    `refused` are statements that Postgres refused to the role, which run as superuser from then on.
    """

    url: str
    on_live: bool = False
    refused: set[str] = field(default_factory=set)

    def runs(self, sql: str) -> bool:
        """Whether a superuser runs the statement, without an attempt by the role itself.

        A role that a superuser creates or grants has other memberships than one that another role creates or grants.
        """
        if sql in self.refused:
            return True
        tag, tree = parse(sql)
        return self.on_live and declares_roles(tag, tree) and not reaches_out(tag, tree)

    def learns(self, failure: Failure, scripts: BothWays, vouched: Callable[[], Collection[str]]) -> bool:
        """Whether the statement lacked rights that it may have: it and all like it have them from now on.

        `vouched` are the statements that schemadiff itself writes for the two states: what these define is in one of
        the two databases, where a superuser has created it.
        """
        if not (self.on_live and failure.sqlstate in _REFUSED) or failure.step.sql in self.refused:
            return False
        if not self._may_have_rights(failure.step.sql, vouched):
            return False
        tag, kind = parse(failure.step.sql)[0], failure.step.kind
        for step in (*scripts.up.steps, *scripts.down.steps):
            if step.kind == kind and parse(step.sql)[0] == tag and self._may_have_rights(step.sql, vouched):
                self.refused.add(step.sql)
        return True

    def hint(self, failure: Failure) -> str:
        """What a reader must know about a statement that lacked rights."""
        if failure.sqlstate != InsufficientPrivilege.sqlstate:
            return ""
        if not self.on_live:
            return "\n(a plan runs as the role of the connection string: connect as the one that owns these objects)"
        return (
            "\n(on live the role is a superuser; in a rehearsal, statements that may run code do not get such rights, "
            "unless schemadiff wrote them for an object that is in one of the databases)"
        )

    @staticmethod
    def _may_have_rights(sql: str, vouched: Callable[[], Collection[str]]) -> bool:
        tag, tree = parse(sql)
        return harmless(tag, tree, for_superuser=True) or (defines(tag, tree) and sql in vouched())

    def execute(self, sql: str, connection: psycopg.Connection[TupleRow]) -> None:
        """Run a statement in a session of the superuser's, for the role of `connection`. Raises psycopg.Error."""
        tag, tree = parse(sql)
        if not (may_be_copied(tag, tree) or (declares_roles(tag, tree) and not reaches_out(tag, tree))):
            raise InsufficientPrivilege("the statement may run code, and does not get the rights of a superuser")
        with psycopg.connect(self.url, autocommit=True) as admin:
            admin.execute(prelude())
            SuperuserStatements(admin, connection).execute(sql, tag, tree, "")

    def write_options(self, options: IndexOptions, newest: int) -> None:
        """Give an index parameters that its access method's stand-in does not know."""
        with psycopg.connect(self.url, autocommit=True) as admin:
            write_options(admin, options.index, newest, options.given, options.reset)
