"""A dry run passes the gates, sees who is in the way, and changes nothing."""

from dataclasses import replace

import psycopg
import pytest

from schemadiff.api import DryRun, RunOptions, dry_run
from schemadiff.errors import DriftRefused, Refused
from schemadiff.plans.direction import Direction
from schemadiff.plans.model import Segment
from schemadiff.plans.observation import Lock, Observation
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import ADD_COLUMNS, ADD_FUNCTION, ADD_INDEX, Stage, fill, run_and_kill

LOCKED = Observation((Lock("public.contacts", "AccessExclusiveLock"),))

OBSERVED = Segment(tuple(replace(step, observed=LOCKED) for step in ADD_COLUMNS.steps))


def looked(case: Stage, direction: Direction = Direction.UP) -> DryRun:
    """What a dry run finds; it must leave the database as it was."""
    before = case.dump(), ledger_of(case)
    found = dry_run(case.directory, case.url, direction, RunOptions())
    assert (case.dump(), ledger_of(case)) == before
    return found


def ledger_of(case: Stage) -> object:
    if case.value("SELECT to_regclass('schemadiff.run') IS NULL"):
        return None
    return case.rows("SELECT r, (SELECT array_agg(s ORDER BY s) FROM schemadiff.segment AS s) FROM schemadiff.run AS r")


def test_it_shows_what_would_run_and_who_is_in_the_way(server: ScratchServer, stage: StageMaker) -> None:
    case = stage(server, up=[OBSERVED, ADD_INDEX, fill(), ADD_FUNCTION])
    with psycopg.connect(case.url) as other:
        pid = other.info.backend_pid
        other.execute("SELECT FROM public.contacts LIMIT 1")
        found = looked(case)
    first, second, third, _ = found.segments
    assert [segment.form for segment in found.segments] == ["transaction", "alone", "backfill", "transaction"]
    assert first.locks is not None
    assert [(lock.table, lock.mode) for lock in first.locks] == [("public.contacts", "AccessExclusiveLock")]
    assert [blocker.pid for blocker in first.locks[0].held_by] == [pid]
    assert (second.locks, third.backfill, first.lock_seconds) == (None, "first_sync", 0.5)
    assert case.value("SELECT to_regnamespace('schemadiff') IS NULL")


def test_it_tells_from_where_it_would_go_on(server17: ScratchServer, stage: StageMaker) -> None:
    case = stage(server17)
    with pytest.raises(Refused, match="was never applied"):
        looked(case, Direction.DOWN)
    run_and_kill(case, "isinstance(event, SegmentFinished) and event.number == 2")
    found = looked(case)
    assert (found.done, found.total, [segment.number for segment in found.segments]) == (2, 4, [3, 4])
    with pytest.raises(Refused, match=r"only in part \(2 of 4 segments\)"):
        looked(case, Direction.DOWN)
    case.apply()
    assert looked(case).already
    assert [segment.number for segment in looked(case, Direction.DOWN).segments] == [1, 2]
    run_and_kill(case, "isinstance(event, SegmentFinished) and event.number == 1", action="rollback")
    found = looked(case)
    assert found.first is not None
    assert [segment.number for segment in found.first.segments] == [2]
    assert len(found.segments) == 4
    case.rollback()
    assert looked(case, Direction.DOWN).already


def test_it_is_refused_by_what_refuses_the_run(server17: ScratchServer, stage: StageMaker) -> None:
    case = stage(server17)
    case.execute("ALTER TABLE public.contacts ALTER synced TYPE date")
    with pytest.raises(DriftRefused, match="type is date"):
        looked(case)
