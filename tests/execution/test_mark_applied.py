"""What other tools ran is recorded, and plans outlive their directories in the ledger."""

import shutil
from dataclasses import replace

import psycopg
import pytest

from schemadiff.api import mark_applied, status, verify
from schemadiff.catalog.sql import Sql
from schemadiff.desired.data_steps.steps import Check
from schemadiff.errors import DriftRefused, PlanFileError, Refused, ScriptChanged
from schemadiff.execution.record.ledger import finished_backfills
from schemadiff.plans.direction import Direction
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import Stage, execute, run_and_kill, run_by_psql, state_of

HOLDS = Check("all_touched", Sql("SELECT count(*) = 0 AS ok FROM public.contacts WHERE touched <> 1;"))


def test_what_psql_ran_is_recorded_both_ways(server: ScratchServer, stage: StageMaker) -> None:
    """Only once live is in the plan's end state; then the plan counts as applied by whoever recorded it."""
    case = stage(server, checks=[HOLDS])
    with pytest.raises(Refused, match=r"(?s)so nothing was recorded:.*function public\.f\(\)"):
        mark_applied(case.directory, case.url)
    assert case.value("SELECT to_regnamespace('schemadiff')") is None
    run_by_psql(case, Direction.UP)
    with pytest.raises(DriftRefused, match=f"record that: schemadiff mark-applied {case.directory}"):
        case.apply()
    with pytest.raises(Refused, match=f"'schemadiff mark-applied {case.directory}', then run 'schemadiff rollback"):
        case.rollback()
    case.execute("UPDATE public.contacts SET touched = 5 WHERE id = 3")
    with pytest.raises(Refused, match="check all_touched"):
        mark_applied(case.directory, case.url)
    case.execute("UPDATE public.contacts SET touched = 1 WHERE id = 3")
    assert not mark_applied(case.directory, case.url).already
    found = status(case.url)
    assert found.applied == (case.directory.name,)
    assert [note.kind for note in found.notes[found.runs[0].id]] == ["marked"]
    assert found.runs[0].who == case.value("SELECT session_user")
    with psycopg.connect(case.url) as connection:
        assert {name for name, _ in finished_backfills(connection)} == {"first_sync"}
    assert mark_applied(case.directory, case.url).already
    assert case.apply()[0].already

    with pytest.raises(Refused, match="so nothing was recorded"):
        mark_applied(case.directory, case.url, rolled_back=True)
    run_by_psql(case, Direction.DOWN)
    mark_applied(case.directory, case.url, rolled_back=True)
    assert status(case.url).applied == ()
    with psycopg.connect(case.url) as connection:
        assert not finished_backfills(connection)
    case.apply()
    case.rollback()
    assert state_of(case.url) == case.plan.live


def test_a_run_that_stopped_is_finished_by_another_tool(server17: ScratchServer, stage: StageMaker) -> None:
    case = stage(server17)
    run_and_kill(case, "isinstance(event, SegmentFinished) and event.number == 3")
    case.execute(case.plan.up.segments[3].steps[0].sql)
    assert not mark_applied(case.directory, case.url).already
    assert status(case.url).interrupted is None
    case.rollback()
    assert state_of(case.url) == case.plan.live


def test_rollback_and_verify_without_the_directory(server: ScratchServer, stage: StageMaker) -> None:
    """The ledger holds all of a plan; what it holds is checked like files are."""
    case = stage(server, checks=[HOLDS])
    case.apply()
    away = case.directory.rename(case.directory.with_suffix(".away"))
    assert verify(case.directory, case.url).holds
    case.rollback()
    assert case.rollback()[0].already
    assert state_of(case.url) == case.plan.live
    assert not verify(case.directory, case.url).holds
    with pytest.raises(PlanFileError, match="there is no plan directory"):
        case.apply()
    again = replace(case, directory=away.rename(case.directory))
    again.apply()
    again.rollback()
    again.apply()
    shutil.rmtree(case.directory)
    for spoil, error, words in SPOILED:
        execute(case.url, spoil)
        with pytest.raises(error, match=words):
            case.rollback()


SPOILED: list[tuple[str, type[Exception], str]] = [
    (
        "UPDATE schemadiff.run SET down_sql = '-- ' || chr(10) || down_sql",
        ScriptChanged,
        "down.sql of .* changed after",
    ),
    (
        "UPDATE schemadiff.run SET down_sql = replace(down_sql, 'public.f', 'public.g')",
        ScriptChanged,
        "is another plan",
    ),
    ("DELETE FROM schemadiff.document", PlanFileError, "keeps its scripts only, since an older version applied it"),
    ("DROP TABLE schemadiff.document", PlanFileError, "keeps its scripts only, since an older version applied it"),
    ("DROP SCHEMA schemadiff CASCADE", PlanFileError, "knows no plan 20261122T180000_touch that was applied"),
]


def test_a_stop_in_the_middle_is_rolled_back_without_the_directory(server17: ScratchServer, stage: StageMaker) -> None:
    case: Stage = stage(server17)
    run_and_kill(case, "isinstance(event, SegmentFinished) and event.number == 4")
    shutil.rmtree(case.directory)
    case.rollback()
    assert state_of(case.url) == case.plan.live
