"""Locks held by others: retries of whole segments, and one runner at a time."""

import re
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from schemadiff.api import LockBudget, RunOptions, apply, status
from schemadiff.errors import ExecutionError, Refused
from schemadiff.execution.events import Blocked, Event, LockRetry, RunnerAwaited, SegmentStarted
from schemadiff.execution.running.lock_timer import LockTimer, seconds_for_locks
from schemadiff.plans.model import Segment
from schemadiff.plans.observation import Lock as Held
from schemadiff.plans.observation import Observation
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import Stage, run_and_kill, state_of, step


def test_a_segment_is_retried_until_the_lock_is_free(server: ScratchServer, stage: StageMaker) -> None:
    """The retry says who blocks; once the blocker is gone everything is applied, once."""
    case = stage(server)
    events: list[Event] = []
    with psycopg.connect(case.url, application_name="the blocker") as blocker:
        blocker.execute("LOCK TABLE public.contacts IN ACCESS SHARE MODE")

        def release(event: Event) -> None:
            events.append(event)
            if isinstance(event, LockRetry):
                blocker.rollback()

        apply(case.directory, case.url, RunOptions(locks=LockBudget("600ms")), progress=release)
    retries = [event for event in events if isinstance(event, LockRetry)]
    assert [(retry.segment, retry.attempt) for retry in retries] == [(1, 1)]
    assert [blocker.application for blocker in retries[0].blockers] == ["the blocker"]
    assert any(isinstance(event, Blocked) for event in events)
    assert state_of(case.url) == case.plan.desired


def test_patience_ends(server17: ScratchServer, stage: StageMaker) -> None:
    """Without retries left the error names the blocker, and nothing of the segment stands."""
    case = stage(server17)
    with psycopg.connect(case.url, application_name="the blocker") as blocker:
        blocker.execute("LOCK TABLE public.contacts IN ACCESS SHARE MODE")
        with pytest.raises(ExecutionError, match="55P03") as raised:
            case.apply(locks=LockBudget("600ms", retries=0))
    assert "'the blocker'" in str(raised.value)
    assert state_of(case.url) == case.plan.live


def test_a_batch_is_retried(server17: ScratchServer, stage: StageMaker) -> None:
    """A locked row holds up one batch, which is tried again whole."""
    case = stage(server17)
    retried: list[LockRetry] = []
    with psycopg.connect(case.url) as blocker:

        def hold_then_release(event: Event) -> None:
            match event:
                case LockRetry():
                    retried.append(event)
                    blocker.rollback()
                case _ if getattr(event, "done", None) == 10:
                    blocker.execute("SELECT FROM public.contacts WHERE id = 15 FOR UPDATE")

        apply(case.directory, case.url, RunOptions(locks=LockBudget("400ms")), progress=hold_then_release)
    assert [retry.segment for retry in retried] == [3]
    assert case.rows("SELECT DISTINCT touched FROM public.contacts") == [(1,)]


def test_one_runner_at_a_time(server: ScratchServer, stage: StageMaker) -> None:
    """The second runner is told who the first is, and so is who asks for the status."""
    case = stage(server)
    asked: list[str | None] = []
    refusals: list[str] = []
    awaited: list[Event] = []

    def meanwhile(event: Event) -> None:
        if isinstance(event, SegmentStarted) and event.number == 2:
            asked.append(status(case.url).runner)
            with pytest.raises(Refused, match="another schemadiff works on this database: ") as refused:
                apply(case.directory, case.url, RunOptions(runner_wait=0.3), progress=awaited.append)
            refusals.append(str(refused.value))

    apply(case.directory, case.url, progress=meanwhile)
    assert [type(event) for event in awaited] == [RunnerAwaited]
    for words in (*asked, *refusals):
        assert words is not None
        assert re.search(rf"'schemadiff apply {case.directory.name}' \(pid \d+, role \w+, since \d{{4}}-", words)
    assert status(case.url).runner is None


def test_a_role_without_rights_cannot_hold_the_lock(server: ScratchServer, stage: StageMaker) -> None:
    """Neither advisory locks nor locks on the ledger keep a run from starting."""
    case = stage(server)
    server.create_role("lurker", "LOGIN")
    case.apply()
    case.execute(
        "GRANT USAGE ON SCHEMA schemadiff TO lurker; GRANT SELECT ON ALL TABLES IN SCHEMA schemadiff TO lurker"
    )
    with psycopg.connect(case.url, autocommit=True) as lurker:
        lurker.execute("SET ROLE lurker")
        lurker.execute("SELECT pg_advisory_lock(%s)", [int.from_bytes(b"schmdiff")])
        for words in (
            "SELECT FROM schemadiff.runner FOR UPDATE",
            "SELECT FROM schemadiff.runner FOR KEY SHARE",
            "DO 'BEGIN LOCK TABLE schemadiff.runner IN ROW SHARE MODE; END'",
            "UPDATE schemadiff.runner SET pid = 1",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                lurker.execute(words)
        lurker.execute("BEGIN")
        lurker.execute("LOCK TABLE schemadiff.runner IN ACCESS SHARE MODE")
        case.rollback(runner_wait=0.0)
    assert state_of(case.url) == case.plan.live


def test_a_run_ends_with_its_lock(server17: ScratchServer, stage: StageMaker) -> None:
    """Whoever ends the session that holds the lock ends the run at the next border; it can go on afterwards."""
    case = stage(server17)

    def end(event: Event) -> None:
        if isinstance(event, SegmentStarted) and event.number == 2:
            case.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE state = 'idle in transaction' AND datname = current_database()"
            )

    with pytest.raises(ExecutionError, match="the session that keeps other runners away was ended"):
        apply(case.directory, case.url, progress=end)
    assert case.rows("SELECT state FROM schemadiff.run") == [("failed",)]
    outcome, _ = case.apply()
    assert (outcome.resumed, outcome.segments) == (True, 2)
    assert state_of(case.url) == case.plan.desired


def test_what_a_killed_runner_left_at_work_is_awaited(server17: ScratchServer, stage: StageMaker) -> None:
    """The lock goes with the client, the statement that it ran may still be at work: nobody works beside it."""
    case = stage(server17)
    case.apply()
    with psycopg.connect(case.url, application_name="left behind", autocommit=True) as left:
        left.execute(
            "UPDATE schemadiff.runner SET pid = pg_backend_pid(), started_at = (SELECT backend_start"
            " FROM pg_stat_activity WHERE pid = pg_backend_pid()) WHERE part = 'work'"
        )
        with pytest.raises(Refused, match="works on this database: 'left behind'"):
            case.rollback(runner_wait=0.3)
    case.rollback()
    assert state_of(case.url) == case.plan.live


def test_settings_of_a_role_do_not_end_the_lock(server17: ScratchServer, stage: StageMaker) -> None:
    """Timeouts and isolation levels that a role has by default are not those of the lock's session."""
    case = stage(server17)
    case.execute(
        "DO $$ DECLARE s text; BEGIN FOREACH s IN ARRAY ARRAY['transaction_timeout = 500',"
        " 'idle_in_transaction_session_timeout = 200', 'default_transaction_isolation = serializable'] LOOP"
        " EXECUTE format('ALTER DATABASE %I SET ', current_database()) || s; END LOOP; END $$"
    )

    def linger(event: Event) -> None:
        if isinstance(event, SegmentStarted) and event.number == 4:
            time.sleep(0.8)

    apply(case.directory, case.url, progress=linger)
    assert state_of(case.url) == case.plan.desired


def test_two_runners_apply_once(server17: ScratchServer, stage: StageMaker) -> None:
    """Of two runners that start together one applies the plan and the other finds it applied."""
    case = stage(server17)
    outcomes: list[bool] = []

    def run(directory: Path, url: str) -> None:
        outcomes.append(apply(directory, url, RunOptions(runner_wait=30.0)).already)

    threads = [threading.Thread(target=run, args=(case.directory, case.url)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True]
    assert case.rows("SELECT DISTINCT touched FROM public.contacts") == [(1,)]


def test_delays_grow_to_their_limit() -> None:
    """Waits double from the first delay and stay below the longest."""
    budget = LockBudget(first_delay=1.0, longest_delay=60.0)
    assert all(0.5 <= budget.delay(1) <= 1.0 for _ in range(20))
    assert all(30.0 <= budget.delay(40) <= 60.0 for _ in range(20))


def test_one_budget_for_all_locks_of_a_transaction(server17: ScratchServer, stage: StageMaker) -> None:
    """What one wait takes is not there for the next; what works for long does not count."""
    url = stage(server17).url
    with psycopg.connect(url) as connection:
        timer = LockTimer(connection, 0.5)
        with timer.counted():
            connection.execute("SELECT pg_sleep(0.2)")
        assert 0 < timer.seconds <= 0.3
        with timer.counted():
            ((limit,),) = connection.execute("SELECT setting::int FROM pg_settings WHERE name = 'lock_timeout'")
        assert limit <= 300
        left = timer.seconds
        with timer.counted(step("ALTER TABLE t ...", "table public.t")):
            connection.execute("SELECT pg_sleep(0.1)")
        assert timer.seconds == left


def test_the_budget_is_short_unless_somebody_says_otherwise(server17: ScratchServer, stage: StageMaker) -> None:
    with psycopg.connect(stage(server17).url) as connection:
        assert seconds_for_locks(connection, LockBudget()) == 0.5
        connection.execute("SET deadlock_timeout = '200ms'")
        assert seconds_for_locks(connection, LockBudget()) == 0.1
        assert seconds_for_locks(connection, LockBudget("3s")) == 3.0


def two_tables(server: ScratchServer, stage: StageMaker) -> Stage:
    """A plan that changes two tables, of which the second is the first by name."""
    setup = "CREATE TABLE public.b (id int); CREATE TABLE public.a (id int)"
    steps = tuple(
        replace(
            step(f"ALTER TABLE public.{name} ADD COLUMN n int", f"column public.{name}.n"),
            observed=Observation((Held(f"public.{name}", "AccessExclusiveLock"),)),
        )
        for name in "ba"
    )
    return stage(server, setup=setup, up=[Segment(steps)], down=[])


def test_tables_are_locked_ahead_in_one_order(server17: ScratchServer, stage: StageMaker) -> None:
    """Nothing has happened to the other table when the first by name is waited for."""
    case = two_tables(server17, stage)
    with psycopg.connect(case.url) as blocker:
        blocker.execute("LOCK TABLE public.a IN ACCESS SHARE MODE")
        held: list[int] = []

        def look(event: Event) -> None:
            if isinstance(event, Blocked) and not held:
                held.append(len(case.rows("SELECT FROM pg_locks WHERE relation = 'public.b'::regclass")))
            if isinstance(event, LockRetry):
                blocker.rollback()

        apply(case.directory, case.url, RunOptions(locks=LockBudget("700ms")), progress=look)
    assert held == [0]


def test_the_second_try_takes_them_the_other_way_round(server17: ScratchServer, stage: StageMaker) -> None:
    """An application whose transactions always come from the other side would be in the way at each try."""
    case = two_tables(server17, stage)
    with psycopg.connect(case.url) as blocker:
        blocker.execute("LOCK TABLE public.b IN ACCESS SHARE MODE")
        held: list[int] = []

        def look(event: Event) -> None:
            if isinstance(event, Blocked):
                held.append(len(case.rows("SELECT FROM pg_locks WHERE relation = 'public.a'::regclass")))
            if isinstance(event, LockRetry) and len(held) > 1:
                blocker.rollback()

        apply(case.directory, case.url, RunOptions(locks=LockBudget("700ms")), progress=look)
    assert held[:2] == [1, 0]


def test_it_is_tried_again_until_the_longest_wait_is_over(server17: ScratchServer, stage: StageMaker) -> None:
    case = stage(server17)
    with psycopg.connect(case.url, application_name="the blocker") as blocker:
        blocker.execute("UPDATE public.contacts SET email = 'secret' WHERE id = 1")
        with pytest.raises(ExecutionError, match=r"the blocker.*idle in transaction, for \d+ s, last UPDATE") as error:
            case.apply(locks=LockBudget("150ms", first_delay=0.01, longest_delay=0.01, max_wait=0.6))
    assert "secret" not in str(error.value)


def test_control_c_ends_an_index_build_and_takes_its_leftover(server17: ScratchServer, stage: StageMaker) -> None:
    """The transactions that it waits for are named before."""
    case = stage(server17)
    with psycopg.connect(case.url, application_name="old reader") as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1")
        time.sleep(1.1)
        done = run_and_kill(
            case,
            "isinstance(event, SnapshotsAwaited) and event.blockers[0].application == 'old reader'",
            delay=0.7,
            number=signal.SIGINT,
        )
    assert "KeyboardInterrupt" in done.stderr
    assert case.rows("SELECT FROM pg_class WHERE relname = 'contacts_email'") == []
    case.apply()
    assert state_of(case.url) == case.plan.desired
