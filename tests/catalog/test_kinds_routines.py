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

ADD = "CREATE FUNCTION s.add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';"

AGGREGATES = [
    Case("aggregate", "s.a(integer)", (
        "CREATE AGGREGATE s.a(int) (SFUNC = s.add, STYPE = int)",
        """CREATE AGGREGATE s.a(n int) (SFUNC = s.add, STYPE = int, SSPACE = 64, FINALFUNC = s.final,
           FINALFUNC_EXTRA, FINALFUNC_MODIFY = READ_WRITE, COMBINEFUNC = s.add, INITCOND = '0', MSFUNC = s.add,
           MINVFUNC = s.add, MSTYPE = int, MSSPACE = 8, MFINALFUNC = s.final, MFINALFUNC_EXTRA,
           MFINALFUNC_MODIFY = SHAREABLE, MINITCOND = '1', SORTOP = <, PARALLEL = SAFE)""",
    ), setup=ADD + "CREATE FUNCTION s.final(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
       in_place="forward"),
    Case("aggregate", "s.a(*)", (
        "CREATE AGGREGATE s.a(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0')",
        "CREATE AGGREGATE s.a(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '1', PARALLEL = RESTRICTED)",
    )),
    Case("aggregate", "s.a(numeric)", (
        """CREATE AGGREGATE s.a(numeric) (SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_avg,
           COMBINEFUNC = numeric_avg_combine, SERIALFUNC = numeric_avg_serialize,
           DESERIALFUNC = numeric_avg_deserialize)""",
        "CREATE AGGREGATE s.a(x numeric) (SFUNC = numeric_add, STYPE = numeric)",
    ), in_place="forward"),
    Case("aggregate", "s.a(numeric)", (
        "CREATE AGGREGATE s.a(x numeric) (SFUNC = numeric_add, STYPE = numeric)",
        "CREATE AGGREGATE s.a(y numeric) (SFUNC = numeric_add, STYPE = numeric)",
    ), in_place="neither"),
    Case("aggregate", "s.a(double precision ORDER BY anyelement)", (
        """CREATE AGGREGATE s.a(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
           FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA)""",
        """CREATE AGGREGATE s.a(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
           FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = SHAREABLE)""",
    )),
    Case("aggregate", "s.a(ORDER BY anyelement)", (
        """CREATE AGGREGATE s.a(ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
           FINALFUNC = mode_final, FINALFUNC_EXTRA)""",
    )),
    Case("aggregate", 's.a(VARIADIC "any" ORDER BY VARIADIC "any")', (
        """CREATE AGGREGATE s.a(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi,
           STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL)""",
    )),
    Case("aggregate", "s.a(VARIADIC integer[])", (
        "CREATE AGGREGATE s.a(VARIADIC n int[]) (SFUNC = s.f, STYPE = int)",
    ), setup="CREATE FUNCTION s.f(int, VARIADIC int[]) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
]  # fmt: skip

COMPARED = """
    CREATE TYPE s.c AS (a int);
    CREATE FUNCTION s.lt(s.c, s.c) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION s.not(bool) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT NOT $1';
    CREATE FUNCTION s.cmp(s.c, s.c) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE FUNCTION s.distance(s.c, s.c) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1.0';
"""

OPERATORS = [
    Case("operator", "s.!! (NONE, boolean)", ("CREATE OPERATOR s.!! (FUNCTION = s.not, RIGHTARG = bool)",),
         setup=COMPARED),
    Case("operator", "s.<<< (s.c, s.c)", (
        "CREATE OPERATOR s.<<< (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c)",
        """CREATE OPERATOR s.<<< (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c, RESTRICT = scalarltsel,
           JOIN = scalarltjoinsel)""",
    ), setup=COMPARED),
    Case("operator", "s.<<< (s.c, s.c)", (
        "CREATE OPERATOR s.<<< (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c)",
        """CREATE OPERATOR s.<<< (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c, COMMUTATOR = OPERATOR(s.<<<),
           NEGATOR = OPERATOR(s.>=), MERGES, HASHES)""",
    ), setup=COMPARED + "CREATE OPERATOR s.>= (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c)",
       in_place="forward", since=170000),
    Case("operator", "s.<<< (s.c, s.c)", (
        "CREATE OPERATOR s.<<< (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c, COMMUTATOR = OPERATOR(s.>>>))",
        """CREATE OPERATOR s.<<< (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c, COMMUTATOR = OPERATOR(s.<<<),
           HASHES)""",
    ), setup=COMPARED, in_place="neither"),
]  # fmt: skip

LESS = COMPARED + "CREATE OPERATOR s.< (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c);"
NEAR = LESS + "CREATE OPERATOR s.<-> (FUNCTION = s.distance, LEFTARG = s.c, RIGHTARG = s.c);"

OPERATOR_CLASSES = [
    Case("operator family", "s.f USING btree", (
        "CREATE OPERATOR FAMILY s.f USING btree",
        """CREATE OPERATOR FAMILY s.f USING btree; ALTER OPERATOR FAMILY s.f USING btree
           ADD OPERATOR 1 s.< (s.c, s.c), FUNCTION 1 (s.c, s.c) s.cmp(s.c, s.c)""",
        """CREATE OPERATOR FAMILY s.f USING btree;
           ALTER OPERATOR FAMILY s.f USING btree ADD OPERATOR 5 s.< (s.c, s.c)""",
    ), setup=LESS),
    Case("operator family", "s.f USING gist", (
        """CREATE OPERATOR FAMILY s.f USING gist;
           ALTER OPERATOR FAMILY s.f USING gist ADD OPERATOR 1 s.< (s.c, s.c)""",
        """CREATE OPERATOR FAMILY s.f USING gist;
           ALTER OPERATOR FAMILY s.f USING gist ADD OPERATOR 1 s.<-> (s.c, s.c) FOR ORDER BY float_ops""",
    ), setup=NEAR),
    Case("operator class", "s.o USING btree", (
        """CREATE OPERATOR CLASS s.o FOR TYPE s.c USING btree FAMILY s.o
           AS OPERATOR 1 s.<, FUNCTION 1 s.cmp(s.c, s.c)""",
        """CREATE OPERATOR CLASS s.o DEFAULT FOR TYPE s.c USING btree FAMILY s.f
           AS OPERATOR 1 s.<, FUNCTION 1 s.cmp(s.c, s.c)""",
    ), setup=LESS + "CREATE OPERATOR FAMILY s.f USING btree; CREATE OPERATOR FAMILY s.o USING btree",
       in_place="neither"),
    Case("operator class", "s.o USING gist", (
        "CREATE OPERATOR CLASS s.o FOR TYPE s.c USING gist AS STORAGE text",
        """CREATE OPERATOR CLASS s.o FOR TYPE s.c USING gist FAMILY s.o
           AS OPERATOR 1 s.<, FUNCTION 7 s.same(s.c, s.c, internal)""",
        "CREATE OPERATOR CLASS s.o FOR TYPE s.c USING gist FAMILY s.o AS OPERATOR 1 s.<, STORAGE box",
    ), setup=LESS + "CREATE FUNCTION s.same(s.c, s.c, internal) RETURNS internal LANGUAGE internal "
                    "AS 'gist_box_same'; CREATE OPERATOR FAMILY s.o USING gist", in_place="neither"),
]  # fmt: skip

LANGUAGES = [
    Case("language", '"L g"', (
        'CREATE LANGUAGE "L g" HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler',
        'CREATE TRUSTED LANGUAGE "L g" HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator',
    ), cleanup='DROP LANGUAGE IF EXISTS "L g" CASCADE'),
    Case("transform", "FOR s.c LANGUAGE plpgsql", (
        "CREATE TRANSFORM FOR s.c LANGUAGE plpgsql (FROM SQL WITH FUNCTION s.f(internal))",
        """CREATE TRANSFORM FOR s.c LANGUAGE plpgsql (FROM SQL WITH FUNCTION s.f(internal),
                                                      TO SQL WITH FUNCTION s.t(internal))""",
    ), setup="""CREATE TYPE s.c AS (a int);
                CREATE FUNCTION s.f(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'textin';
                CREATE FUNCTION s.t(internal) RETURNS s.c LANGUAGE internal IMMUTABLE AS 'textin'"""),
    Case("access method", "schemadiff_heap", (
        "CREATE ACCESS METHOD schemadiff_heap TYPE TABLE HANDLER heap_tableam_handler",
        "CREATE ACCESS METHOD schemadiff_heap TYPE INDEX HANDLER bthandler",
    ), cleanup="DROP ACCESS METHOD IF EXISTS schemadiff_heap", in_place="neither"),
]  # fmt: skip

PARSER = "START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype"

TEXT_SEARCH = [
    Case("text search parser", "s.p", (
        f"CREATE TEXT SEARCH PARSER s.p ({PARSER})",
        f"CREATE TEXT SEARCH PARSER s.p ({PARSER}, HEADLINE = prsd_headline)",
    ), in_place="neither"),
    Case("text search template", "s.t", (
        "CREATE TEXT SEARCH TEMPLATE s.t (LEXIZE = dsimple_lexize)",
        "CREATE TEXT SEARCH TEMPLATE s.t (INIT = dsimple_init, LEXIZE = dsimple_lexize)",
    ), in_place="neither"),
    Case("text search dictionary", "s.d", (
        "CREATE TEXT SEARCH DICTIONARY s.d (TEMPLATE = simple)",
        "CREATE TEXT SEARCH DICTIONARY s.d (TEMPLATE = simple, STOPWORDS = english)",
        "CREATE TEXT SEARCH DICTIONARY s.d (TEMPLATE = simple, ACCEPT = false, STOPWORDS = 'russian')",
    )),
    Case("text search dictionary", "s.d", (
        "CREATE TEXT SEARCH DICTIONARY s.d (TEMPLATE = simple)",
        "CREATE TEXT SEARCH DICTIONARY s.d (TEMPLATE = snowball, LANGUAGE = english)",
    ), in_place="neither"),
    Case("text search configuration", "s.c", (
        "CREATE TEXT SEARCH CONFIGURATION s.c (PARSER = pg_catalog.default)",
        """CREATE TEXT SEARCH CONFIGURATION s.c (PARSER = pg_catalog.default);
           ALTER TEXT SEARCH CONFIGURATION s.c ADD MAPPING FOR asciiword, word WITH simple;
           ALTER TEXT SEARCH CONFIGURATION s.c ADD MAPPING FOR email WITH s.d, simple""",
        """CREATE TEXT SEARCH CONFIGURATION s.c (PARSER = pg_catalog.default);
           ALTER TEXT SEARCH CONFIGURATION s.c ADD MAPPING FOR word, int WITH simple;
           ALTER TEXT SEARCH CONFIGURATION s.c ADD MAPPING FOR email WITH simple, s.d""",
    ), setup="CREATE TEXT SEARCH DICTIONARY s.d (TEMPLATE = simple)"),
]  # fmt: skip

CASES = [*FUNCTIONS, *PROCEDURES, *AGGREGATES, *OPERATORS, *OPERATOR_CLASSES, *LANGUAGES, *TEXT_SEARCH]


@pytest.fixture(scope="module", params=["server15", "server17"])
def database(request: pytest.FixtureRequest) -> Iterator[Connection[TupleRow]]:
    server: ScratchServer = request.getfixturevalue(request.param)
    with empty_database(server, "kinds_of_routines") as connection:
        yield connection


@pytest.mark.parametrize("case", CASES, ids=str)
def test_round_trip(database: Connection[TupleRow], case: Case) -> None:
    if database.info.server_version < case.since:
        pytest.skip("this Postgres does not know the SQL")
    check(database, case)
