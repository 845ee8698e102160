"""Runs scripts on scratch databases, statement by statement, and says which one fails."""

from dataclasses import dataclass
from threading import Lock

import psycopg
from psycopg.rows import TupleRow

from schemadiff.desired.splitting import parse
from schemadiff.desired.superuser import SuperuserStatements, harmless
from schemadiff.planning.plan import Script, Segment, Step


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement that Postgres refused."""

    step: Step
    number: int
    message: str

    def __str__(self) -> str:
        return f"statement {self.number} ({self.step.summary}) fails: {self.message}\n{self.step.sql}"


_SUPERUSER = Lock()
"""Only one session at a time changes what the server's databases share: the role, and who owns event triggers."""

PRELUDE = "SET check_function_bodies = off; SET client_min_messages = warning; SET statement_timeout = 0"


def rehearse(script: Script, url: str, admin_url: str | None = None) -> Failure | None:
    """Run every statement on the database at `url`; the first failure, or None.

    What only a superuser may do and is harmless on a scratch server runs at `admin_url`.
    """
    number = 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PRELUDE)
        for segment in script.segments:
            failure = _run(segment, connection, admin_url, number)
            if failure is not None:
                return failure
            number += len(segment.steps)
    return None


def _run(
    segment: Segment, connection: psycopg.Connection[TupleRow], admin_url: str | None, number: int
) -> Failure | None:
    if segment.transactional:
        connection.execute("BEGIN")
    for place, step in enumerate(segment.steps, number + 1):
        try:
            apply_settings(step, connection)
            run_statement(text_of(step, segment), connection, admin_url, transactional=segment.transactional)
        except psycopg.Error as error:
            connection.execute("ROLLBACK")
            return Failure(step, place, _message(error))
    if segment.transactional:
        try:
            connection.execute("COMMIT")
        except psycopg.Error as error:
            return Failure(segment.steps[-1], number + len(segment.steps), _message(error))
    return None


def apply_settings(step: Step, connection: psycopg.Connection[TupleRow]) -> None:
    """Run the SET statements that stand before a step. Raises psycopg.Error."""
    for setting in step.settings:
        connection.execute(setting.encode())


def text_of(step: Step, segment: Segment) -> str:
    """The statement of a step as a rehearsal runs it: a backfill in one batch."""
    return step.sql.replace(":batch", "(true)") if segment.backfill else step.sql


def run_statement(
    sql: str, connection: psycopg.Connection[TupleRow], admin_url: str | None, *, transactional: bool
) -> bool:
    """Run a statement as the role itself, or as superuser in another session where only that one may.

    The transaction so far is committed then, so that the other session sees it. Whether it ran in this
    session. Raises psycopg.Error.
    """
    if admin_url is None or not harmless(*parse(sql)):
        connection.execute(sql.encode())
        return True
    if transactional:
        connection.execute("SAVEPOINT attempt")
    try:
        connection.execute(sql.encode())
        return True
    except psycopg.errors.InsufficientPrivilege:
        if transactional:
            connection.execute("ROLLBACK TO attempt")
            connection.execute("COMMIT")
    with _SUPERUSER, psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(PRELUDE)
        SuperuserStatements(admin, connection).execute(sql, *parse(sql), "")
    if transactional:
        connection.execute("BEGIN")
    return False


def _message(error: psycopg.Error) -> str:
    primary = error.diag.message_primary or str(error)
    detail = f" ({error.diag.message_detail})" if error.diag.message_detail else ""
    return f"{primary}{detail} [{error.sqlstate}]"
