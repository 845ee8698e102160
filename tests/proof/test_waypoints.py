"""What is seen behind each segment of a script, and how few looks tell it."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import psycopg
import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import Script, Segment, Step
from schemadiff.proof.waypoints import Waypoints
from schemadiff.scratch.server import ScratchServer

CREATE, DROP, ALTER = StepOperation.CREATE, StepOperation.DROP, StepOperation.ALTER

SETUP = "CREATE TABLE room (id int PRIMARY KEY, name text, floor int); CREATE INDEX gone_1 ON room (id, name)"


@pytest.fixture
def connection(server: ScratchServer, fresh_database: Callable[..., str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(fresh_database(server), autocommit=True) as connection:
        connection.execute(SETUP)
        yield connection


def alone(operation: StepOperation, name: str, sql: str) -> Segment:
    return Segment((Step(Sql(sql), operation, "index", f"public.{name}"),), transactional=False)


def built(name: str, column: str) -> Segment:
    return alone(CREATE, name, f"CREATE INDEX CONCURRENTLY {name} ON room ({column})")


def dropped(name: str) -> Segment:
    return alone(DROP, name, f"DROP INDEX CONCURRENTLY {name}")


def together(sql: str) -> Segment:
    return Segment((Step(Sql(sql), ALTER, "table", "public.room"),))


def walked(connection: psycopg.Connection, segments: list[Segment], looks: Waypoints | None = None) -> list[Catalog]:
    """Run segments, with a look before each; returns what stood there each time."""
    stood = []
    for committed, segment in enumerate(segments):
        if looks is not None:
            looks.look(committed)
        stood.append(inspect(connection, Scope()))
        for step in segment.steps:
            connection.execute(step.sql.encode())
    return stood


@pytest.mark.parametrize(
    ("segments", "taken"),
    [
        pytest.param(
            [built("a", "id"), built("b", "name"), built("c", "floor"), together("ALTER TABLE room ADD more int")],
            2,
            id="built in a row",
        ),
        pytest.param(
            [
                together("CREATE INDEX gone_2 ON room (floor)"),
                dropped("gone_1"),
                dropped("gone_2"),
                together("COMMENT ON TABLE room IS 'x'"),
            ],
            3,
            id="dropped in a row",
        ),
        pytest.param([built("a", "id"), dropped("gone_1"), built("b", "id"), built("c", "id")], 4, id="in turns"),
        pytest.param(
            [dropped("gone_1"), built("gone_1", "floor"), built("b", "id"), built("c", "id"), together("SELECT")],
            3,
            id="one in place of another",
        ),
        pytest.param([together("SELECT")], 0, id="nothing between"),
    ],
)
def test_few_looks_tell_what_each_segment_leaves(
    connection: psycopg.Connection, segments: list[Segment], taken: int
) -> None:
    asked = []

    def read() -> Catalog:
        asked.append(1)
        return inspect(connection, Scope())

    script = Script(tuple(segments))
    looks = Waypoints(script, read)
    stood = walked(connection, segments, looks)
    assert len(asked) == taken
    if len(segments) < 2:
        return
    marked = looks.marked(script, stood[0].state())
    for number, (before, after) in enumerate(pairwise(stood)):
        was, now = before.state().objects, after.state().objects
        names = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
        assert marked.segments[number].leaves == {name: now.get(name) for name in names}
        assert looks.catalogs[number].state().objects == was


def test_statements_that_did_something_else_are_not_told_apart(connection: psycopg.Connection) -> None:
    segments = [
        built("a", "id"),
        alone(CREATE, "b", "CREATE INDEX CONCURRENTLY another ON room (id)"),
        together("SELECT"),
        together("SELECT"),
    ]
    script = Script(tuple(segments))
    looks = Waypoints(script, lambda: inspect(connection, Scope()))
    stood = walked(connection, segments, looks)
    leaves = [segment.leaves for segment in looks.marked(script, stood[0].state()).segments]
    assert leaves == [None, None, {}, None]
    assert looks.catalogs.keys() == {0, 2, 3}


def test_another_attempt_looks_only_where_the_first_one_did_not_come(connection: psycopg.Connection) -> None:
    segments = [together("ALTER TABLE room ADD a int"), together("ALTER TABLE room ADD b int"), together("SELECT")]
    asked = []

    def read() -> Catalog:
        asked.append(1)
        return inspect(connection, Scope())

    looks = Waypoints(Script(tuple(segments)), read)
    looks.look(0)
    connection.execute(segments[0].steps[0].sql.encode())
    looks.look(1)
    connection.execute("ALTER TABLE room DROP a")  # the first attempt is gone
    walked(connection, segments, looks)
    assert len(asked) == 3


def test_what_was_read_before_is_not_looked_at_again(connection: psycopg.Connection) -> None:
    segments = [together("ALTER TABLE room ADD a int"), together("SELECT")]
    asked = []

    def read() -> Catalog:
        asked.append(1)
        return inspect(connection, Scope())

    looks = Waypoints(Script(tuple(segments)), read)
    looks.begin(inspect(connection, Scope()))
    stood = walked(connection, segments, looks)
    assert len(asked) == 1
    leaves = looks.marked(looks.script, stood[0].state()).segments[0].leaves
    assert leaves is not None
    assert set(leaves) == {"column public.room.a"}


def test_a_session_that_reads_again_sees_what_has_changed_and_keeps_its_statements(
    connection: psycopg.Connection,
) -> None:
    connection.execute("SET plan_cache_mode = force_generic_plan")
    for change in ("SELECT", "ALTER TABLE room ADD a int", "DROP INDEX gone_1", "CREATE VIEW seen AS TABLE room"):
        connection.execute(change.encode())
        assert inspect(connection, Scope(), prepared=True).state() == inspect(connection, Scope()).state()
    row = connection.execute("SELECT count(*), min(generic_plans) FROM pg_prepared_statements").fetchone()
    assert row is not None
    assert row[0] > 20
    assert row[1] > 1
