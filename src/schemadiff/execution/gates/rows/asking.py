"""Asking one preflight: how many rows are in the way, or why that is not known."""

from collections.abc import Iterable, Iterator

import psycopg

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Preflight, PreflightKind
from schemadiff.connection import Connection
from schemadiff.execution.failure import kind_of_error
from schemadiff.execution.gates.read_only import reading, single_query
from schemadiff.execution.gates.rows.row_security import hiding_tables, role_of
from schemadiff.execution.trust.asking_role import become, read_all_rows, role_to_become
from schemadiff.execution.trust.trusted import verdict_on
from schemadiff.plans.finding import Finding, Unanswered

MOST = 1000
"""Rows are counted up to here."""

_OF_VALUES = ("22", "23", "P0001")
"""SQLSTATEs by which a value, and not the query, is at fault."""

_UNTOLD = (
    psycopg.errors.QueryCanceled,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.ReadOnlySqlTransaction,
)


class Faulty(Exception):
    """A query that fails by itself, whatever the rows are."""


class Untrusted(Exception):
    """A query that is not asked, since it may run code of others."""


def findings(connection: Connection, preflights: Iterable[Preflight], timeout: str) -> Iterator[Finding]:
    """What the preflights find in the database; those that find no row yield nothing.

    Reads only; each query ends after `timeout`. One that cannot be answered yields why.
    """
    for preflight in preflights:
        try:
            found = ask(connection, preflight, timeout)
        except psycopg.Error as error:
            found = _unanswered(preflight, Unanswered.FAILED, f"its query fails: {kind_of_error(error)}")
        if found is not None:
            yield found


def ask(connection: Connection, preflight: Preflight, timeout: str) -> Finding | None:
    """What one preflight finds, None where no row is in the way; it runs nobody's code but ours.

    Errors: PlanFileError where it is not one query; psycopg.Error where the query itself is at fault.
    """
    if preflight.kind is PreflightKind.UNASKED:
        return None
    trial = preflight.kind is PreflightKind.TRIAL
    query = single_query(preflight.rows, f"the preflight of {preflight.object}")
    counted = query if trial else f"SELECT count(*) FROM (SELECT FROM (\n{query}\n) AS found LIMIT {MOST + 1}) AS rows"
    try:
        row = _answer(connection, Sql(counted), timeout)
    except Untrusted as refusal:
        return _unanswered(preflight, Unanswered.UNTRUSTED, str(refusal))
    except Faulty as fault:
        return _unanswered(preflight, Unanswered.FAILED, str(fault))
    except _UNTOLD as error:
        return _unanswered(preflight, *_why(connection, error, preflight, timeout))
    except psycopg.Error as error:
        if not (error.sqlstate or "").startswith(_OF_VALUES):
            raise
        return Finding(preflight.object, preflight.problem, preflight.rows, 1, more=True)
    count = 0 if trial or row is None else int(row[0])
    if not count:
        return None
    return Finding(preflight.object, preflight.problem, preflight.rows, min(count, MOST), more=count > MOST)


def _answer(connection: Connection, query: Sql, timeout: str) -> tuple[int] | None:
    """The answer as the tables' owner gets it, or else as we do. Raises Untrusted and Faulty."""
    with reading(connection, timeout):
        read_all_rows(connection)
        verdict = verdict_on(connection, query)
        if verdict.problem is not None:
            raise Untrusted(f"{verdict.problem}: the statement itself will tell")
        _expect_sense(connection, query)
        owner = role_to_become(connection, verdict.owner)
        if owner is None:
            return connection.execute(query.encode()).fetchone()
        connection.execute("SAVEPOINT as_owner")
        become(connection, owner)
        try:
            return connection.execute(query.encode()).fetchone()
        except psycopg.errors.InsufficientPrivilege:
            # an owner need not be allowed into the schema
            connection.execute("ROLLBACK TO as_owner")
        return connection.execute(query.encode()).fetchone()


def _expect_sense(connection: Connection, query: Sql) -> None:
    """Raise Faulty for a query that names what is not there yet, such as an enum's label: no row is read for that."""
    try:
        connection.execute(f"PREPARE schemadiff_preflight AS {query}".encode())
    except psycopg.Error as error:
        if not (error.sqlstate or "").startswith(_OF_VALUES):
            raise
        raise Faulty(f"the query itself fails: {error.diag.message_primary}") from error
    connection.execute("DEALLOCATE schemadiff_preflight")


def _why(connection: Connection, error: psycopg.Error, preflight: Preflight, timeout: str) -> tuple[Unanswered, str]:
    if isinstance(error, psycopg.errors.QueryCanceled):
        return Unanswered.TOO_SLOW, f"the query did not end within {timeout}"
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        if tables := hiding_tables(connection, preflight.rows):
            hidden = f"row-level security of {', '.join(tables)} hides rows from role {role_of(connection)}"
            return Unanswered.ROW_SECURITY, hidden
        return Unanswered.REFUSED, f"role {role_of(connection)} may not read {', '.join(preflight.tables) or 'them'}"
    return Unanswered.REFUSED, f"the server refuses the query: {kind_of_error(error)}"


def _unanswered(preflight: Preflight, unanswered: Unanswered, why: str) -> Finding:
    return Finding(preflight.object, preflight.problem, preflight.rows, 0, unanswered=unanswered, why=why)
