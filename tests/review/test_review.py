"""review.md and the terminal's summary, read as a person would."""

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.purpose import StepNote, StepOperation
from schemadiff.plans.model import Along, FieldChange, Opinion, Plan, Proof, Recovery, Script, Segment
from schemadiff.review.markdown import code, line, review_markdown
from schemadiff.review.terminal import plan_summary

from .made_plan import DOWN, UP, made_plan

APPROVAL = "c" * 64


def lines(plan: Plan) -> list[str]:
    return review_markdown(plan, APPROVAL).splitlines()


def headings(plan: Plan) -> list[str]:
    return [line[3:] for line in lines(plan) if line.startswith("## ")]


def folds(plan: Plan) -> list[str]:
    return re.findall(r"^<details><summary>(.*)</summary>$", review_markdown(plan, APPROVAL), re.MULTILINE)


def test_the_review_of_a_plan() -> None:
    text = review_markdown(made_plan(), APPROVAL)
    for expected in (
        "# 20260301T120000_contact_sync: 1 function, 2 columns, 1 index, 1 backfill; 1 drop",
        "4 statements and 1 backfill in 3 segments for `postgresql://postgres@db.example.org/app` (PostgreSQL 17.10).",
        "| **Risk** | high: rows, values or state go away (data-loss, long-scan, breaks-clients) |",
        "|  | data-loss: Rows or values that stand in the database are gone afterwards (1.2) |",
        "| **Lost** | all rows or values of app.contact.fax (gone for good) |",
        "| **Proof** | Proven on a scratch database: up reaches the desired schema exactly, down returns to the live"
        " one exactly. |",
        "| **Rollback** | 2 statements in 1 segment; what 1.2 takes away does not come back |",
        "@@ table app.contact @@",
        "+ contact.synced_at timestamptz  [1.1]",
        "- contact.fax (gone for good)  [1.2: data-loss, breaks-clients]",
        "2. outside a transaction block: create index app.contact_synced on app.contact",
        "3. backfill contact_sync_times of app.contact, 1000 rows a batch along id",
        "- **data-loss**: Rows or values that stand in the database are gone afterwards.",
        "  - 1.2 drop column app.contact.fax",
        "- `lookup_needs_a_key` (must fail with `P0001`)",
        "| up | schemadiff: no difference, migra: no difference |",
        f"schemadiff apply plans/20260301T120000_contact_sync --approve {APPROVAL} --allow data-loss",
        "schemadiff rollback plans/20260301T120000_contact_sync",
        "- rows of `app.contact` have no email",
        "- live is PostgreSQL 17.10, the scratch server PostgreSQL 17.6",
        "- `text search configuration app.simple`",
        "ALTER TABLE app.contact DROP COLUMN fax;",
        "ALTER TABLE app.contact ALTER COLUMN email SET NOT NULL;",
    ):
        assert expected in text.splitlines(), expected
    assert "\n\n\n" not in text
    assert text == review_markdown(made_plan(), APPROVAL)


def test_what_the_archive_keeps() -> None:
    up = Script(
        tuple(replace(s, steps=tuple(replace(p, recovery=Recovery.LOSSLESS) for p in s.steps)) for s in UP.segments)
    )
    text = review_markdown(made_plan(up=up), APPROVAL)
    assert "the schema comes back, and the archived rows and values with it" in text
    assert "The schema comes back exactly." in text
    assert "until `schemadiff purge` empties it:\n\n- 1.2 drop column app.contact.fax" in text
    assert "and the archived rows and values with it" in " ".join(rendered(made_plan(up=up)).split())


def test_empty_sections_are_left_out() -> None:
    small = Script((Segment((UP.steps[0],)),))
    plan = made_plan(up=small, down=small, checks=(), unmanaged=(), notes=(), proof=None)
    assert headings(plan) == ["What changes", "How to apply, and to take it back"]
    assert folds(plan) == ["The way back", "up.sql: the migration", "down.sql: the rollback"]
    text = review_markdown(plan, APPROVAL)
    assert "| **Risk** | low: no statement carries a hazard |" in text
    assert "| **Waits** | not measured, since the plan was not rehearsed |" in text


def test_much_is_folded_away() -> None:
    """A large plan is not longer before the folds, and a script too long for a comment is cut."""
    steps = tuple(replace(UP.steps[0], identity=Quoted(f"app.contact.c{n}")) for n in range(900))
    text = review_markdown(made_plan(up=Script((Segment(steps),))), APPROVAL)
    before, *_ = text.split("<details>")
    assert len(before.splitlines()) <= 50
    assert "... and 880 more lines below" in before
    assert "+ contact.c899 timestamptz  [1.900]" in text
    assert "-- ... the rest stands in the file" in text


def test_nothing_to_do() -> None:
    empty = Script(())
    plan = made_plan(up=empty, down=empty, checks=(), unmanaged=(), notes=(), proof=None)
    assert lines(plan)[2] == "Nothing to do: `postgresql://postgres@db.example.org/app` is what the files declare."
    assert headings(plan) == []


def test_a_failed_proof_is_said_first() -> None:
    differs = Opinion("migra", False, ("column app.contact.fax is missing",))
    plan = made_plan(proof=Proof((differs,), (), "embedded wheel", 1.0))
    text = review_markdown(plan, APPROVAL)
    assert "The proof does not hold: the plan must not be applied." in text
    assert "- column app.contact.fax is missing" in text
    assert "schemadiff apply" not in text


def test_passwords_do_not_reach_the_review() -> None:
    plan = made_plan(target="postgresql://postgres:hunter2@db.example.org/app")
    assert "hunter2" not in review_markdown(plan, APPROVAL)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b", "a_b"),
        ("_a_ *b*", r"\_a\_ \*b\*"),
        ("<img src=x> | [x](y)", r"\<img src=x\> \| \[x\](y)"),
        ("two\nlines", "two lines"),
        ("ask @team", "ask @&#8203;team"),
    ],
)
def test_names_add_no_markup(text: str, shown: str) -> None:
    assert line(text) == shown


def test_code_holds_backquotes() -> None:
    assert code("a`b") == "``a`b``"
    assert code("`a`") == "`` `a` ``"


def rendered(plan: Plan) -> str:
    stream = StringIO()
    Console(file=stream, width=110, markup=False, highlight=False).print(plan_summary(plan))
    return stream.getvalue()


def test_the_terminal_summary() -> None:
    text = rendered(made_plan())
    told = " ".join(text.split())
    assert text.splitlines()[0] == ("20260301T120000_contact_sync: 1 function, 2 columns, 1 index, 1 backfill; 1 drop")
    assert "1.2 - contact.fax (gone for good) data-loss, breaks-clients" in told
    assert "risk high: rows, values or state go away (data-loss, long-scan, breaks-clients)" in told
    assert "2 statements in 1 segment; what 1.2 takes away does not come back" in told
    assert "rollback" in told and "it drops column app.contact.synced_at, with what was written there since" in told


def test_names_cannot_steer_the_terminal() -> None:
    step = replace(UP.steps[0], identity="\x1b[2J[bold]x[/bold]")
    text = rendered(made_plan(up=Script((Segment((step,)),)), down=DOWN))
    assert "\x1b" not in text
    assert "[bold]x[/bold]" in text


def test_a_constraint_that_makes_way_and_is_validated_again_is_the_same() -> None:
    definition = "FOREIGN KEY (a) REFERENCES app.b(id)"
    name, holder = "a_fkey ON app.contact", "table app.contact"
    key = replace(UP.steps[0], kind="table constraint", identity=Quoted(name), holder=holder, cause="column app.b.id")
    dropped = replace(key, operation=StepOperation.DROP, changes=(FieldChange("definition", definition, None),))
    made = replace(key, changes=(FieldChange("definition", None, definition),), note=StepNote.NOT_VALID)
    validated = replace(key, operation=StepOperation.VALIDATE, changes=())
    cause = replace(UP.steps[0], kind="column", identity=Quoted("app.b.id"), holder="table app.b")
    text = review_markdown(made_plan(up=Script((Segment((dropped, cause, made)), Segment((validated,))))), APPROVAL)
    assert "= constraint a_fkey (recreated unchanged, because of 1.2)  [2.1]" in text.splitlines()


def test_a_statement_about_two_columns_tells_of_both_and_of_what_each_loses() -> None:
    wider, cut = FieldChange("type", "integer", "bigint"), FieldChange("type", "text", "varchar(3)")
    lost = Along(
        StepOperation.ALTER, "column", "app.b.name", (cut,), risks=(Risk(Hazard.DATA_LOSS, "column.type-narrows"),),
        recovery=Recovery.STRUCTURE_ONLY,
    )  # fmt: skip
    step = replace(
        UP.steps[0], operation=StepOperation.ALTER, kind="column", identity="app.b.id", holder="table app.b",
        changes=(wider,), risks=(Risk(Hazard.TABLE_REWRITE, "column.type"),), along=(lost,),
    )  # fmt: skip
    plan = made_plan(up=Script((Segment((step,)),)), down=DOWN)
    told = [line for line in lines(plan) if line.startswith("~ b.")]
    assert told == [
        "~ b.id integer -> bigint  [1.1: table-rewrite]",
        "~ b.name text -> varchar(3) (gone for good)  [1.1: data-loss]",
    ]
    assert plan.up.hazards == (Hazard.DATA_LOSS, Hazard.TABLE_REWRITE)
