"""What a backfill writes over is noted batch by batch, and comes back only where it still holds what was made of it."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import psycopg
import pytest

from schemadiff.api import apply, plan, rollback, write
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import read_schemadiff_toml
from schemadiff.execution.events import BackfillLeft, BackfillProgress, Event
from schemadiff.execution.run_options import RunOptions
from schemadiff.notes import NoteKind
from schemadiff.scratch.server import ScratchServer

from .application import Application, Key
from .stage import Stage, execute, run_and_kill

PEOPLE = """
CREATE SCHEMA app;
CREATE TABLE app.people (tenant int, id int, city text, PRIMARY KEY (tenant, id)) PARTITION BY LIST (tenant);
CREATE TABLE app.people_1 PARTITION OF app.people FOR VALUES IN (1);
CREATE TABLE app.people_2 PARTITION OF app.people FOR VALUES IN (2);
"""

ROWS = "INSERT INTO app.people SELECT 1 + n % 2, n, 'Ulm ' || n FROM generate_series(1, 300) AS n"

FEW = "INSERT INTO app.people SELECT 1, n, 'Ulm ' || n FROM generate_series(1, 30) AS n"

SHOUT = "-- @backfill table=app.people key=tenant,id batch={}\nUPDATE app.people SET city = {} WHERE :batch{};"


@pytest.fixture
def staged(server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path) -> Callable[..., Stage]:
    """Plans a backfill of app.people."""

    def make(rows: str, backfill: str, *, desired: str = PEOPLE, proof: bool = False) -> Stage:
        url = fresh_database(server17)
        execute(url, PEOPLE)
        execute(url, rows)
        (tmp_path / "desired_schema" / "backfills").mkdir(parents=True)
        (tmp_path / "desired_schema" / "app.sql").write_text(desired)
        (tmp_path / "desired_schema" / "backfills" / "shout.sql").write_text(backfill)
        project = read_schemadiff_toml("", tmp_path)
        planned = plan(url, project, name="shout", proof=proof, allow=frozenset(Hazard)).plan
        return Stage(url, write(planned, project.plans), planned)

    return make


def people(case: Stage) -> dict[Key, str]:
    return {cast(Key, (tenant, number)): str(city) for tenant, number, city in case.rows("TABLE app.people")}


UNPROVEN = RunOptions(proof_required=False, allow=frozenset(Hazard))


def test_what_an_application_writes_meanwhile_stays(staged: Callable[..., Stage]) -> None:
    """Also where both runs are killed in the middle: in the end, nothing of the backfill is left, and all else is."""
    case = staged(ROWS, SHOUT.format(10, "upper(city)", ""), proof=True)
    middle = "sum(isinstance(one, BackfillProgress) for one in seen) == 8"
    with Application(case.url, people(case)) as application:
        run_and_kill(case, middle)
        outcome, _ = case.apply()
        assert outcome.resumed
        assert case.rows("SELECT FROM app.people WHERE city LIKE 'Ulm%'") == []
        run_and_kill(case, middle, action="rollback")
        outcome, _ = case.rollback()
        assert outcome.resumed
    assert application.writes > 20
    assert people(case) == application.rows
    assert case.rows("SELECT FROM pg_namespace WHERE nspname = 'schemadiff_archive'") == []


@pytest.mark.parametrize("condition", ["", " AND city LIKE 'Ulm%'"])
def test_rows_behind_the_cursor_are_found(staged: Callable[..., Stage], condition: str) -> None:
    """None is done twice, whether the backfill's own condition tells them apart or not."""
    case = staged(FEW, SHOUT.format(10, "city || '!'", condition))

    def meanwhile(event: Event) -> None:
        if isinstance(event, BackfillProgress) and event.done == 20 and event.changed == 20:
            case.execute("INSERT INTO app.people VALUES (1, -1, 'Ulm'), (1, -2, 'Ulm')")

    outcome = apply(case.directory, case.url, UNPROVEN, progress=meanwhile)
    assert outcome.rows == 32
    assert case.rows("SELECT FROM app.people WHERE city NOT LIKE '%!' OR city LIKE '%!!'") == []
    rollback(case.directory, case.url, UNPROVEN)
    assert case.rows("SELECT FROM app.people WHERE city LIKE '%!'") == []


def test_rows_behind_the_cursor_that_fills_a_new_column(staged: Callable[..., Stage]) -> None:
    """Nothing is noted where nothing is written over: those without a value are not filled yet."""
    desired = PEOPLE.replace("city text", "city text, seen int")
    text = SHOUT.format(10, "city, seen = coalesce(seen, 0) + 1", "").replace("city = city, ", "")
    case = staged(FEW, text, desired=desired)

    def meanwhile(event: Event) -> None:
        if isinstance(event, BackfillProgress) and event.done == 20:
            case.execute("INSERT INTO app.people VALUES (1, -1, 'Ulm') ON CONFLICT DO NOTHING")

    assert apply(case.directory, case.url, UNPROVEN, progress=meanwhile).rows == 31
    assert case.rows("SELECT DISTINCT seen FROM app.people") == [(1,)]


def test_rows_that_still_meet_the_condition_are_counted(staged: Callable[..., Stage]) -> None:
    case = staged(FEW, SHOUT.format(10, "city || '!'", " AND id <= 12"))
    events: list[Event] = []
    assert apply(case.directory, case.url, UNPROVEN, progress=events.append).rows == 12
    assert [event.rows for event in events if isinstance(event, BackfillLeft)] == [12]


def test_values_come_back_with_one_look_at_the_table_for_each_batch(
    server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    """The archive has no statistics then: without bounds of its own, the table is read whole, or row by row."""
    url, number = fresh_database(server17), 20_000
    execute(url, "CREATE SCHEMA app; CREATE TABLE app.item (id int PRIMARY KEY, price text);")
    execute(url, f"INSERT INTO app.item SELECT n, n FROM generate_series(1, {number}) AS n; ANALYZE app.item;")
    (tmp_path / "desired_schema" / "backfills").mkdir(parents=True)
    declared = "CREATE SCHEMA app; CREATE TABLE app.item (id int PRIMARY KEY, price text);"
    (tmp_path / "desired_schema" / "app.sql").write_text(declared)
    backfill = "-- @backfill table=app.item key=id batch=500\nUPDATE app.item SET price = price || '!' WHERE :batch;"
    (tmp_path / "desired_schema" / "backfills" / "item.sql").write_text(backfill)
    project = read_schemadiff_toml("", tmp_path)
    planned = plan(url, project, name="item", proof=False, allow=frozenset(Hazard)).plan
    case = Stage(url, write(planned, project.plans), planned)
    apply(case.directory, case.url, UNPROVEN)
    asked = "SELECT seq_tup_read + idx_scan FROM pg_stat_user_tables WHERE relname = 'item'"
    ((before,),) = case.rows(asked)
    rollback(case.directory, case.url, UNPROVEN)
    ((after,),) = case.rows(asked)
    assert int(str(after)) - int(str(before)) <= 200
    assert case.rows("SELECT count(*) FROM app.item WHERE price = id::text") == [(number,)]


def test_a_trigger_neither_undoes_the_rollback_nor_stays_off(staged: Callable[..., Stage]) -> None:
    """It is quiet in the transactions of the batches, for nobody else."""
    trigger = """
    CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN NEW.city = upper(NEW.city); RETURN NEW; END $$;
    CREATE TRIGGER shout BEFORE UPDATE ON app.people FOR EACH ROW EXECUTE FUNCTION app.shout();
    """
    case = staged(f"{FEW}; {trigger}", SHOUT.format(10, "city || '!'", ""), desired=PEOPLE + trigger)
    apply(case.directory, case.url, UNPROVEN)
    assert case.value("SELECT city FROM app.people WHERE id = 7") == "ULM 7!"

    def meanwhile(event: Event) -> None:
        if isinstance(event, BackfillProgress) and event.done == 10:
            case.execute("UPDATE app.people SET city = 'bonn' WHERE id = 8")

    rollback(case.directory, case.url, UNPROVEN, progress=meanwhile)
    assert case.rows("SELECT city FROM app.people WHERE id IN (7, 8) ORDER BY id") == [("Ulm 7",), ("BONN",)]
    with psycopg.connect(case.url) as connection:
        connection.execute("UPDATE app.people SET city = 'x' WHERE id = 9")
        assert connection.execute("SELECT city FROM app.people WHERE id = 9").fetchone() == ("X",)


def test_what_triggers_write_beside_comes_back_too(staged: Callable[..., Stage]) -> None:
    """The time of a change, whether its column stands in the function or among the trigger's arguments."""
    tables = PEOPLE.replace("city text,", "city text, seen timestamptz, stamp text, note text,")
    trigger = """
    CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW = jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], 'stamped'));
        NEW.seen := now(); RETURN NEW; END $$;
    CREATE TRIGGER touch BEFORE UPDATE ON app.people FOR EACH ROW EXECUTE FUNCTION app.touch('stamp');
    """
    columns = "ALTER TABLE app.people ADD COLUMN seen timestamptz, ADD COLUMN stamp text, ADD COLUMN note text"
    case = staged(f"{FEW}; {columns}; {trigger}", SHOUT.format(10, "city || '!'", ""), desired=tables + trigger)
    before = case.rows("SELECT * FROM app.people ORDER BY id")
    apply(case.directory, case.url, UNPROVEN)
    assert case.rows("SELECT DISTINCT stamp, seen IS NOT NULL FROM app.people") == [("stamped", True)]
    assert case.rows("SELECT count(*) FROM schemadiff_archive.contents") == [(3,)]
    case.execute("UPDATE app.people SET note = 'later' WHERE id = 8")
    rollback(case.directory, case.url, UNPROVEN)
    after = case.rows("SELECT * FROM app.people ORDER BY id")
    assert [row for row in after if row[1] != 8] == [row for row in before if row[1] != 8]
    assert case.rows("SELECT city, seen IS NULL FROM app.people WHERE id = 8") == [("Ulm 8", False)]


def test_a_backfill_that_looks_like_a_seed_is_named(staged: Callable[..., Stage]) -> None:
    """It follows a table that has no rows; one that follows rows is none."""
    desired = PEOPLE + "CREATE TABLE app.city (name text PRIMARY KEY);"
    header = "-- @backfill table=app.people key=tenant,id\n"
    insert = f"{header}INSERT INTO app.city SELECT DISTINCT city FROM app.people WHERE :batch"
    case = staged("SELECT", f"{insert};", desired=desired)
    assert [note.kind for note in case.plan.notes].count(NoteKind.SEED) == 1
