"""A plan on disk: written once, read back strictly, also after an edit by hand."""

import gzip
import tracemalloc
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from execution.stage import ADD_COLUMNS, ADD_FUNCTION, ADD_INDEX, DOWN, PROOF, fill, step
from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.desired.data_steps.batch import with_batch
from schemadiff.desired.data_steps.steps import Check
from schemadiff.errors import PlanFileError
from schemadiff.notes import Note, NoteKind
from schemadiff.plans.directory import limits
from schemadiff.plans.directory.reading import read_plan
from schemadiff.plans.directory.serialization import from_json, to_json
from schemadiff.plans.directory.writing import write_plan
from schemadiff.plans.model import Along, Plan, Script, Segment, Step
from schemadiff.plans.scripts.body import script_sql
from schemadiff.plans.scripts.reading import read_script
from schemadiff.plans.scripts.writing import script_pair

PLAN = Plan(
    name="dual_id",
    created_at=datetime(2026, 11, 22, 18, 0, tzinfo=UTC),
    target="postgresql://postgres@host/db",
    server_version=170010,
    live=State("a", {"table t": "1"}),
    desired=State("b", {"table t": "2", 'view "é"': "3"}),
    up=Script(
        (ADD_COLUMNS, ADD_INDEX, fill(), ADD_FUNCTION),
        (Preflight("column t.a", Problem.of(ProblemKind.NULL, "a"), Sql("SELECT 1")),),
    ),
    down=Script(DOWN),
    checks=(Check("one", Sql("SELECT true AS ok")), Check("two", Sql("SELECT f()"), "P0001")),
    unmanaged=("collation x",),
    notes=(Note.of(NoteKind.VERSION, "a", "b"),),
    scope={"profile": ["plain"]},
    proof=PROOF,
)


def test_every_field_comes_back() -> None:
    """A plan read from its JSON is the plan that was written, with and without optional parts."""
    shared = replace(ADD_COLUMNS.steps[0], along=(Along(StepOperation.ALTER, "column", "t.b", cause="type e"),))
    for plan in (PLAN, replace(PLAN, proof=None, checks=(), up=Script((Segment((shared,)),)))):
        assert from_json(to_json(plan)) == plan


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ((), [], "is not a JSON object"),
        (("format",), 1, "format 1, this schemadiff reads format 2"),
        (("format",), True, "format True"),
        (("plan",), None, "plan is not an object"),
        (("plan", "extra"), 1, "unknown field 'extra'"),
        (("plan", "name"), 3, r"plan\.name is not of type str but 3"),
        (("plan", "created_at"), "soon", r"plan\.created_at is not a datetime"),
        (("plan", "up", "segments"), {}, r"plan\.up\.segments is not a list"),
        (
            ("plan", "up", "segments", 0, "steps", 0, "risks"),
            [{"hazard": "x", "rule": ""}],
            r"steps\[0\]\.risks\[0\]\.hazard is not a hazard",
        ),
    ],
)
def test_misshapen_documents_are_refused(path: tuple[str | int, ...], value: object, message: str) -> None:
    """Each message names the place in plan.json."""
    document: object = to_json(PLAN)
    if path:
        place: object = document
        for key in path[:-1]:
            place = place[key]  # type: ignore[index]
        place[path[-1]] = value  # type: ignore[index]
    else:
        document = value
    with pytest.raises(PlanFileError, match=message):
        from_json(document)


def test_a_missing_field_is_named() -> None:
    """A field without a default must be there."""
    document: Any = to_json(PLAN)
    del document["plan"]["up"]
    with pytest.raises(PlanFileError, match="plan lacks the field 'up'"):
        from_json(document)


def test_the_form_of_a_script() -> None:
    """The whole of up.sql, as a reviewer sees it."""
    index = replace(ADD_INDEX, steps=(replace(ADD_INDEX.steps[0], risks=(Risk(Hazard.LONG_SCAN, "test"),)),))
    pair = script_pair(replace(PLAN, up=Script((ADD_COLUMNS, index, fill()))))
    assert (
        pair.up
        == f"""\
-- schemadiff plan 20261122T180000_dual_id, up
-- target:  postgresql://postgres@host/db, PostgreSQL 17.10
-- changes: 4 statements in 3 segments
-- hazards: long-scan
-- approve: {pair.approval}
-- run:     schemadiff apply plans/20261122T180000_dual_id    (or: psql -v ON_ERROR_STOP=1 -f up.sql)
-- ---- script ----
SET statement_timeout = 0;
SET check_function_bodies = off;

-- segment 1 of 3: one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- 1.1 + add column public.contacts.touched
ALTER TABLE public.contacts ADD COLUMN touched integer NOT NULL DEFAULT 0;

-- 1.2 + comment on column public.contacts.touched
COMMENT ON COLUMN public.contacts.touched IS 'é; $$ '' --';

COMMIT;

-- segment 2 of 3: outside a transaction block
SET lock_timeout = 0;
-- 2.1 + create index public.contacts_email
-- hazards: long-scan
CREATE INDEX CONCURRENTLY contacts_email ON public.contacts (email);

-- segment 3 of 3: backfill first_sync, batches of 10 rows along id
SET lock_timeout = '3s';
\\set batch true
-- 3.1 ~ backfill first_sync: rows of public.contacts
UPDATE public.contacts AS c SET touched = touched + 1 WHERE :batch;
"""
    )


def test_names_cannot_leave_their_comment() -> None:
    """A line break in a name does not begin a statement."""
    evil = Step(Sql("SELECT 1"), StepOperation.DROP, "table", '"x\ny\r\u2028"; DROP TABLE z; --')
    body = script_sql(Script((Segment((evil,)),)))
    assert '-- 1.1 - drop table "x y "; DROP TABLE z; --\nSELECT 1;\n' in body


def test_a_plan_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    """The second plan of the same name is refused, and no draft stays behind."""
    written = write_plan(PLAN, tmp_path / "plans", others=lambda scripts: {"review.md": scripts.approval})
    assert written.name == "20261122T180000_dual_id"
    assert sorted(path.name for path in written.iterdir()) == ["down.sql", "plan.json", "review.md", "up.sql"]
    plan_file = read_plan(written)
    assert plan_file.plan == PLAN
    assert plan_file.changed == ()
    assert plan_file.approval == (written / "review.md").read_text()
    with pytest.raises(PlanFileError, match="never overwritten"):
        write_plan(PLAN, tmp_path / "plans")
    assert list((tmp_path / "plans").iterdir()) == [written]


def test_directories_that_are_no_plans(tmp_path: Path) -> None:
    """Each missing part is named."""
    with pytest.raises(PlanFileError, match="there is no plan directory"):
        read_plan(tmp_path / "none")
    written = write_plan(PLAN, tmp_path)
    (written / "plan.json").write_text("{")
    with pytest.raises(PlanFileError, match=r"plan\.json is not JSON"):
        read_plan(written)
    (written / "up.sql").unlink()
    (written / "plan.json").write_text("{}")
    with pytest.raises(PlanFileError, match=r"up\.sql is missing"):
        read_plan(written)


def test_a_script_reads_back_as_it_was_planned() -> None:
    """Segments, statements and lines of the canonical form."""
    text = script_pair(PLAN).up
    script = read_script(text, "up.sql")
    assert [(one.begin is not None, one.backfill, len(one.statements)) for one in script.segments] == [
        (True, None, 3),
        (False, None, 1),
        (False, "first_sync", 1),
        (True, None, 2),
    ]
    lines = text.split("\n")
    for segment in script.segments:
        for statement in (*segment.settings, *segment.statements):
            assert lines[statement.line - 1].startswith(statement.sql.split("\n")[0].split(";")[0])
    planned = [one.sql for one in PLAN.up.steps]
    read = [one.sql for segment in script.segments for one in segment.statements]
    assert [sql for sql in read if not sql.startswith("SET LOCAL")] == planned
    assert [setting.sql for setting in script.segments[0].settings] == [
        "SET statement_timeout = 0",
        "SET check_function_bodies = off",
    ]


def test_an_edited_script_is_read_as_it_stands() -> None:
    """Statements added, segments split, comments with odd content: the file decides."""
    script = read_script(
        "-- é ; BEGIN\nSELECT 'ü';BEGIN;\n/* ; */ SELECT 2\n;SAVEPOINT a;\nROLLBACK TO a;COMMIT;\n\n"
        "BEGIN ISOLATION LEVEL SERIALIZABLE; DO $x$ BEGIN; $$ COMMIT; $x$; END;\nSELECT 3",
        "up.sql",
    )
    assert [[(one.label, one.line, one.sql) for one in segment.statements] for segment in script.segments] == [
        [("1.1", 2, "SELECT 'ü'")],
        [("2.1", 3, "SELECT 2"), ("2.2", 4, "SAVEPOINT a"), ("2.3", 5, "ROLLBACK TO a")],
        [("3.1", 7, "DO $x$ BEGIN; $$ COMMIT; $x$")],
        [("4.1", 8, "SELECT 3")],
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1;\nSELEC 2;", r"up\.sql:2: syntax error at or near \"SELEC\""),
        ("SELECT 1;\n\\i other.sql\n", r"up\.sql:2: a psql command other than"),
        ("SELECT 1;\nCOMMIT;", r"up\.sql:2: ends a transaction that the script did not begin"),
        ("\nBEGIN;\nSELECT 1;", r"up\.sql:2: BEGIN has no COMMIT"),
        ("BEGIN;\nBEGIN;", r"up\.sql:2: a transaction of a script ends with COMMIT alone"),
        ("BEGIN;\nROLLBACK;", r"up\.sql:2: a transaction of a script ends with COMMIT alone"),
        ("BEGIN;\nDELETE FROM a WHERE :batch;\nCOMMIT;", r"up\.sql:2: :batch needs a comment above"),
        ("DELETE FROM a WHERE :batch;", r"up\.sql:1: :batch needs a comment above"),
    ],
)
def test_scripts_that_cannot_run(text: str, message: str) -> None:
    """Each error says file and line."""
    with pytest.raises(PlanFileError, match=message):
        read_script(text, "up.sql")


def test_batch_is_replaced_outside_of_strings_only() -> None:
    """As psql does it."""
    sql = "SELECT ':batch', 'é', $$ :batch $$, x::batch, :batches FROM t WHERE :batch /* :batch */ AND (:batch)"
    assert with_batch(sql, "(id > 1)") == (
        "SELECT ':batch', 'é', $$ :batch $$, x::batch, :batches FROM t WHERE (id > 1) /* :batch */ AND ((id > 1))"
    )


def test_a_script_with_casts_to_a_type_called_batch() -> None:
    """Statements are split and read as they stand."""
    sql = "UPDATE t SET kind = 'ä'::batch, n = ':batch; ' WHERE :batch"
    text = f"SELECT 'a'::batch;\n-- segment 2 of 2: backfill b, batches of 5 rows along id\n\\set batch true\n{sql};"
    alone, batches = read_script(text, "up.sql").segments
    assert (alone.backfill, batches.backfill) == (None, "b")
    assert batches.statements[0].sql == sql


def test_a_semicolon_after_a_comment() -> None:
    """A comment at the end does not swallow the semicolon."""
    body = script_sql(Script((Segment((step("SELECT 1 -- one", "x"), step("SELECT 2;", "x"))),)))
    assert "SELECT 1 -- one\n;\n" in body
    assert "SELECT 2;\n" in body


@pytest.mark.parametrize("name", ["plan.json", "up.sql", "down.sql"])
def test_a_file_that_holds_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    directory = write_plan(PLAN, tmp_path)
    path = directory / name
    monkeypatch.setattr(limits, "MOST_TEXT", max(file.stat().st_size for file in directory.iterdir()))
    read_plan(directory)
    path.write_text(path.read_text() + " " * limits.MOST_TEXT)
    with pytest.raises(PlanFileError, match=rf"{name} holds more than 0 MB: restore it from version control"):
        read_plan(directory)


def test_json_without_end_is_refused(tmp_path: Path) -> None:
    directory = write_plan(PLAN, tmp_path)
    (directory / "plan.json").write_text("[" * 1_000_000)
    with pytest.raises(PlanFileError, match=r"plan\.json is not JSON"):
        read_plan(directory)


def test_states_that_unpack_to_too_much_count_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes that would fill the memory."""
    monkeypatch.setattr(limits, "MOST_TEXT", 2**22)
    directory = write_plan(PLAN, tmp_path)
    packing = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packing.compress(b" " * 2**20) for _ in range(64)) + packing.flush()
    (directory / "states.json.gz").write_bytes(bomb)
    tracemalloc.start()
    assert read_plan(directory).detailed == read_plan(directory).plan
    assert tracemalloc.get_traced_memory()[1] < 8 * limits.MOST_TEXT
    tracemalloc.stop()
    for content in ("[" * 1_000_000, '{"live": ' * 100_000):
        (directory / "states.json.gz").write_bytes(gzip.compress(content.encode()))
        assert read_plan(directory).detailed == read_plan(directory).plan
