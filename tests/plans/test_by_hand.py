"""What the words of a statement that a person wrote into a script tell of its risks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from execution.stage import ADD_COLUMNS, ADD_INDEX, fill
from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.errors import DriftRefused
from schemadiff.execution.gates.drift_gate import refuse_drift_of_interrupted
from schemadiff.execution.record.ledger import SegmentState
from schemadiff.notes import Note
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import read_plan
from schemadiff.plans.directory.rereading import edits, scripts_as_they_stand
from schemadiff.plans.directory.writing import write_plan
from schemadiff.plans.model import BothWays, Plan, Recovery, Script, Segment
from schemadiff.plans.scripts.by_hand import step_by_hand
from schemadiff.plans.scripts.reading import read_script
from schemadiff.plans.wording import summary

LIVE = State("", {"table app.old": "", "column app.old.a": "", 'column app."Old".a': "", "sequence app.s": ""})

LOSS, GONE, CLIENTS = Hazard.DATA_LOSS, Hazard.IRREVERSIBLE, Hazard.BREAKS_CLIENTS


@pytest.mark.parametrize(
    ("sql", "hazards"),
    [
        ("CREATE TABLE app.new (a integer)", ()),
        ("ALTER TABLE app.old ADD COLUMN b integer", ()),
        ("DROP TABLE app.old", (LOSS, CLIENTS)),
        ("DROP TABLE old", (LOSS, CLIENTS)),
        ("DROP TABLE app.new", ()),
        ("DROP SEQUENCE app.s", (LOSS, CLIENTS)),
        ("DROP SCHEMA app CASCADE", (LOSS, CLIENTS)),
        ("DROP VIEW app.v", (CLIENTS,)),
        ("DROP VIEW app.v CASCADE", (LOSS, CLIENTS)),
        ("DROP FUNCTION app.f(integer)", (CLIENTS,)),
        ("ALTER TABLE app.old DROP COLUMN a, ADD COLUMN b text", (LOSS, CLIENTS)),
        ("ALTER TABLE app.old DROP COLUMN helper", ()),
        ("ALTER TABLE app.old ALTER a TYPE date USING now()", (Hazard.MAY_FAIL_ON_DATA, CLIENTS)),
        ("ALTER TABLE app.old ALTER a SET NOT NULL", (Hazard.MAY_FAIL_ON_DATA,)),
        ("ALTER TABLE app.old DETACH PARTITION app.part", (Hazard.HIDES_ROWS,)),
        ("TRUNCATE app.old", (LOSS,)),
        ("DELETE FROM app.old", (LOSS,)),
        ("UPDATE app.old SET a = 1", (GONE,)),
        ('UPDATE app."Old" SET a = 1', (GONE,)),
        ("UPDATE app.old SET helper = a", ()),
        ("UPDATE app.old SET helper = a, a = 1", (GONE,)),
        ("INSERT INTO app.old VALUES (1)", ()),
        ("INSERT INTO app.old VALUES (1) ON CONFLICT DO NOTHING", ()),
        ("INSERT INTO app.old VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", (GONE,)),
        ("DO 'BEGIN END'", (GONE,)),
        ("SELECT app.anything()", (GONE,)),
        ("WITH gone AS (DELETE FROM app.old RETURNING 1) SELECT 1", (GONE,)),
        ("ALTER TABLE app.old RENAME TO other", (CLIENTS,)),
        ("GRANT SELECT ON app.old TO PUBLIC", (Hazard.WIDENS_ACCESS, Hazard.EXPOSES_DATA)),
        ("GRANT SELECT ON app.old TO anon", (Hazard.WIDENS_ACCESS, Hazard.EXPOSES_DATA)),
        ("GRANT SELECT ON app.old TO clerk", (Hazard.WIDENS_ACCESS,)),
        ("ALTER TABLE app.old DISABLE ROW LEVEL SECURITY", (Hazard.WIDENS_ACCESS, Hazard.EXPOSES_DATA)),
        ("ALTER TABLE app.old DISABLE TRIGGER t", (Hazard.SWITCHES_OFF,)),
        ("DROP TRIGGER t ON app.old", (Hazard.SWITCHES_OFF,)),
        ("REVOKE SELECT ON app.old FROM PUBLIC", (Hazard.NARROWS_ACCESS,)),
    ],
)
def test_hazards_by_words(sql: str, hazards: tuple[Hazard, ...]) -> None:
    ((statement,),) = (segment.statements for segment in read_script(f"{sql};", "up.sql").segments)
    step = step_by_hand(statement, LIVE, ())
    assert step.hazards == hazards
    assert summary(step) == f"by hand: {sql}"
    assert (step.recovery is Recovery.LOSSLESS) == (not {LOSS, GONE} & set(hazards))


def written(folder: Path, up: tuple[Segment, ...], asked: tuple[Preflight, ...] = ()) -> Path:
    plan = Plan("edited", datetime(2026, 1, 1, tzinfo=UTC), "", 170000, LIVE, LIVE, Script(up, asked), Script(()))
    return write_plan(plan, folder)


def reread(directory: Path, *edited: tuple[str, str]) -> tuple[BothWays, tuple[Note, ...]]:
    path = directory / "up.sql"
    for old, new in edited:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
    found = read_plan(directory)
    standing = scripts_as_they_stand(found)
    return standing, edits(BothWays(found.plan.up, found.plan.down), standing)


def test_an_unedited_script_is_what_was_planned(tmp_path: Path) -> None:
    segments = (ADD_COLUMNS, ADD_INDEX, fill())
    standing, words = reread(written(tmp_path, segments))
    assert standing.up.segments == segments
    assert words == ()


def test_statements_keep_what_is_known_of_them_wherever_they_stand(tmp_path: Path) -> None:
    add, remark = ADD_COLUMNS.steps
    standing, words = reread(
        written(tmp_path, (ADD_COLUMNS,)),
        (f"{add.sql};", f"/* first */ {add.sql.replace(' ADD', chr(10) + '  ADD')};\nCOMMIT;\nBEGIN;\nSELECT 1;"),
    )
    first, second = standing.up.segments
    assert [summary(step) for step in first.steps] == [summary(add)]
    assert [summary(step) for step in second.steps] == ["by hand: SELECT 1", summary(remark)]
    assert [*map(str, words)] == ["edited: up.sql 2.1 SELECT 1"]


def test_settings_that_matter_are_kept(tmp_path: Path) -> None:
    (tail, head) = ("BEGIN;\nSET LOCAL lock_timeout = '3s';", "SET search_path = app;\nSET jit = off;\nBEGIN;")
    standing, words = reread(
        written(tmp_path, (ADD_COLUMNS, ADD_INDEX)),
        (tail, head + "\nSET LOCAL role = joe;"),
    )
    session = (Sql("SET search_path = app"), Sql("SET jit = off"))
    assert [step.settings for step in standing.up.steps] == [
        (*session, Sql("SET LOCAL role = joe")),
        (*session, Sql("SET LOCAL role = joe")),
        session,
    ]
    assert tuple(map(str, words)) == tuple(
        f"edited: up.sql 1.1 runs after {sql}" for sql in (*session, "SET LOCAL role = joe")
    )


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    _, remark = ADD_COLUMNS.steps
    _, words = reread(written(tmp_path, (ADD_COLUMNS,)), (f"{remark.sql};", ""))
    assert tuple(map(str, words)) == (f"edited: up.sql lacks: {summary(remark)}",)


@pytest.mark.parametrize(
    ("edited", "waits"),
    [
        (";", [False]),
        (";\nCOMMIT;\nBEGIN;", [False]),
        (";\nCREATE TABLE app.other ();", [False]),
        (";\nUPDATE public.contacts SET touched = 1;", []),
        (";\nUPDATE public.contacts SET touched = 1;\nCOMMIT;\nBEGIN;", [True]),
    ],
)
def test_rows_are_asked_for_when_a_person_cannot_have_fixed_them(
    tmp_path: Path, edited: str, waits: list[bool]
) -> None:
    add, remark = ADD_COLUMNS.steps
    question = Preflight("table public.contacts", Problem.of(ProblemKind.NULL, "a"), Sql("SELECT 1"), remark.sql)
    directory = written(tmp_path, (ADD_COLUMNS,), (question,))
    standing, _ = reread(directory, (f"{add.sql};", f"{add.sql}{edited}"))
    assert [one.waits for one in standing.up.preflights] == waits


def test_nothing_is_asked_for_a_statement_that_is_gone(tmp_path: Path) -> None:
    _, remark = ADD_COLUMNS.steps
    question = Preflight("table public.contacts", Problem.of(ProblemKind.NULL, "a"), Sql("SELECT 1"), remark.sql)
    standing, _ = reread(written(tmp_path, (ADD_COLUMNS,), (question,)), (f"{remark.sql};", ""))
    assert standing.up.preflights == ()


def test_what_a_person_made_for_a_while_does_not_stop_a_resumed_run(tmp_path: Path) -> None:
    ((statement,),) = (
        one.statements for one in read_script("CREATE TABLE app.helper (id integer);", "up.sql").segments
    )
    segment = Segment((step_by_hand(statement, LIVE, ()),))
    plan_file = read_plan(written(tmp_path, (segment, segment)))
    done: dict[int, SegmentState] = {1: "done"}
    helper = {"table app.helper": "", "column app.helper.id": "", "owner TABLE app.helper": ""}
    refuse_drift_of_interrupted(plan_file, Direction.UP, State("", LIVE.objects | helper), done)
    with pytest.raises(DriftRefused) as refused:
        moved = State("", LIVE.objects | helper | {"table app.stranger": ""})
        refuse_drift_of_interrupted(plan_file, Direction.UP, moved, done)
    assert "These moved:\n  table app.stranger is new\nplan again" in str(refused.value)
