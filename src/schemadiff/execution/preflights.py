"""Questions to the rows before anything runs: would a statement of the script fail on them, or miss them?"""

from collections.abc import Iterable

import psycopg

from schemadiff.catalog.statement import Preflight
from schemadiff.errors import PreflightRefused
from schemadiff.execution.connection import Connection
from schemadiff.execution.failure import failure
from schemadiff.execution.plan_directory import Direction, PlanFile
from schemadiff.execution.reading import reading, single_query
from schemadiff.execution.row_security import hidden_rows

_GONE = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName)


def refuse_rows_in_the_way(connection: Connection, plan_file: PlanFile, direction: Direction, *, resumed: bool) -> int:
    """Ask every preflight of the script and return how many there are.

    In a `resumed` run a table or column that is gone asks nothing more. Errors: PreflightRefused with
    object, number of rows and the query that lists them; ExecutionError when a question fails.
    """
    planned = plan_file.planned(direction)
    problems = list(_problems(connection, planned.preflights, resumed))
    for segment in planned.segments:
        if segment.backfill is not None:
            hidden = hidden_rows(connection, segment.backfill, segment.backfill.sql)
            problems += [hidden] if hidden else []
    if problems:
        found = "\n".join(f"  {problem}" for problem in problems)
        raise PreflightRefused(
            f"plan {plan_file.name} would fail or pass over rows, so nothing was run:\n{found}\n"
            "mend this, then run the command again"
        )
    return len(planned.preflights)


def _problems(connection: Connection, preflights: Iterable[Preflight], resumed: bool) -> Iterable[str]:
    for preflight in preflights:
        count = _count(connection, preflight, resumed)
        if count:
            rows = "1 row" if count == 1 else f"{count} rows"
            yield f"{preflight.object}: {rows} {preflight.problem}; list them: {preflight.rows.strip()}"


def _count(connection: Connection, preflight: Preflight, resumed: bool) -> int:
    owner = f"the preflight of {preflight.object}"
    query = single_query(preflight.rows, owner)
    try:
        with reading(connection):
            row = connection.execute(f"SELECT count(*) FROM (\n{query}\n) AS rows").fetchone()
    except _GONE as error:
        if resumed:
            return 0
        raise _failed(error, owner, query) from error
    except psycopg.Error as error:
        raise _failed(error, owner, query) from error
    return int(row[0]) if row else 0


def _failed(error: psycopg.Error, owner: str, query: str) -> Exception:
    state = "nothing was run"
    return failure(error, where=owner, sql=query, state=state, step="mend the cause, or make the plan again")
