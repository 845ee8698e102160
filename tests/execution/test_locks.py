"""Locks held by others: retries of whole segments, and one runner at a time."""

import threading
from pathlib import Path

import psycopg
import pytest

from schemadiff.api import LockBudget, RunOptions, apply
from schemadiff.errors import ExecutionError, Refused
from schemadiff.execution.events import Blocked, Event, LockRetry, RunnerAwaited
from schemadiff.execution.running.locks import LOCK_KEY
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import state_of


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


def test_one_runner_at_a_time(server17: ScratchServer, stage: StageMaker) -> None:
    """The second runner is told who the first is."""
    case = stage(server17)
    with psycopg.connect(case.url, application_name="schemadiff apply first") as first:
        first.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        events: list[Event] = []
        with pytest.raises(Refused, match="another schemadiff works on this database: 'schemadiff apply first'"):
            apply(case.directory, case.url, RunOptions(runner_wait=0.3), progress=events.append)
    assert [type(event) for event in events] == [RunnerAwaited]


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
