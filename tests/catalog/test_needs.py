"""What types, routines and what is built on them need, as read from a real server."""

from collections.abc import Iterator

import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.reading.dependencies import Dependencies
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.scratch.server import ScratchServer

from .round_trip import empty_database

SCHEMA = """
CREATE SCHEMA s;
CREATE TYPE s.e AS ENUM ('a');
CREATE DOMAIN s.d AS text;
CREATE FUNCTION s.ok(s.d) RETURNS bool LANGUAGE sql IMMUTABLE RETURN true;
CREATE DOMAIN s.over AS s.d[] DEFAULT ARRAY['a'::s.d];
ALTER DOMAIN s.d ADD CONSTRAINT checked CHECK (VALUE <> '');
CREATE TYPE s.c AS (a s.e, b s.over);
CREATE FUNCTION s.f(x s.c, VARIADIC y s.e[]) RETURNS SETOF s.d LANGUAGE sql AS 'SELECT NULL';
CREATE PROCEDURE s.p(OUT x s.c) LANGUAGE sql BEGIN ATOMIC SELECT ROW(NULL, NULL)::s.c FROM s.f(NULL, 'a'); END;
CREATE FUNCTION s.atomic(s.c) RETURNS s.e LANGUAGE sql BEGIN ATOMIC SELECT ($1).a; END;
CREATE TABLE s.t (d s.d DEFAULT 'x' CHECK (s.ok(d)), c s.c[], n int);
CREATE FUNCTION s.count(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE s.t ALTER n SET DEFAULT s.count(1);
CREATE INDEX i ON s.t (s.count(n));
CREATE FUNCTION s.add(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE s.total(int) (SFUNC = s.add, STYPE = int);
CREATE FUNCTION s.lt(s.c, s.c) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION s.cmp(s.c, s.c) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION s.same(s.c, s.c, internal) RETURNS internal LANGUAGE internal AS 'gist_box_same';
CREATE OPERATOR s.<< (FUNCTION = s.lt, LEFTARG = s.c, RIGHTARG = s.c);
CREATE OPERATOR CLASS s.o FOR TYPE s.c USING btree AS OPERATOR 1 s.<<, FUNCTION 1 s.cmp(s.c, s.c);
CREATE OPERATOR FAMILY s.loose USING gist;
CREATE OPERATOR CLASS s.g FOR TYPE s.c USING gist FAMILY s.loose
  AS OPERATOR 1 s.<<, FUNCTION 7 s.same(s.c, s.c, internal);
CREATE TABLE s.u (c s.c);
CREATE INDEX j ON s.u (c s.o);
CREATE FUNCTION s.text(s.c) RETURNS text LANGUAGE sql AS 'SELECT NULL';
CREATE CAST (s.c AS text) WITH FUNCTION s.text(s.c);
CREATE TYPE s.b;
CREATE FUNCTION s.i(cstring) RETURNS s.b LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION s.o(s.b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE s.b (INPUT = s.i, OUTPUT = s.o);
CREATE FUNCTION s.use(s.b) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE s.r;
CREATE FUNCTION s.canonical(s.r) RETURNS s.r LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE s.r AS RANGE (SUBTYPE = int4, CANONICAL = s.canonical);
CREATE TABLE s.m (m s.r_multirange, b s.b);
CREATE COLLATION s.coll (LOCALE = 'C');
CREATE DOMAIN s.sorted AS text COLLATE s.coll;
CREATE TEXT SEARCH DICTIONARY s.dict (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION s.conf (PARSER = pg_catalog.default);
ALTER TEXT SEARCH CONFIGURATION s.conf ADD MAPPING FOR word WITH s.dict;
"""

NEEDS = {
    ("domain", "s.over"): {"domain s.d"},
    ("domain constraint", "checked ON DOMAIN s.d"): {"domain s.d"},
    ("composite type", "s.c"): {"enum s.e", "domain s.over"},
    ("function", "s.f(s.c, s.e[])"): {"composite type s.c", "enum s.e", "domain s.d"},
    ("procedure", "s.p()"): {
        "composite type s.c", "enum s.e", "function s.f(s.c, s.e[])", "domain s.d", "domain s.over",
    },
    ("function", "s.atomic(s.c)"): {"composite type s.c", "enum s.e"},
    ("column", "s.t.d"): {"domain s.d", "table s.t"},
    ("column", "s.t.c"): {"composite type s.c", "table s.t"},
    ("default value", "s.t.n"): {"column s.t.n", "function s.count(integer)"},
    ("table constraint", "t_d_check ON s.t"): {"column s.t.d", "function s.ok(s.d)"},
    ("index", "s.i"): {"column s.t.n", "function s.count(integer)", "table s.t"},
    ("aggregate", "s.total(integer)"): {"function s.add(integer, integer)"},
    ("operator", "s.<< (s.c, s.c)"): {"composite type s.c", "function s.lt(s.c, s.c)"},
    ("operator family", "s.loose USING gist"): {"operator s.<< (s.c, s.c)"},
    ("operator class", "s.g USING gist"): {
        "composite type s.c", "operator family s.loose USING gist", "function s.same(s.c, s.c, internal)",
    },
    ("operator class", "s.o USING btree"): {
        "composite type s.c", "operator family s.o USING btree", "operator s.<< (s.c, s.c)",
        "function s.cmp(s.c, s.c)",
    },
    ("index", "s.j"): {"column s.u.c", "operator class s.o USING btree"},
    ("cast", "(s.c AS text)"): {"composite type s.c", "function s.text(s.c)"},
    ("shell type", "s.b"): set(),
    ("function", "s.i(cstring)"): {"shell type s.b"},
    ("function", "s.o(s.b)"): {"shell type s.b"},
    ("base type", "s.b"): {"shell type s.b", "function s.i(cstring)", "function s.o(s.b)"},
    ("function", "s.use(s.b)"): {"base type s.b"},
    ("function", "s.canonical(s.r)"): {"shell type s.r"},
    ("range type", "s.r"): {"shell type s.r", "function s.canonical(s.r)"},
    ("column", "s.m.m"): {"range type s.r", "table s.m"},
    ("column", "s.m.b"): {"base type s.b", "table s.m"},
    ("domain", "s.sorted"): {"collation s.coll"},
    ("text search configuration", "s.conf"): {"text search dictionary s.dict"},
}  # fmt: skip

FALLING = {
    ("base type", "s.b"): {"shell type s.b", "function s.i(cstring)", "function s.o(s.b)"},
    ("range type", "s.r"): {"shell type s.r", "function s.canonical(s.r)"},
    ("operator", "s.<< (s.c, s.c)"): set(),
}  # fmt: skip


@pytest.fixture(scope="module", params=["server15", "server17"])
def dependencies(request: pytest.FixtureRequest) -> Iterator[Dependencies]:
    server: ScratchServer = request.getfixturevalue(request.param)
    with empty_database(server, "needs_of_types_and_routines") as connection:
        yield _read(connection)


def _read(connection: Connection[TupleRow]) -> Dependencies:
    connection.execute(SCHEMA.encode())
    return inspect(connection, Scope.of()).dependencies


@pytest.mark.parametrize("identity", NEEDS, ids=" ".join)
def test_needs(dependencies: Dependencies, identity: tuple[str, str]) -> None:
    found = {str(needed) for needed in dependencies.needs.get(Identity(*identity), ())}  # type: ignore[arg-type]
    assert found - {"schema s"} == NEEDS[identity]


@pytest.mark.parametrize("identity", FALLING, ids=" ".join)
def test_what_a_drop_takes_along(dependencies: Dependencies, identity: tuple[str, str]) -> None:
    along = dependencies.takes_along.get(Identity(*identity), ())  # type: ignore[arg-type]
    assert {str(taken) for taken in along} == FALLING[identity]
