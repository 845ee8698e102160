"""Runs scripts on scratch databases, statement by statement, and says which one fails."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Lock

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.desired.loading.declared_roles import declares_roles
from schemadiff.desired.loading.harmless import defines, harmless
from schemadiff.desired.loading.superuser import SuperuserStatements
from schemadiff.desired.reading.parse_tree import parse
from schemadiff.plans.model import BothWays, Script, Segment, Step
from schemadiff.plans.wording import summary


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement that Postgres refused; `table` and `column` are those that the error names, if it names any."""

    step: Step
    number: int
    message: str
    sqlstate: str = ""
    table: Quoted | None = None
    column: Quoted | None = None

    def __str__(self) -> str:
        return f"statement {self.number} ({summary(self.step)}) fails: {self.message}\n{self.step.sql}"


_SUPERUSER = Lock()
"""Only one session at a time changes what the server's databases share: the role, and who owns event triggers."""

_INSUFFICIENT_PRIVILEGE = "42501"
_REFUSED = (_INSUFFICIENT_PRIVILEGE, "42P13")
"""How Postgres refuses what only superusers may; an aggregate of theirs is called an invalid definition."""

PRELUDE = "SET check_function_bodies = off; SET client_min_messages = warning; SET statement_timeout = 0"


@dataclass(frozen=True, slots=True)
class Superuser:
    """Where a superuser's session begins, for what only one may do; `on_live` if live's own role is one, too.

    `refused` are statements that the role was refused, which run as superuser from then on.
    """

    url: str
    on_live: bool = False
    refused: set[str] = field(default_factory=set)

    def runs(self, sql: str) -> bool:
        """Whether a superuser runs the statement, without an attempt of the role itself.

        Who makes, grants or drops roles as superuser leaves other traces than the same role without that right.
        """
        return sql in self.refused or (self.on_live and declares_roles(*parse(sql)))

    def learns(self, failure: Failure, scripts: BothWays, vouched: Callable[[], Collection[str]]) -> bool:
        """Whether the statement lacked rights that it may have: it has them from now on, as all like it.

        `vouched` are the statements that schemadiff itself writes for the two states: what these define stands in
        one of the two databases, where a superuser has made it.
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
        if failure.sqlstate != _INSUFFICIENT_PRIVILEGE:
            return ""
        if not self.on_live:
            return "\n(a plan runs as the role of the connection string: connect as the one that owns these objects)"
        return (
            "\n(on live the role is a superuser; a rehearsal lends such rights to no statement that may run code, "
            "unless schemadiff has written it for an object that is in one of the databases)"
        )

    @staticmethod
    def _may_have_rights(sql: str, vouched: Callable[[], Collection[str]]) -> bool:
        tag, tree = parse(sql)
        return harmless(tag, tree, for_superuser=True) or (defines(tag, tree) and sql in vouched())


def rehearse(script: Script, url: str, superuser: Superuser | None = None, *, conceal: bool = False) -> Failure | None:
    """Run every statement on the database at `url`; the first failure, or None.

    What only a superuser may do and is harmless on a scratch server runs as `superuser`. With `conceal`, a
    failure tells no value of a row.
    """
    number = 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PRELUDE)
        for segment in script.segments:
            failure = _run(segment, connection, superuser, number, conceal)
            if failure is not None:
                return failure
            number += len(segment.steps)
    return None


def _run(
    segment: Segment, connection: psycopg.Connection[TupleRow], superuser: Superuser | None, number: int, conceal: bool
) -> Failure | None:
    if segment.transactional:
        connection.execute("BEGIN")
    for place, step in enumerate(segment.steps, number + 1):
        try:
            apply_settings(step, connection)
            run_statement(text_of(step, segment), connection, superuser, transactional=segment.transactional)
        except psycopg.Error as error:
            connection.execute("ROLLBACK")
            return _failure(step, place, error, conceal)
    if segment.transactional:
        try:
            connection.execute("COMMIT")
        except psycopg.Error as error:
            return _failure(segment.steps[-1], number + len(segment.steps), error, conceal)
    return None


def apply_settings(step: Step, connection: psycopg.Connection[TupleRow]) -> None:
    """Run the SET statements that stand before a step. Raises psycopg.Error."""
    for setting in step.settings:
        connection.execute(setting.encode())


def text_of(step: Step, segment: Segment) -> str:
    """The statement of a step as a rehearsal runs it: a backfill in one batch."""
    return segment.backfill.whole() if segment.backfill else step.sql


def run_statement(
    sql: str, connection: psycopg.Connection[TupleRow], superuser: Superuser | None, *, transactional: bool
) -> bool:
    """Run a statement as the role itself, or as superuser in another session where only that one may.

    The transaction so far is committed then, so that the other session sees it. Whether it ran in this
    session. Raises psycopg.Error.
    """
    if superuser is None or not (superuser.runs(sql) or harmless(*parse(sql))):
        connection.execute(sql.encode())
        return True
    if not superuser.runs(sql):
        if transactional:
            connection.execute("SAVEPOINT attempt")
        try:
            connection.execute(sql.encode())
            return True
        except psycopg.errors.InsufficientPrivilege:
            if transactional:
                connection.execute("ROLLBACK TO attempt")
    if transactional:
        connection.execute("COMMIT")
    with _SUPERUSER, psycopg.connect(superuser.url, autocommit=True) as admin:
        admin.execute(PRELUDE)
        SuperuserStatements(admin, connection).execute(sql, *parse(sql), "")
    if transactional:
        connection.execute("BEGIN")
    return False


def _failure(step: Step, number: int, error: psycopg.Error, conceal: bool) -> Failure:
    schema, table, column = error.diag.schema_name, error.diag.table_name, error.diag.column_name
    return Failure(
        step,
        number,
        _without_values(error) if conceal else _message(error),
        error.sqlstate or "",
        Quoted(f"{quote_ident(schema)}.{quote_ident(table)}") if schema and table else None,
        quote_ident(column) if column else None,
    )


def _message(error: psycopg.Error) -> str:
    primary = error.diag.message_primary or str(error)
    detail = f" ({error.diag.message_detail})" if error.diag.message_detail else ""
    return f"{primary}{detail} [{error.sqlstate}]"


_TELLS_NO_VALUE = frozenset(("0A", "23", "2B", "42", "55"))
"""Classes of errors whose messages name objects and never a value, unless a function of the user words them."""


def _without_values(error: psycopg.Error) -> str:
    """The message if it can hold no value of a row, else only what kind of error it is."""
    if (error.sqlstate or "")[:2] in _TELLS_NO_VALUE and error.diag.context is None and error.diag.message_primary:
        return f"{error.diag.message_primary} [{error.sqlstate}]"
    return f"{type(error).__name__}, in words that are kept back as they may hold values [{error.sqlstate}]"
