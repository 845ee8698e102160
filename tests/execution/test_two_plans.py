"""What has nothing to do with a plan neither stops it nor is undone; what has is refused by name."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from schemadiff.api import apply, dry_run, status
from schemadiff.errors import CheckFailed, DriftRefused
from schemadiff.execution.events import Event, NewerPlans, SegmentFinished, UnrelatedChanges
from schemadiff.plans.directory.writing import write_plan
from schemadiff.plans.model import Script, Segment
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import SETUP, Stage, fill, run_and_kill, state_of, step

AROUND = f"""{SETUP};
CREATE TABLE public.bystander (id bigint PRIMARY KEY, note text);
CREATE TABLE public.leaving (id bigint PRIMARY KEY, label text);
CREATE VIEW public.onlooker AS SELECT note FROM public.bystander
"""

UNRELATED = """
CREATE TABLE public.stranger (id bigint PRIMARY KEY);
CREATE VIEW public.strangers AS SELECT id FROM public.stranger;
CREATE FUNCTION public.greet() RETURNS text LANGUAGE sql AS 'SELECT ''hello''';
DROP TABLE public.leaving;
ALTER TABLE public.bystander ADD extra int;
GRANT SELECT ON public.bystander TO PUBLIC;
COMMENT ON VIEW public.onlooker IS 'seen'
"""

RELATED = {
    "CREATE VIEW public.seer AS SELECT email FROM public.contacts": "DROP VIEW public.seer",
    "CREATE INDEX made ON public.contacts (synced)": "DROP INDEX public.made",
    "ALTER TABLE public.contacts ADD more int": "ALTER TABLE public.contacts DROP more",
    "ALTER TABLE public.contacts ADD CHECK (id > 0)": "ALTER TABLE public.contacts DROP CONSTRAINT contacts_id_check",
    "ALTER TABLE public.bystander ADD FOREIGN KEY (id) REFERENCES public.contacts NOT VALID": (
        "ALTER TABLE public.bystander DROP CONSTRAINT bystander_id_fkey"
    ),
    "CREATE FUNCTION public.counted() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.contacts'": (
        "DROP FUNCTION public.counted()"
    ),
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'": "DROP FUNCTION public.f()",
    "CREATE TABLE public.contacts_email ()": "DROP TABLE public.contacts_email",
    "CREATE RULE quiet AS ON DELETE TO public.contacts DO INSTEAD NOTHING": "DROP RULE quiet ON public.contacts",
    "GRANT SELECT ON public.contacts TO PUBLIC": "REVOKE SELECT ON public.contacts FROM PUBLIC",
    "ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY": "ALTER TABLE public.contacts DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE public.contacts ALTER synced SET DEFAULT now()": "ALTER TABLE contacts ALTER synced DROP DEFAULT",
    "COMMENT ON COLUMN public.contacts.synced IS 'x'": "COMMENT ON COLUMN public.contacts.synced IS NULL",
    "CREATE PUBLICATION everything FOR ALL TABLES": "DROP PUBLICATION everything",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC": (
        "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC"
    ),
}


def told(events: list[Event]) -> str:
    return "\n".join(line for event in events if isinstance(event, UnrelatedChanges) for line in event.changes)


def notes(case: Stage) -> list[str]:
    found = status(case.url)
    return [f"{note.kind}: {note.words}" for note in found.notes.get(found.runs[0].id, ())]


def test_an_unrelated_change_is_a_note(server: ScratchServer, stage: StageMaker) -> None:
    """Refused is what the scripts touch or need; what else moved stays, forth and back."""
    case = stage(server, setup=AROUND)
    case.execute(UNRELATED)
    for change, undo in RELATED.items():
        case.execute(change)
        with pytest.raises(DriftRefused) as refused:
            dry_run(case.directory, case.url)
        assert "greet" not in str(refused.value), change
        case.execute(undo)
    before = case.dump()
    _, events = case.apply()
    assert "table public.leaving is gone, with 3 parts" in told(events)
    assert "table public.stranger is new" in told(events)
    assert any("unrelated: view public.strangers is new" in note for note in notes(case))
    case.execute("CREATE TABLE public.late ()")
    assert "table public.late is new" in told(case.rollback()[1])
    case.execute("DROP TABLE public.late")
    assert case.dump() == before


def test_what_somebody_makes_meanwhile(server17: ScratchServer, stage: StageMaker) -> None:
    """A note, also in a run that goes on after a kill; on a table of the plan it is a failure."""
    case = stage(server17)
    run_and_kill(case, "isinstance(event, SegmentFinished) and event.number == 1")
    case.execute("CREATE TABLE public.stranger ()")
    seen: list[Event] = []

    def meanwhile(event: Event) -> None:
        seen.append(event)
        if isinstance(event, SegmentFinished) and event.number == 2:
            case.execute("CREATE TABLE public.second ()")

    assert apply(case.directory, case.url, progress=meanwhile).resumed
    assert "table public.second is new" in told(seen)
    assert [note.split(" is")[0] for note in notes(case)] == [
        "unrelated: table public.stranger", "unrelated: table public.second"
    ]  # fmt: skip
    case.rollback()

    def disturbing(event: Event) -> None:
        if isinstance(event, SegmentFinished) and event.number == 2:
            case.execute("CREATE VIEW public.seer AS SELECT email FROM public.contacts")

    with pytest.raises(CheckFailed, match=r"is applied, but this is not as it should be:\n  view public\.seer"):
        apply(case.directory, case.url, progress=disturbing)


def newer(case: Stage, up: Segment, down: Segment, name: str) -> Stage:
    """A plan on top of the applied one."""
    start = state_of(case.url)
    with psycopg.connect(case.url, autocommit=True) as connection:
        for one in up.steps:
            connection.execute(one.sql.replace(":batch", "true").encode())
        after = state_of(case.url)
        for one in down.steps:
            connection.execute(one.sql.encode())
    plan = replace(case.plan, name=name, live=start, desired=after, up=Script((up,)), down=Script((down,)))
    return Stage(case.url, write_plan(plan, case.directory.parent), plan)


def test_an_older_plan_is_rolled_back_where_both_commute(server17: ScratchServer, stage: StageMaker) -> None:
    case = stage(server17, setup=AROUND)
    before = state_of(case.url)
    case.apply()
    added = step("ALTER TABLE public.bystander ADD extra int", "column public.bystander.extra")
    dropped = step("ALTER TABLE public.bystander DROP extra", "column public.bystander.extra")
    above = newer(case, Segment((added,)), Segment((dropped,)), "apart")
    above.apply()
    _, events = case.rollback()
    assert NewerPlans((above.directory.name,)) in events
    assert status(case.url).applied == (above.directory.name,)
    above.rollback()
    assert state_of(case.url) == before


def test_an_older_plan_is_not_rolled_back_below_one_that_needs_it(server17: ScratchServer, stage: StageMaker) -> None:
    """The printed commands lead out of it, to the letter."""
    case = stage(server17, setup=AROUND)
    before = state_of(case.url)
    case.apply()
    seen = step("CREATE VIEW public.touches AS SELECT touched FROM public.contacts", "view public.touches")
    unseen = step("DROP VIEW public.touches", "view public.touches")
    built = newer(case, Segment((seen,)), Segment((unseen,)), "built")
    built.apply()
    above = newer(built, fill(name="second"), Segment(()), "filled")
    above.apply()
    with pytest.raises(DriftRefused, match="newer plans stand above it") as refused:
        case.rollback()
    commands = [line.split()[2] for line in str(refused.value).splitlines() if line.startswith("  schemadiff rollback")]
    assert [Path(one).name for one in commands] == [one.directory.name for one in (above, built, case)]
    built.rollback()
    with pytest.raises(DriftRefused, match=r"has filled rows of table public\.contacts"):
        case.rollback()
    above.rollback()
    case.rollback()
    assert state_of(case.url) == before
