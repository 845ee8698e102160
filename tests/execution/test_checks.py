"""What a check means."""

import psycopg
import pytest

from schemadiff.catalog.sql import Sql
from schemadiff.desired.data_steps.steps import Check
from schemadiff.errors import PlanFileError
from schemadiff.execution.events import silent
from schemadiff.execution.gates.checks import run_checks
from schemadiff.scratch.server import ScratchServer

RAISE = "SELECT 1 / 0"


@pytest.mark.parametrize(
    ("sql", "raises", "problem"),
    [
        ("SELECT true AS ok", None, ""),
        ("SELECT true AS ok, n FROM generate_series(1, 3) AS n;", None, ""),
        ("SELECT NULL::boolean AS ok", None, "1 of 1 rows are not ok; run its query to see which"),
        (
            "SELECT n, n < 2 AS ok FROM generate_series(1, 3) AS n",
            None,
            "2 of 3 rows are not ok; run its query to see which",
        ),
        ("SELECT true AS fine", None, "returns no column named ok"),
        ("SELECT 1 AS ok", None, "its column ok is not a boolean"),
        ("SELECT true AS ok WHERE false", None, "returns no row, so it asserts nothing"),
        (RAISE, None, "fails: division by zero (SQLSTATE 22012)"),
        (RAISE, "22012", ""),
        (RAISE, "P0001", "fails: division by zero (SQLSTATE 22012), not with P0001"),
        ("SELECT 'a secret'::int = 1 AS ok", None, "fails: invalid text representation (SQLSTATE 22P02)"),
        ("SELECT true AS ok", "22012", "raises nothing, 22012 was expected"),
        (
            "SELECT true AS ok, nextval('counter')",
            None,
            "fails: read only sql transaction (SQLSTATE 25006)",
        ),
    ],
)
def test_a_check(server_url: str, sql: str, raises: str | None, problem: str) -> None:
    """Holds only when every row says so."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE IF NOT EXISTS counter")
        (result,) = run_checks(connection, [Check("it", Sql(sql), raises)], silent)
    assert result.problem == problem
    assert result.holds == (not problem)


@pytest.mark.parametrize("sql", ["SELECT true AS ok; COMMIT", "DROP TABLE x", "SELEC"])
def test_only_a_query_is_a_check(server_url: str, sql: str) -> None:
    """Nothing else is sent to the server."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        with pytest.raises(PlanFileError, match="check 'it' is not"):
            run_checks(connection, [Check("it", Sql(sql))], silent)


@pytest.fixture
def server_url(server17: ScratchServer) -> str:
    """A database that all checks of this file may read."""
    return server17.url("postgres")
