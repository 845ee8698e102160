"""Each kind of type: read, written, altered in place, replaced."""

from collections.abc import Iterator

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.scratch.server import ScratchServer

from .round_trip import Case, check, empty_database

ENUMS = [
    Case("enum", "s.e", (
        "CREATE TYPE s.e AS ENUM ('b', 'd')",
        "CREATE TYPE s.e AS ENUM ('a', 'a2', 'b', 'it''s', 'd', 'e', 'f\\')",
    ), in_place="forward"),
    Case("enum", 's."E.1"', ('CREATE TYPE s."E.1" AS ENUM ()', """CREATE TYPE s."E.1" AS ENUM ('x')"""),
         in_place="forward"),
    Case("enum", "s.e", ("CREATE TYPE s.e AS ENUM ('a', 'b')", "CREATE TYPE s.e AS ENUM ('b', 'a')"),
         in_place="neither"),
]  # fmt: skip

DOMAINS = [
    Case("domain", "s.d", (
        "CREATE DOMAIN s.d AS varchar(10)",
        "CREATE DOMAIN s.d AS varchar(10) DEFAULT 'x'",
        "CREATE DOMAIN s.d AS varchar(10) DEFAULT 'y' NOT NULL",
    )),
    Case("domain", "s.d", ("CREATE DOMAIN s.d AS text", 'CREATE DOMAIN s.d AS text COLLATE "C"'),
         in_place="neither"),
    Case("domain", "s.d", ("CREATE DOMAIN s.d AS text", "CREATE DOMAIN s.d AS s.b[]"),
         setup="CREATE DOMAIN s.b AS int", in_place="neither"),
    Case("domain", "s.d", (
        "CREATE DOMAIN s.d AS int NOT NULL",
        "CREATE DOMAIN s.d AS int CONSTRAINT required NOT NULL",
        "CREATE DOMAIN s.d AS int",
    ), since=170000),
    Case("domain constraint", '"a b" ON DOMAIN s.d', (
        'ALTER DOMAIN s.d ADD CONSTRAINT "a b" CHECK (VALUE > 0) NOT VALID',
        'ALTER DOMAIN s.d ADD CONSTRAINT "a b" CHECK (VALUE > 0)',
    ), setup="CREATE DOMAIN s.d AS int", in_place="forward"),
    Case("domain constraint", "c ON DOMAIN s.d", (
        "CREATE DOMAIN s.d AS int CONSTRAINT c CHECK (VALUE > 0)",
        "CREATE DOMAIN s.d AS int CONSTRAINT c CHECK (VALUE > 1)",
    ), in_place="neither"),
]  # fmt: skip

COMPOSITES = [
    Case("composite type", "s.c", (
        'CREATE TYPE s.c AS ("A" int, b text COLLATE "C")',
        "CREATE TYPE s.c AS (b varchar(5), n numeric(4,2)[])",
    ), in_place="forward"),
    Case("composite type", "s.c", ("CREATE TYPE s.c AS ()", "CREATE TYPE s.c AS (a int, b int[])")),
    Case("composite type", "s.c", ("CREATE TYPE s.c AS (a int, b int)", "CREATE TYPE s.c AS (b int, a int)"),
         in_place="neither"),
    Case("composite type", "s.c", (
        "CREATE TYPE s.c AS (a int, b int); COMMENT ON COLUMN s.c.a IS 'one'",
        "CREATE TYPE s.c AS (a int, b int); COMMENT ON COLUMN s.c.a IS 'it''s two';"
        "COMMENT ON COLUMN s.c.b IS 'b'",
    )),
    Case("composite type", "s.c", (
        "CREATE TYPE s.c AS (a int)",
        "CREATE TYPE s.c AS (a bigint, b text)",
    ), users="CREATE TABLE s.t OF s.c"),
    Case("composite type", "s.c", ("CREATE TYPE s.c AS (a int)", "CREATE TYPE s.c AS (a int, b text)"),
         users="CREATE TABLE s.t (c s.c, a s.c[])"),
]  # fmt: skip


@pytest.fixture(scope="module", params=["server15", "server17"])
def database(request: pytest.FixtureRequest) -> Iterator[Connection[TupleRow]]:
    server: ScratchServer = request.getfixturevalue(request.param)
    with empty_database(server, "kinds_of_types") as connection:
        yield connection


@pytest.mark.parametrize("case", [*ENUMS, *DOMAINS, *COMPOSITES], ids=str)
def test_round_trip(database: Connection[TupleRow], case: Case) -> None:
    if database.info.server_version < case.since:
        pytest.skip("this Postgres does not know the SQL")
    check(database, case)
