"""The whole way: apply, apply again, verify, roll back, apply again."""

from dataclasses import replace

import psycopg
import pytest

from schemadiff.api import status, verify
from schemadiff.catalog.sql import Sql
from schemadiff.desired.data_steps.steps import Check
from schemadiff.errors import CheckFailed, ExecutionError, Refused
from schemadiff.execution.events import AlreadyDone, Analyzed, BackfillProgress, CheckFinished, SegmentStarted
from schemadiff.execution.record.ledger import finished_backfills
from schemadiff.plans.direction import Direction
from schemadiff.plans.model import Segment
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import ADD_COLUMNS, DROP_REST, SETUP, run_by_psql, state_of, step

OPEN_GATE = "INSERT INTO public.gate DEFAULT VALUES"

HOLDS = Check("all_touched", Sql("SELECT touched = 1 AS ok FROM public.contacts;"))


def test_apply_verify_rollback_apply(server: ScratchServer, stage: StageMaker) -> None:
    """Every form of segment runs once, and the rollback leaves the schema byte for byte as it was."""
    case = stage(server, checks=[HOLDS])
    before = case.dump()
    outcome, events = case.apply(approve=None)
    assert (outcome.already, outcome.resumed, outcome.segments, outcome.rows) == (False, False, 4, 25)
    forms = [event.form for event in events if isinstance(event, SegmentStarted)]
    assert forms == ["transaction", "alone", "backfill", "transaction"]
    assert CheckFinished("all_touched", True, "") in events
    assert [event.done for event in events if isinstance(event, BackfillProgress)] == [10, 20, 25, 25]
    assert case.value("SELECT public.f()") == ":batch"
    assert verify(case.directory, case.url).holds

    again, events = case.apply()
    assert again.already
    assert events == [AlreadyDone("20261122T180000_touch", "up")]

    taken_back, _ = case.rollback()
    assert taken_back.segments == 2
    assert case.dump() == before
    assert state_of(case.url) == case.plan.live
    assert case.rollback()[0].already
    assert not verify(case.directory, case.url).holds

    case.apply()
    assert case.value("SELECT sum(touched) FROM public.contacts") == 25


def test_the_ledger_tells_what_was_done(server17: ScratchServer, stage: StageMaker) -> None:
    """Status, finished backfills, and the scripts that ran are in the ledger, which others cannot read."""
    server17.create_role("nobody_else")
    opening = "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC, nobody_else"
    case = stage(server17, setup=f"{SETUP}; {opening}")
    assert status(case.url).runs == ()
    case.apply()
    assert case.value("SELECT has_schema_privilege('nobody_else', 'schemadiff', 'USAGE')") is False
    found = status(case.url)
    assert found.applied == (case.directory.name,)
    assert found.interrupted is None and found.runner is None
    assert set(found.segments.values()) == {"done"}
    assert case.value("SELECT up_sql FROM schemadiff.run") == (case.directory / "up.sql").read_text()
    with psycopg.connect(case.url) as connection:
        assert {name for name, _ in finished_backfills(connection)} == {"first_sync"}
    case.rollback()
    with psycopg.connect(case.url) as connection:
        assert finished_backfills(connection) == frozenset()
    assert status(case.url).applied == ()


def test_psql_runs_the_scripts_as_they_stand(server: ScratchServer, stage: StageMaker) -> None:
    """What apply runs, psql runs with the same result."""
    case = stage(server)
    for direction, expected in ((Direction.UP, case.plan.desired), (Direction.DOWN, case.plan.live)):
        run_by_psql(case, direction)
        assert state_of(case.url) == expected


def test_a_failing_statement_is_named_and_undone(server: ScratchServer, stage: StageMaker) -> None:
    """The error says where, what, why, how things stand and what comes next; the next run goes on."""
    broken = Segment(
        (
            step("CREATE TABLE public.extra (id integer)", "table public.extra"),
            step("INSERT INTO public.extra SELECT 1 / count(*)\nFROM public.gate", "table public.extra"),
        )
    )
    setup = "CREATE TABLE public.contacts (id bigint PRIMARY KEY); CREATE TABLE public.gate ()"
    case = stage(server, setup=setup, up=[ADD_COLUMNS, broken], down=[], desired_setup=OPEN_GATE)
    with pytest.raises(ExecutionError) as raised:
        case.apply()
    message = str(raised.value)
    line = (case.directory / "up.sql").read_text().split("INSERT")[0].count("\n") + 1
    assert f"up.sql line {line}, statement 2.2 fails: division by zero (SQLSTATE 22012)" in message
    assert "    INSERT INTO public.extra SELECT 1 / count(*)\n    FROM public.gate" in message
    assert "now: 1 of 2 segments committed, segment 2 was rolled back" in message
    assert f"'schemadiff apply {case.directory}' again: it goes on with segment 2" in message
    assert case.value("SELECT to_regclass('public.extra')") is None
    interrupted = status(case.url).interrupted
    assert interrupted is not None and interrupted.state == "failed"
    with pytest.raises(Refused, match="only in part"):
        case.rollback()
    case.execute(OPEN_GATE)
    outcome, _ = case.apply()
    assert (outcome.resumed, outcome.segments) == (True, 1)
    assert case.value("SELECT id FROM public.extra") == 1


def test_an_applied_plan_runs_again_where_another_led_back(server17: ScratchServer, stage: StageMaker) -> None:
    """What stands counts: a plan that another plan undid is not applied."""
    case = stage(server17, up=[ADD_COLUMNS], down=[Segment(DROP_REST.steps[1:])])
    case.apply()
    plan = case.plan
    back = case.with_plan(live=plan.desired, desired=plan.live, up=plan.down, down=plan.up)
    back.apply()
    outcome, _ = case.apply()
    assert not outcome.already
    assert state_of(case.url) == plan.desired


def test_checks_that_do_not_hold_fail_the_run(server17: ScratchServer, stage: StageMaker) -> None:
    """A failed check says that the plan is applied, and why the check failed."""
    check = Check("nobody", Sql("SELECT id, id < 20 AS ok FROM public.contacts ORDER BY id"))
    case = stage(server17, checks=[HOLDS, check])
    with pytest.raises(CheckFailed, match=r"nobody: 6 of 25 rows are not ok; run its query"):
        case.apply()
    assert status(case.url).applied == (case.directory.name,)


def test_statistics_that_a_script_takes_away_come_back(server17: ScratchServer, stage: StageMaker) -> None:
    """A column of another type has none, nor has an expression of a new index; others are left to the server."""
    retyped = step("ALTER TABLE public.contacts ALTER email TYPE varchar", "column public.contacts.email")
    indexed = step("CREATE INDEX halved ON public.other ((a % 2), a)", "index public.halved")
    steps = (replace(retyped, holder="table public.contacts"), replace(indexed, holder="table public.other"))
    setup = f"{SETUP}; CREATE TABLE public.other AS SELECT n AS a FROM generate_series(1, 9) AS n"
    case = stage(server17, setup=setup, up=[Segment(steps)], down=[])
    case.execute("ANALYZE public.other")
    case.execute("ANALYZE public.contacts")
    _, events = case.apply()
    assert [event.table for event in events if isinstance(event, Analyzed)] == [
        "public.contacts",
        "public.other",
    ]
    assert case.value("SELECT count(*) FROM pg_stats WHERE tablename = 'halved'") == 1
    assert case.value("SELECT count(*) FROM pg_stats WHERE tablename = 'contacts'") == 3
