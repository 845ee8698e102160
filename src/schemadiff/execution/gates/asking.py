"""Asking one preflight: how many rows are in the way, or why that is not known."""

from collections.abc import Iterable, Iterator

import psycopg

from schemadiff.catalog.statements.statement import Preflight, PreflightKind
from schemadiff.connection import Connection
from schemadiff.execution.gates.read_only import reading, single_query
from schemadiff.execution.gates.row_security import hiding_tables, role_of
from schemadiff.plans.model import Finding, Unanswered

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
_ALL_ROWS = "SELECT set_config('row_security', 'off', true)"
"""Makes a query fail that would otherwise skip rows."""


def findings(connection: Connection, preflights: Iterable[Preflight], timeout: str) -> Iterator[Finding]:
    """What the preflights find in the database; those that find no row yield nothing.

    Reads only; each query ends after `timeout`. One that cannot be answered yields why.
    """
    for preflight in preflights:
        try:
            found = ask(connection, preflight, timeout)
        except psycopg.Error as error:
            found = _unanswered(preflight, Unanswered.FAILED, " ".join(str(error).split()))
        if found is not None:
            yield found


def ask(connection: Connection, preflight: Preflight, timeout: str) -> Finding | None:
    """What one preflight finds, None where no row is in the way.

    Errors: PlanFileError where it is not one query; psycopg.Error where the query itself is at fault.
    """
    if preflight.kind is PreflightKind.UNASKED:
        return None
    trial = preflight.kind is PreflightKind.TRIAL
    query = single_query(preflight.rows, f"the preflight of {preflight.object}")
    counted = query if trial else f"SELECT count(*) FROM (SELECT FROM (\n{query}\n) AS found LIMIT {MOST + 1}) AS rows"
    try:
        with reading(connection, timeout):
            connection.execute(_ALL_ROWS)
            row = connection.execute(counted.encode()).fetchone()
    except _UNTOLD as error:
        return _unanswered(preflight, *_why(connection, error, query, timeout))
    except psycopg.Error as error:
        if not (error.sqlstate or "").startswith(_OF_VALUES):
            raise
        return Finding(preflight.object, preflight.problem, preflight.rows, 1, more=True)
    count = 0 if trial or row is None else int(row[0])
    if not count:
        return None
    return Finding(preflight.object, preflight.problem, preflight.rows, min(count, MOST), more=count > MOST)


def _why(connection: Connection, error: psycopg.Error, query: str, timeout: str) -> tuple[Unanswered, str]:
    if isinstance(error, psycopg.errors.QueryCanceled):
        return Unanswered.TOO_SLOW, f"the query did not end within {timeout}"
    if isinstance(error, psycopg.errors.InsufficientPrivilege) and (tables := hiding_tables(connection, query)):
        hidden = f"row-level security of {', '.join(tables)} hides rows from role {role_of(connection)}"
        return Unanswered.ROW_SECURITY, hidden
    return Unanswered.REFUSED, error.diag.message_primary or " ".join(str(error).split())


def _unanswered(preflight: Preflight, unanswered: Unanswered, why: str) -> Finding:
    return Finding(preflight.object, preflight.problem, preflight.rows, 0, unanswered=unanswered, why=why)
