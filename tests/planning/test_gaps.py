"""What comes back is away at no commit; where no order keeps it, the plan says so."""

from collections.abc import Callable

import psycopg
import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.planning.order.gaps import with_gaps
from schemadiff.planning.planner import script
from schemadiff.plans.model import Script, Segment, Step
from schemadiff.scratch.server import ScratchServer

CLOSED = {
    "view over a column that becomes NOT NULL, too": (
        "CREATE TABLE s.t (a int, b int); CREATE VIEW s.v AS SELECT a FROM s.t",
        "CREATE TABLE s.t (a bigint NOT NULL, b int NOT NULL); CREATE VIEW s.v AS SELECT a FROM s.t",
    ),
    "policy beside an index that is made anew": (
        "CREATE TABLE s.t (a int, b boolean); CREATE INDEX i ON s.t (a) WHERE b; CREATE POLICY p ON s.t USING (b)",
        "CREATE TABLE s.t (a int, b int); CREATE INDEX i ON s.t (a) WHERE b > 0; CREATE POLICY p ON s.t USING (b > 0)",
    ),
    "foreign key while the key it points at moves": (
        "CREATE TABLE s.r (a int PRIMARY KEY, b int); CREATE TABLE s.o (r int CONSTRAINT k REFERENCES s.r)",
        "CREATE TABLE s.r (a int UNIQUE, b int PRIMARY KEY); CREATE TABLE s.o (r int CONSTRAINT k REFERENCES s.r (a))",
    ),
    "function beside a column that goes": (
        "CREATE TYPE s.e AS ENUM ('a', 'b'); CREATE TABLE s.t (e s.e, gone s.e);"
        "CREATE FUNCTION s.f(s.e) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TYPE s.e AS ENUM ('c', 'a'); CREATE TABLE s.t (e s.e);"
        "CREATE FUNCTION s.f(s.e) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ),
}


@pytest.fixture
def plan(server17: ScratchServer, fresh_database: Callable[..., str]) -> Callable[[str, str], Script]:
    def made(before: str, after: str) -> Script:
        return script(*(catalog(fresh_database(server17), sql) for sql in (before, after)))

    return made


def catalog(url: str, sql: str) -> Catalog:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA s; {sql}".encode())
        return inspect(connection, Scope.of())


@pytest.mark.parametrize(("before", "after"), CLOSED.values(), ids=CLOSED)
def test_drop_and_creation_share_a_transaction(plan: Callable[[str, str], Script], before: str, after: str) -> None:
    for ends in ((before, after), (after, before)):
        made = plan(*ends)
        assert Hazard.GAP not in made.hazards
        assert any(step.operation is StepOperation.DROP for step in made.steps)


def test_where_no_order_keeps_it_the_drop_says_so() -> None:
    gone = step(StepOperation.DROP, "v"), step(StepOperation.DROP, "w")
    again = step(StepOperation.CREATE, "w"), step(StepOperation.CREATE, "v")
    build = Segment((step(StepOperation.CREATE, "i", "index"),), transactional=False)
    first, _, last = with_gaps((Segment((*gone, again[0])), build, Segment((again[1],))))
    assert [one.identity for one in first.steps if Hazard.GAP in one.hazards] == ["v"]
    assert not any(one.hazards for one in last.steps)
    assert Hazard.GAP.needs_allowing


def step(operation: StepOperation, name: str, kind: str = "view") -> Step:
    return Step(Sql(f"{operation} {name}"), operation, kind, name)
