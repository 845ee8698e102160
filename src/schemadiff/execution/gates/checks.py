"""Checks: queries that must hold after a migration, run where they can change nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from schemadiff.catalog.sql import Sql
from schemadiff.connection import Connection
from schemadiff.desired.data_steps.steps import Check
from schemadiff.execution.events import CheckFinished, Progress
from schemadiff.execution.failure import kind_of_error
from schemadiff.execution.gates.read_only import reading, single_query
from schemadiff.session import looking_up, users_path


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a check holds; `problem` says in words why not."""

    name: str
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether the check holds."""
        return not self.problem


def run_checks(connection: Connection, checks: Iterable[Check], progress: Progress) -> tuple[CheckResult, ...]:
    """Run every check, each in a read-only transaction with a timeout, and report each."""
    results, path = [], users_path(connection)
    for check in checks:
        result = CheckResult(check.name, _problem(connection, check, path))
        progress(CheckFinished(result.name, result.holds, result.problem))
        results.append(result)
    return tuple(results)


def _problem(connection: Connection, check: Check, path: str) -> str:
    query = single_query(check.sql, f"check {check.name!r}")
    try:
        with reading(connection), looking_up(connection, path):
            if check.raises is None:
                return _not_ok(connection, query)
            connection.execute(query)
    except psycopg.Error as error:
        if check.raises is not None and error.sqlstate == check.raises:
            return ""
        wanted = f", not with {check.raises}" if check.raises else ""
        return f"fails: {kind_of_error(error)}{wanted}"
    return f"raises nothing, {check.raises} was expected"


def _not_ok(connection: Connection, query: Sql) -> str:
    cursor = connection.execute(query)
    names = [column.name for column in cursor.description or ()]
    if "ok" not in names:
        return "returns no column named ok"
    rows = cursor.fetchall()
    if not rows:
        return "returns no row, so it asserts nothing"
    place = names.index("ok")
    if isinstance(rows[0][place], bool | None):
        bad = [row for row in rows if row[place] is not True]
    else:
        return "its column ok is not a boolean"
    if not bad:
        return ""
    return f"{len(bad)} of {len(rows)} rows are not ok; run its query to see which"
