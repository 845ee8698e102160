"""Interruptions: kill -9 and Ctrl-C at any point, then the next run finishes the job, once."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from schemadiff.api import apply, status
from schemadiff.errors import DriftRefused, ExecutionError, ScriptChanged
from schemadiff.execution.events import Leftover, LeftoverSettled, StatementStarted
from schemadiff.plans.model import Segment
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import ADD_COLUMNS, ADD_INDEX, UP, Stage, fill, run_and_kill, state_of, step

SLEEP = Segment((step("CREATE TABLE public.early ()", "table public.early"), step("SELECT pg_sleep(60)", "x")))


@contextmanager
def open_writer(case: Stage) -> Iterator[psycopg.Connection]:
    """A transaction that wrote to public.contacts and stays open for the block."""
    with psycopg.connect(case.url) as writer:
        writer.execute("UPDATE public.contacts SET email = email WHERE id = 1")
        yield writer


def await_end_of_runner(case: Stage) -> None:
    """Wait until the server has noticed that the killed runner is gone."""
    while status(case.url).runner is not None:
        time.sleep(0.05)


def finished_once(case: Stage) -> None:
    """Assert that the plan's outcome stands and that each batch ran once."""
    assert state_of(case.url) == case.plan.desired
    assert case.rows("SELECT DISTINCT touched FROM public.contacts") == [(1,)]
    assert case.value("SELECT rows FROM schemadiff.backfill") == 25
    assert case.value("SELECT count(*) FROM schemadiff.run") == 1


@pytest.mark.parametrize(
    ("condition", "done"),
    [
        ("isinstance(event, RunStarted)", 0),
        ("isinstance(event, StatementStarted) and event.label == '1.2'", 0),
        ("isinstance(event, SegmentFinished) and event.number == 1", 1),
        ("isinstance(event, StatementStarted) and event.label == '2.1'", 1),
        ("isinstance(event, SegmentFinished) and event.number == 2", 2),
        ("isinstance(event, BackfillProgress) and event.done == 20", 2),
        ("isinstance(event, StatementStarted) and event.label == '4.1'", 3),
        ("isinstance(event, RunFinished)", 4),
    ],
)
def test_killed_then_applied_again(server17: ScratchServer, stage: StageMaker, condition: str, done: int) -> None:
    """After kill -9 at any point the same command finishes what is left, and no more."""
    case = stage(server17)
    run_and_kill(case, condition)
    if done:
        assert list(status(case.url).segments.values()).count("done") == done
    outcome, _ = case.apply()
    if done == 4:
        assert outcome.already
    else:
        assert outcome.resumed == (done > 0)
        assert outcome.segments == 4 - done
    assert state_of(case.url) == case.plan.desired
    assert case.rows("SELECT DISTINCT touched FROM public.contacts") == [(1,)]


def test_killed_on_15(server15: ScratchServer, stage: StageMaker) -> None:
    """The same on the older server, in the middle of the backfill."""
    case = stage(server15)
    run_and_kill(case, "isinstance(event, BackfillProgress) and event.done == 10")
    assert case.apply()[0].rows == 15
    finished_once(case)


def test_killed_while_an_index_is_built(server: ScratchServer, stage: StageMaker) -> None:
    """The invalid index that the killed build leaves is dropped and built anew."""
    case = stage(server, up=[ADD_INDEX, ADD_COLUMNS, fill(), UP[3]])
    with open_writer(case):
        run_and_kill(case, "isinstance(event, Blocked)")
        await_end_of_runner(case)
    assert case.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'contacts_email'::regclass") is False
    _, events = case.apply()
    settled = [event for event in events if isinstance(event, LeftoverSettled)]
    assert settled == [LeftoverSettled("1.1", Leftover.INDEX_INVALID, "contacts_email")]
    finished_once(case)


def test_killed_after_an_index_was_built(server17: ScratchServer, stage: StageMaker) -> None:
    """An index that the killed run finished without recording it is taken as it is."""
    case = stage(server17)
    run_and_kill(case, "isinstance(event, SegmentFinished) and event.number == 2")
    case.execute("UPDATE schemadiff.segment SET state = 'started' WHERE number = 2")
    built = case.value("SELECT 'contacts_email'::regclass::oid")
    case.apply()
    assert case.value("SELECT 'contacts_email'::regclass::oid") == built
    finished_once(case)


@pytest.mark.parametrize("then", ["rollback", "apply"])
def test_killed_while_an_index_is_dropped(server17: ScratchServer, stage: StageMaker, then: str) -> None:
    """A drop that was cut short is run again; apply does that, too, before it begins anew."""
    case = stage(server17)
    case.apply()
    with open_writer(case):
        run_and_kill(case, "isinstance(event, Blocked)", action="rollback")
        await_end_of_runner(case)
    if then == "rollback":
        assert case.rollback()[0].resumed
        assert state_of(case.url) == case.plan.live
    else:
        assert not case.apply()[0].resumed
        assert state_of(case.url) == case.plan.desired


def test_a_cancelled_detach_is_finalized(server17: ScratchServer, stage: StageMaker) -> None:
    """DETACH PARTITION CONCURRENTLY that was killed while it waited is finished by FINALIZE."""
    setup = (
        "CREATE TABLE public.contacts (id bigint) PARTITION BY RANGE (id);"
        "CREATE TABLE public.low PARTITION OF public.contacts FOR VALUES FROM (0) TO (100);"
        "INSERT INTO public.contacts VALUES (1)"
    )
    detach = step("ALTER TABLE public.contacts DETACH PARTITION public.low CONCURRENTLY", "table public.low")
    case = stage(server17, setup=setup, up=[Segment((detach,), transactional=False)], down=[])
    with psycopg.connect(case.url) as reader:
        reader.execute("SELECT * FROM public.contacts")
        run_and_kill(case, "isinstance(event, Blocked)")
        await_end_of_runner(case)
    assert case.value("SELECT inhdetachpending FROM pg_inherits") is True
    _, events = case.apply()
    settled = [event for event in events if isinstance(event, LeftoverSettled)]
    assert settled == [LeftoverSettled("1.1", Leftover.DETACH_PENDING, "low")]
    assert case.value("SELECT count(*) FROM pg_inherits") == 0


def test_interrupted_by_the_user(server: ScratchServer, stage: StageMaker) -> None:
    """Ctrl-C cancels the statement, undoes its segment and says so in the ledger."""
    waiting = "CREATE TABLE public.gate (seconds float); INSERT INTO public.gate VALUES ({})"
    slow = Segment(
        (
            step("CREATE TABLE public.early ()", "table public.early"),
            step("DO $$BEGIN PERFORM pg_sleep(seconds) FROM public.gate; END$$", "table public.early"),
        )
    )
    setup = "CREATE TABLE public.contacts (id bigint PRIMARY KEY);" + waiting.format(60)
    case = stage(
        server,
        setup=setup,
        up=[ADD_COLUMNS, slow],
        down=[],
        desired_setup="UPDATE public.gate SET seconds = 0",
    )
    condition = "isinstance(event, StatementStarted) and event.label == '2.2'"
    done = run_and_kill(case, condition, delay=0.3, number=signal.SIGINT)
    assert "KeyboardInterrupt" in done.stderr
    assert case.value("SELECT to_regclass('public.early')") is None
    interrupted = status(case.url).interrupted
    assert interrupted is not None and interrupted.state == "failed"
    case.execute("UPDATE public.gate SET seconds = 0")
    assert case.apply()[0].resumed
    assert state_of(case.url) == case.plan.desired


def test_resume_refuses_what_others_did_meanwhile(server17: ScratchServer, stage: StageMaker) -> None:
    """Between the kill and the next run nobody may have changed what the plan touches."""
    case = stage(server17)
    run_and_kill(case, "isinstance(event, SegmentFinished) and event.number == 1")
    case.execute("CREATE VIEW public.stranger AS SELECT id FROM public.contacts")
    with pytest.raises(DriftRefused, match=r"view public\.stranger is new") as refused:
        case.apply()
    assert "touched" not in str(refused.value)
    case.execute("DROP VIEW public.stranger")
    assert case.apply()[0].resumed


def test_resume_refuses_other_scripts(server17: ScratchServer, stage: StageMaker) -> None:
    """A half applied plan is finished with the scripts it was begun with."""
    case = stage(server17)
    run_and_kill(case, "isinstance(event, SegmentFinished) and event.number == 1")
    case.execute("UPDATE schemadiff.run SET approval = 'another'")
    with pytest.raises(ScriptChanged, match="half done with other scripts"):
        case.apply()


def test_an_index_of_that_name_by_others_is_not_ours(server17: ScratchServer, stage: StageMaker) -> None:
    """An index that appeared after the gates is an error, also in the run after it."""
    case = stage(server17)
    with psycopg.connect(case.url, autocommit=True) as other:

        def meanwhile(event: object) -> None:
            if type(event).__name__ == "SegmentFinished":
                other.execute("CREATE INDEX IF NOT EXISTS contacts_email ON public.contacts (synced)")

        with pytest.raises(ExecutionError, match="an index of this name is there already"):
            apply(case.directory, case.url, progress=meanwhile)
        with pytest.raises((ExecutionError, DriftRefused)):
            case.apply()
        other.execute("DROP INDEX public.contacts_email")
    case.apply()
    finished_once(case)


def test_a_failed_unique_build_leaves_nothing(server17: ScratchServer, stage: StageMaker) -> None:
    """A build that fails on the rows takes its invalid index away, since that would cost writes."""
    unique = step("CREATE UNIQUE INDEX CONCURRENTLY once ON public.contacts (synced)", "index public.once")
    case = stage(
        server17,
        up=[Segment((unique,), transactional=False)],
        down=[],
        setup="CREATE TABLE public.contacts (synced int); INSERT INTO public.contacts VALUES (1), (1)",
        desired_setup="TRUNCATE public.contacts",
    )
    with pytest.raises(ExecutionError, match="SQLSTATE 23505") as raised:
        case.apply()
    assert "fix the rows in the way" in str(raised.value)
    assert case.value("SELECT to_regclass('public.once')") is None
    case.execute("DELETE FROM public.contacts")
    case.apply()
    assert state_of(case.url) == case.plan.desired


def test_a_lost_connection_is_told_and_survived(server: ScratchServer, stage: StageMaker) -> None:
    """The server ends the session inside a transaction: nothing of it stands, and the next run finishes."""
    case = stage(server)
    terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s"

    def cut(event: object) -> None:
        if isinstance(event, StatementStarted) and event.label == "4.1":
            with psycopg.connect(case.url) as other:
                other.execute(terminate, [f"schemadiff apply {case.directory.name}"])

    with pytest.raises(ExecutionError, match=r"statement 4\.1 fails: ") as raised:
        apply(case.directory, case.url, progress=cut)
    assert "now: 3 of 4 segments committed, segment 4 was rolled back" in str(raised.value)
    assert "next: see that the server answers, then run 'schemadiff apply" in str(raised.value)
    assert status(case.url).interrupted is not None
    assert case.apply()[0].segments == 1
    finished_once(case)
