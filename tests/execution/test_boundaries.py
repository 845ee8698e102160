"""A run that stops between two segments, each in turn: it goes on from there, and it leads back from there."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from corpus.dump import dumped
from schemadiff.api import apply, drift, plan, purge, read_plan, rollback, write
from schemadiff.catalog.reading import loads
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import read_schemadiff_toml
from schemadiff.errors import Refused
from schemadiff.execution.events import SegmentFinished
from schemadiff.execution.run_options import RunOptions
from schemadiff.plans.direction import Direction
from schemadiff.scratch.server import ScratchServer

ALLOWED = frozenset(Hazard)

SHOP = """
CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('open', 'paid');
CREATE TABLE shop.orders (id bigint PRIMARY KEY, number text, state shop.state, note text, placed_on date);
INSERT INTO shop.orders SELECT n, 'A' || n, 'open', 'first', '2026-01-01' FROM generate_series(1, 40) AS n;
CREATE INDEX by_number ON shop.orders (number);
"""

CASES = {
    "required": """
        CREATE SCHEMA shop;
        CREATE TYPE shop.state AS ENUM ('open', 'paid');
        CREATE TABLE shop.orders
            (id bigint PRIMARY KEY, number text NOT NULL, state shop.state NOT NULL, note text, placed_on date);
        CREATE INDEX by_number ON shop.orders (number);
        ALTER TABLE shop.orders ADD CONSTRAINT numbered CHECK (number <> '');
    """,
    "index-and-label": """
        CREATE SCHEMA shop;
        CREATE TYPE shop.state AS ENUM ('open', 'packed', 'paid');
        CREATE TABLE shop.orders
            (id bigint PRIMARY KEY, number text, state shop.state DEFAULT 'packed', note text, placed_on date);
        CREATE INDEX by_number ON shop.orders (number, placed_on);
        CREATE INDEX by_state ON shop.orders (state);
        CREATE VIEW shop.packed AS SELECT id FROM shop.orders WHERE state = 'packed';
    """,
    "keyed": """
        CREATE SCHEMA shop;
        CREATE TYPE shop.state AS ENUM ('open', 'paid');
        CREATE TABLE shop.orders (
            id bigint,
            number text,
            state shop.state,
            note text,
            placed_on date,
            PRIMARY KEY (id) INCLUDE (number),
            CONSTRAINT by_number UNIQUE (number) DEFERRABLE
        );
    """,
    "renamed-and-dropped": """
        CREATE SCHEMA shop;
        CREATE TYPE shop.state AS ENUM ('open', 'paid');
        CREATE TABLE shop.orders (
            id bigint PRIMARY KEY,
            -- @renamed from=number
            code text,
            state shop.state,
            placed_on timestamptz
        );
        CREATE INDEX by_code ON shop.orders (code);
    """,
    "dropped-where-rows-are-many": """
        CREATE SCHEMA shop;
        CREATE TYPE shop.state AS ENUM ('open', 'paid');
        CREATE TABLE shop.orders (id bigint PRIMARY KEY, note text, placed_on date);
    """,
    "retyped-where-rows-are-many": """
        CREATE SCHEMA shop;
        CREATE TYPE shop.state AS ENUM ('open', 'paid');
        CREATE TABLE shop.orders (id bigint PRIMARY KEY, number text, state text, note text, placed_on date);
        CREATE INDEX by_number ON shop.orders (number);
        CREATE INDEX by_state ON shop.orders (state);
    """,
    "overwritten": """
        CREATE SCHEMA shop;
        CREATE TYPE shop.state AS ENUM ('open', 'paid');
        CREATE TABLE shop.orders (id bigint PRIMARY KEY, number text, state shop.state, note text, placed_on date);
        CREATE INDEX by_number ON shop.orders (number);
        CREATE INDEX by_note ON shop.orders (note);
    """,
}

BACKFILLS = {
    "overwritten": """
        -- @backfill table=shop.orders key=id batch=10
        UPDATE shop.orders SET note = 'second' WHERE note = 'first' AND :batch;
    """
}


@dataclass(slots=True)
class Ground:
    """A database that is made anew for each boundary, and a plan for it."""

    fresh: Callable[[], str]
    directory: Path
    before: tuple[list[str], object]
    after: tuple[list[str], object] = ([], None)
    url: str = ""

    def begin(self, direction: Direction) -> None:
        """A database in which the script of `direction` can run."""
        self.url = self.fresh()
        if direction is Direction.DOWN:
            self.run(Direction.UP)

    def run(self, direction: Direction, stop: int | None = None) -> None:
        """Run a script to its end, or until so many segments are committed."""

        def progress(event: object) -> None:
            if isinstance(event, SegmentFinished) and event.number == stop:
                raise KeyboardInterrupt

        command = direction.choose(apply, rollback)
        with suppress(KeyboardInterrupt):
            command(self.directory, self.url, RunOptions(allow=ALLOWED), progress=progress)

    def segments(self, direction: Direction) -> int:
        return len(read_plan(self.directory).planned(direction).segments)


@pytest.fixture(params=CASES)
def ground(
    request: pytest.FixtureRequest,
    server17: ScratchServer,
    fresh_database: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Ground:
    """A case on a server."""
    if "many" in request.param:
        monkeypatch.setattr(loads, "LARGE_BYTES", 1)

    def fresh() -> str:
        url = fresh_database(server17)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SHOP)
        return url

    (tmp_path / "desired_schema").mkdir()
    (tmp_path / "desired_schema" / "shop.sql").write_text(CASES[request.param])
    if request.param in BACKFILLS:
        (tmp_path / "desired_schema" / "backfills").mkdir()
        (tmp_path / "desired_schema" / "backfills" / "notes.sql").write_text(BACKFILLS[request.param])
    project = read_schemadiff_toml("", tmp_path)
    url = fresh()
    planned = plan(url, project, name="boundaries", allow=ALLOWED).plan
    assert planned.proof is not None
    assert planned.proof.holds, planned.proof.objections
    ground = Ground(fresh, write(planned, project.plans), seen(url))
    ground.begin(Direction.UP)
    ground.run(Direction.UP)
    ground.after = seen(ground.url)
    return ground


def seen(url: str) -> tuple[list[str], object]:
    """The schema of a database by pg_dump, columns in no order, and its rows; without what is schemadiff's own."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT to_jsonb(o) FROM shop.orders AS o ORDER BY id").fetchall()
    return [entry for entry in dumped(url, 17) if " schemadiff" not in entry.partition("; Owner")[0]], rows


def stops(ground: Ground) -> Iterator[tuple[Direction, int]]:
    """Every boundary between two segments, in both directions."""
    for direction in Direction:
        yield from ((direction, stop) for stop in range(1, ground.segments(direction)))


def test_on_and_back_from_every_boundary(ground: Ground) -> None:
    assert ground.segments(Direction.UP) > 1
    for direction, stop in stops(ground):
        for then in Direction:
            ground.begin(direction)
            ground.run(direction, stop)
            ground.run(then)
            expected = then.choose(ground.after, ground.before)
            assert seen(ground.url) == expected, f"{direction} after {stop}, then {then}"


def test_a_way_back_that_stops_goes_on_or_leads_forward_again(ground: Ground) -> None:
    """Also the way back from the middle may be interrupted."""
    for behind in range(1, ground.segments(Direction.UP)):
        way = next(way for way in read_plan(ground.directory).plan.ways_back if way.behind == behind)
        for stop in range(1, len(way.script.segments)):
            for then in Direction:
                ground.begin(Direction.UP)
                ground.run(Direction.UP, behind)
                ground.run(Direction.DOWN, stop)
                ground.run(then)
                expected = then.choose(ground.after, ground.before)
                assert seen(ground.url) == expected, f"back from {behind}, stopped after {stop}, then {then}"


@pytest.mark.parametrize("ground", ["index-and-label"], indirect=True)
def test_a_boundary_without_a_way_back_is_refused(ground: Ground) -> None:
    path = ground.directory / "plan.json"
    document = json.loads(path.read_text().replace('"behind": 1,', '"behind": 99,', 1))
    path.write_text(json.dumps(document))
    path.write_text(json.dumps(document | {"approval": read_plan(ground.directory).approval}))
    (ground.directory / "review.md").unlink(missing_ok=True)
    ground.begin(Direction.UP)
    ground.run(Direction.UP, 1)
    with pytest.raises(Refused, match=r"only in part \(1 of \d+ segments\), and no way back from there was rehearsed"):
        rollback(ground.directory, ground.url)


@pytest.mark.parametrize("ground", ["dropped-where-rows-are-many"], indirect=True)
def test_emptying_the_archive_of_a_stopped_run_stops_no_writes(ground: Ground) -> None:
    """What keeps it in step goes along with what it keeps."""
    ground.begin(Direction.UP)
    ground.run(Direction.UP, 2)
    insert = "INSERT INTO shop.orders (id, number) VALUES ({}, 'new')"
    with psycopg.connect(ground.url, autocommit=True) as user:
        user.execute(insert.format(41).encode())
        numbers = [row for row in user.execute('SELECT * FROM schemadiff_archive."shop.orders.number"') if row[0] > 40]
        assert numbers == [(41, "new")]
        assert len(purge(ground.url, timedelta(0), lambda _: None)) == 1
        user.execute(insert.format(42).encode())
        assert not user.execute("SELECT FROM pg_trigger WHERE tgname LIKE 'schemadiff%'").fetchall()


@pytest.mark.parametrize("ground", ["required"], indirect=True)
def test_what_another_user_did_meanwhile_is_still_refused(ground: Ground) -> None:
    """What a later segment takes away again is expected; anything else is not."""
    ground.begin(Direction.UP)
    ground.run(Direction.UP, 1)
    with psycopg.connect(ground.url, autocommit=True) as other:
        other.execute("ALTER TABLE shop.orders ADD CHECK (note <> 'forbidden')")
    for command in (apply, rollback):
        with pytest.raises(Refused, match="table constraint orders_note_check"):
            command(ground.directory, ground.url, RunOptions(allow=ALLOWED))


@pytest.mark.parametrize("ground", ["required"], indirect=True)
def test_no_plan_from_the_middle_unless_asked(ground: Ground) -> None:
    project = read_schemadiff_toml("", ground.directory.parents[1])
    ground.begin(Direction.UP)
    ground.run(Direction.UP, 1)
    with pytest.raises(
        Refused, match=r"plan \S+_boundaries is half done here: finish it with 'schemadiff apply"
    ) as refused:
        plan(ground.url, project, name="next")
    assert "take it back with 'schemadiff rollback" in str(refused.value)
    assert drift(ground.url, project).unfinished
    assert plan(ground.url, project, name="next", proof=False, unfinished=True).plan.up.segments
    ground.run(Direction.DOWN)
    assert drift(ground.url, project).unfinished is None
