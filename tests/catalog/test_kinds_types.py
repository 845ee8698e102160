"""Each kind of type: read, written, altered in place, replaced."""

from collections.abc import Iterator

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.scratch.server import ScratchServer

from .round_trip import Case, check, empty_database, run

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

RANGES = [
    Case("range type", "s.r", (
        "CREATE TYPE s.r AS RANGE (SUBTYPE = text)",
        'CREATE TYPE s.r AS RANGE (SUBTYPE = text, COLLATION = "C", MULTIRANGE_TYPE_NAME = s."M r")',
        """CREATE TYPE s.r AS RANGE (SUBTYPE = text, COLLATION = "C", SUBTYPE_OPCLASS = text_pattern_ops,
           SUBTYPE_DIFF = s.diff)""",
    ), setup="CREATE FUNCTION s.diff(text, text) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1.0'",
       in_place="neither"),
    Case("range type", "s.r", (
        "CREATE TYPE s.r AS RANGE (SUBTYPE = int4, MULTIRANGE_TYPE_NAME = s.m)",
        """CREATE TYPE s.r AS RANGE (SUBTYPE = int4, MULTIRANGE_TYPE_NAME = s.m);
           COMMENT ON TYPE s.m IS 'it''s m'""",
    )),
    Case("range type", "s.r", (
        """CREATE TYPE s.r;
           CREATE FUNCTION s.f(s.r) RETURNS s.r LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
           CREATE TYPE s.r AS RANGE (SUBTYPE = int4, CANONICAL = s.f)""",
    )),
]  # fmt: skip

FUNCTIONS_OF_A_TYPE = """
    CREATE TYPE s.b;
    CREATE FUNCTION s.i(cstring) RETURNS s.b LANGUAGE internal IMMUTABLE STRICT AS 'textin';
    CREATE FUNCTION s.o(s.b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
    CREATE FUNCTION s.r(internal) RETURNS s.b LANGUAGE internal IMMUTABLE STRICT AS 'textrecv';
    CREATE FUNCTION s.s(s.b) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'textsend';
    CREATE FUNCTION s.mi(cstring[]) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
    CREATE FUNCTION s.sub(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT
      AS 'jsonb_subscript_handler';
    CREATE FUNCTION s.mo(int) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
"""

BASES = [
    Case("shell type", "s.b", ("CREATE TYPE s.b",)),
    Case("base type", "s.b", (
        "CREATE TYPE s.b (INPUT = s.i, OUTPUT = s.o, STORAGE = extended)",
        """CREATE TYPE s.b (INPUT = s.i, OUTPUT = s.o, RECEIVE = s.r, SEND = s.s, TYPMOD_IN = s.mi,
           TYPMOD_OUT = s.mo, STORAGE = main)""",
    ), setup=FUNCTIONS_OF_A_TYPE),
    Case("base type", "s.b", (
        """CREATE TYPE s.b (INPUT = s.i, OUTPUT = s.o, ALIGNMENT = double, CATEGORY = 'x', PREFERRED = true,
           DEFAULT = 'it''s', ELEMENT = text, SUBSCRIPT = s.sub, DELIMITER = ';', COLLATABLE = true)""",
    ), setup=FUNCTIONS_OF_A_TYPE),
    Case("base type", "s.n", (
        """CREATE TYPE s.n;
           CREATE FUNCTION s.i(cstring) RETURNS s.n LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
           CREATE FUNCTION s.o(s.n) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
           CREATE TYPE s.n (INPUT = s.i, OUTPUT = s.o, INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4)""",
    )),
]  # fmt: skip

COLLATIONS = [
    Case("collation", "s.c", (
        "CREATE COLLATION s.c (LOCALE = 'C')",
        "CREATE COLLATION s.c (LC_COLLATE = 'C', LC_CTYPE = 'POSIX')",
    ), in_place="neither"),
    Case("collation", "s.c", ("CREATE COLLATION s.c (PROVIDER = builtin, LOCALE = 'C.UTF-8')",), since=170000),
]  # fmt: skip

ICU_COLLATIONS = [
    Case("collation", "s.c", (
        "CREATE COLLATION s.c (PROVIDER = icu, LOCALE = 'de-u-co-phonebk')",
        "CREATE COLLATION s.c (PROVIDER = icu, LOCALE = 'und', DETERMINISTIC = false)",
    ), in_place="neither"),
    Case("collation", "s.c", (
        "CREATE COLLATION s.c (PROVIDER = icu, LOCALE = 'und', RULES = '&V << w <<< W')",
    ), since=160000),
]  # fmt: skip

CONVERSIONS = [
    Case("conversion", "s.c", (
        "CREATE CONVERSION s.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        "CREATE DEFAULT CONVERSION s.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
    ), in_place="neither"),
]  # fmt: skip

CASTS = [
    Case("cast", "(s.c AS s.d)", (
        "CREATE CAST (s.c AS s.d) WITH FUNCTION s.f(s.c)",
        "CREATE CAST (s.c AS s.d) WITH FUNCTION s.f(s.c) AS IMPLICIT",
        "CREATE CAST (s.c AS s.d) WITH INOUT AS ASSIGNMENT",
    ), setup="""CREATE TYPE s.c AS (a int); CREATE TYPE s.d AS (a int);
                CREATE FUNCTION s.f(s.c) RETURNS s.d LANGUAGE sql AS 'SELECT NULL'""", in_place="neither"),
    Case("cast", "(boolean AS bigint)", (
        "CREATE CAST (bool AS bigint) WITH INOUT",
    ), cleanup="DROP CAST IF EXISTS (bool AS bigint)"),
    Case("cast", "(s.b AS text)", (
        "CREATE TYPE s.b (INPUT = s.i, OUTPUT = s.o); CREATE CAST (s.b AS text) WITHOUT FUNCTION",
    ), setup=FUNCTIONS_OF_A_TYPE),
]  # fmt: skip

CASES = [*ENUMS, *DOMAINS, *COMPOSITES, *RANGES, *BASES, *COLLATIONS, *CONVERSIONS, *CASTS]


@pytest.fixture(scope="module", params=["server15", "server17"])
def database(request: pytest.FixtureRequest) -> Iterator[Connection[TupleRow]]:
    server: ScratchServer = request.getfixturevalue(request.param)
    with empty_database(server, "kinds_of_types") as connection:
        yield connection


@pytest.mark.parametrize("case", CASES, ids=str)
def test_round_trip(database: Connection[TupleRow], case: Case) -> None:
    if database.info.server_version < case.since:
        pytest.skip("this Postgres does not know the SQL")
    check(database, case)


@pytest.mark.parametrize("case", ICU_COLLATIONS, ids=str)
def test_round_trip_of_icu_collations(database: Connection[TupleRow], case: Case) -> None:
    if not database.execute("SELECT FROM pg_collation WHERE collprovider = 'i'").fetchone():
        pytest.skip("this Postgres is built without ICU")
    test_round_trip(database, case)


def test_values_of_a_replaced_composite_type_keep_their_attributes(database: Connection[TupleRow]) -> None:
    """Attributes are found by name, whatever their place, also in arrays, domains and other types."""
    database.execute("RESET search_path; DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s")
    database.execute("""
        CREATE TYPE s.c AS (a int, b int);
        CREATE DOMAIN s.d AS s.c;
        CREATE TABLE s.t (one s.c, "Many" s.c[], d s.d, none s.c);
        INSERT INTO s.t VALUES (ROW(1, 2), ARRAY[ROW(3, 4)::s.c, NULL], ROW(5, 6), NULL)
    """)
    catalog = inspect(database, Scope.of())
    columns = [found for found in catalog if isinstance(found, Column)]
    for column in columns:
        run(database, column.release())
    database.execute("DROP TYPE s.c CASCADE; CREATE TYPE s.c AS (b int, new text, a int)")
    database.execute("CREATE DOMAIN s.d AS s.c")
    for column in columns:
        run(database, column.restore())
    row = database.execute('SELECT one::text, "Many"::text, d::text, none FROM s.t').fetchone()
    assert row == ("(2,,1)", '{"(4,,3)",NULL}', "(6,,5)", None)
    assert {found.id for found in inspect(database, Scope.of()) if isinstance(found, Column)} == {
        column.id for column in columns
    }
