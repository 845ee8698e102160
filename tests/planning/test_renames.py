"""Renames by annotation: made first, once, and taken back last; rows, values and counters stay."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import schemadiff
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.config import Project
from schemadiff.planning.renames.policy import Rename
from schemadiff.planning.renames.steps import renaming_steps
from schemadiff.plans.model import Plan, Script
from schemadiff.scratch.server import ScratchServer

LIVE = """
CREATE TYPE color AS ENUM ('red', 'blu');
CREATE TYPE pair AS (l int, r int);
CREATE FUNCTION old_f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE TABLE "Old t" (id bigserial PRIMARY KEY, nam text, c color);
CREATE INDEX i_old ON "Old t" (nam);
CREATE VIEW v AS SELECT nam AS name, c FROM "Old t";
INSERT INTO "Old t" (nam, c) VALUES ('a', 'blu'), ('b', 'red');
CREATE TABLE ring_a (y text);
CREATE TABLE ring_b (x int);
INSERT INTO ring_b VALUES (7);
CREATE TABLE chain_1 (n int);
CREATE TABLE chain_2 (m int);
INSERT INTO chain_1 VALUES (1);
"""

DESIRED = """
CREATE TYPE color AS ENUM (
  'red',
  -- @renamed from=blu
  'blue'
);
CREATE TYPE pair AS (
  -- @renamed from=l
  lft int,
  r int
);
-- @renamed from=old_f
CREATE FUNCTION new_f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
-- @renamed from="Old t"
CREATE TABLE new_t (
  id bigserial PRIMARY KEY,
  -- @renamed from=nam
  name text,
  c color
);
-- @renamed from=i_old
CREATE INDEX i_new ON new_t (name);
CREATE VIEW v AS SELECT name, c FROM new_t;
-- @renamed from=ring_b
CREATE TABLE ring_a (x int);
-- @renamed from=ring_a
CREATE TABLE ring_b (y text);
-- @renamed from=chain_2
CREATE TABLE chain_3 (m int);
-- @renamed from=chain_1
CREATE TABLE chain_2 (n int);
"""


def planned(url: str, desired: Path) -> Plan:
    """The proven plan from a database to files."""
    return schemadiff.diff(url, str(desired), Project.default(desired))


def run(url: str, script: Script) -> None:
    """Run a script as it stands."""
    with psycopg.connect(url, autocommit=True) as connection:
        for step in script.steps:
            connection.execute(step.sql.encode())


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """What a query returns."""
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_renames_of_every_sort_keep_what_there_is(
    server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    url = fresh_database(server17)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(LIVE.encode())
    (tmp_path / "schema.sql").write_text(DESIRED)

    plan = planned(url, tmp_path)

    assert plan.proof is not None and plan.proof.holds
    assert all(step.sql.startswith("ALTER ") and "RENAME" in step.sql for step in plan.up.steps)
    run(url, plan.up)
    assert planned(url, tmp_path).empty
    assert rows(url, "SELECT id, name, c::text FROM new_t ORDER BY id") == [(1, "a", "blue"), (2, "b", "red")]
    assert rows(url, "SELECT nextval('new_t_id_seq'), (SELECT n FROM chain_2), (SELECT x FROM ring_a)") == [(3, 1, 7)]
    run(url, plan.down)
    assert rows(url, 'SELECT nam, c::text FROM "Old t" ORDER BY id') == [("a", "blu"), ("b", "red")]
    assert rows(url, "SELECT (SELECT n FROM chain_1), (SELECT x FROM ring_b)") == [(1, 7)]


RINGS = (
    ("column", "public.t.a", "public.t.b"),
    ("policy", "p ON public.t", "q ON public.t"),
    ("trigger", "p ON public.t", "q ON public.t"),
    ("table constraint", "c ON public.t", "d ON public.t"),
    ("function", "public.f(integer)", "public.g(integer)"),
    ("index", "public.i", "public.j"),
    ("table", "public.t", "public.u"),
)


@pytest.mark.parametrize(("kind", "one", "other"), RINGS, ids=[kind for kind, *_ in RINGS])
def test_two_of_a_kind_swap_names(
    server17: ScratchServer, fresh_database: Callable[..., str], kind: str, one: str, other: str
) -> None:
    with psycopg.connect(fresh_database(server17), autocommit=True) as connection:
        connection.execute(
            b"""CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT 2'; CREATE FUNCTION f() RETURNS trigger
            LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE FUNCTION g(text) RETURNS int LANGUAGE sql AS 'SELECT 3';
            CREATE TABLE u (n int); CREATE TABLE t (a int, b text);
            ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0), ADD CONSTRAINT d CHECK (b > '');
            CREATE INDEX i ON t (a); CREATE INDEX j ON t (b);
            CREATE POLICY p ON t USING (a > 1); CREATE POLICY q ON t USING (a > 2);
            CREATE TRIGGER p BEFORE INSERT ON t EXECUTE FUNCTION f();
            CREATE TRIGGER q BEFORE DELETE ON t EXECUTE FUNCTION f();"""
        )
        before = inspect(connection, Scope.of())
        identities = Identity(kind, Quoted(one)), Identity(kind, Quoted(other))
        swap = [Rename(*identities), Rename(*reversed(identities))]
        for step in renaming_steps(swap, before):
            connection.execute(step.sql.encode())
        after = inspect(connection, Scope.of())
        addresses = [{identity: address for address, identity in side.addresses.items()} for side in (before, after)]
        assert [addresses[1][identity] for identity in reversed(identities)] == [addresses[0][i] for i in identities]
        for step in renaming_steps([rename.reversed for rename in swap], after):
            connection.execute(step.sql.encode())
        assert inspect(connection, Scope.of()).state() == before.state()
