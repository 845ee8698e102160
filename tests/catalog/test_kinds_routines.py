"""Each kind of routine and what is built on routines: read, written, altered in place, replaced."""

from collections.abc import Iterator

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.scratch.server import ScratchServer

from .round_trip import Case, check, empty_database

FUNCTIONS = [
    Case("function", "s.f(integer, text)", (
        "CREATE FUNCTION s.f(a int, b text) RETURNS text LANGUAGE sql AS 'SELECT b'",
        "CREATE FUNCTION s.f(a int, b text DEFAULT 'x''y') RETURNS text LANGUAGE sql AS 'SELECT b'",
        """CREATE FUNCTION s.f(a int DEFAULT 1, b text DEFAULT 'y') RETURNS text LANGUAGE plpgsql STABLE STRICT
           SECURITY DEFINER LEAKPROOF PARALLEL SAFE COST 7 SET search_path = '' SET work_mem = '1MB'
           AS $_$BEGIN RETURN $$ \\ $$; END$_$""",
    ), in_place="forward"),
    Case("function", "s.f(integer)", (
        "CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
        "CREATE FUNCTION s.f(a int) RETURNS int LANGUAGE sql VOLATILE RETURN a + 1",
    ), in_place="forward"),
    Case("function", "s.f(integer)", (
        "CREATE FUNCTION s.f(a int) RETURNS SETOF int LANGUAGE sql ROWS 5 AS 'SELECT 1'",
        "CREATE FUNCTION s.f(b int) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION s.f(b int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION s.f(b int) RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION s.f(b int) RETURNS TABLE (x int, y text) LANGUAGE sql AS 'SELECT 1, NULL'",
        """CREATE FUNCTION s.f(b int, OUT x int, OUT z text) RETURNS SETOF record
           LANGUAGE sql AS 'SELECT 1, NULL'""",
    ), in_place="neither"),
    Case("function", "s.f(integer[])", (
        "CREATE FUNCTION s.f(a int[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION s.f(VARIADIC a int[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ), in_place="neither"),
    Case("function", "s.f(anyelement)", (
        "CREATE FUNCTION s.f(a anyelement DEFAULT 1) RETURNS anyelement LANGUAGE sql AS 'SELECT a'",
        "CREATE FUNCTION s.f(a anyelement DEFAULT 'x'::text) RETURNS anyelement LANGUAGE sql AS 'SELECT a'",
    ), in_place="neither"),
    Case("function", "s.f()", (
        "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END",
        "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT e FROM s.t; SELECT 2; END",
    ), setup="CREATE TABLE s.t (e int)"),
    Case("function", "s.f()", (
        "CREATE FUNCTION s.f() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'",
        "CREATE FUNCTION s.f() RETURNS bigint LANGUAGE internal AS 'window_row_number'",
    ), in_place="neither"),
    Case("function", "s.f()", (
        "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        """CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
           ALTER FUNCTION s.f() DEPENDS ON EXTENSION plpgsql""",
    )),
    Case("function", "s.f(s.e, s.c[], s.t)", (
        """CREATE FUNCTION s.f(a s.e, b s.c[] DEFAULT '{}', INOUT c s.t DEFAULT NULL)
           LANGUAGE sql AS 'SELECT c'""",
    ), setup="CREATE TYPE s.e AS ENUM ('a'); CREATE TYPE s.c AS (a int); CREATE TABLE s.t ()"),
]  # fmt: skip

PROCEDURES = [
    Case("procedure", "s.p(IN integer, IN text)", (
        "CREATE PROCEDURE s.p(a int, b text) LANGUAGE sql AS 'SELECT 1'",
        """CREATE PROCEDURE s.p(a int, b text DEFAULT 'x') LANGUAGE plpgsql SECURITY DEFINER
           SET work_mem = '1MB' AS 'BEGIN END'""",
    ), setup="CREATE PROCEDURE s.p(OUT a int, OUT b text, OUT c text) LANGUAGE sql AS 'SELECT 1, NULL, NULL'",
       in_place="forward"),
    Case("procedure", "s.p()", (
        "CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1'",
        "CREATE PROCEDURE s.p(OUT a int) LANGUAGE sql AS 'SELECT 1'",
        "CREATE PROCEDURE s.p(OUT b int, OUT c int) LANGUAGE sql AS 'SELECT 1, 2'",
    ), in_place="neither"),
]  # fmt: skip


@pytest.fixture(scope="module", params=["server15", "server17"])
def database(request: pytest.FixtureRequest) -> Iterator[Connection[TupleRow]]:
    server: ScratchServer = request.getfixturevalue(request.param)
    with empty_database(server, "kinds_of_routines") as connection:
        yield connection


@pytest.mark.parametrize("case", [*FUNCTIONS, *PROCEDURES], ids=str)
def test_round_trip(database: Connection[TupleRow], case: Case) -> None:
    if database.info.server_version < case.since:
        pytest.skip("this Postgres does not know the SQL")
    check(database, case)
