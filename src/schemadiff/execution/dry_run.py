"""What a run would do, read from live and changing nothing: what is left, what it locks, who is in the way now."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted
from schemadiff.config import seconds_of
from schemadiff.connection import Connection
from schemadiff.execution.events import Blocker, SegmentForm
from schemadiff.execution.gates.rows.preflight_gate import Gate
from schemadiff.execution.record.ledger import RunRecord
from schemadiff.execution.run import Runner
from schemadiff.execution.running.leftovers import runs_alone
from schemadiff.execution.running.lock_timer import seconds_for_locks
from schemadiff.execution.running.only_runner import holder
from schemadiff.execution.running.segments import form_of, written_lock_timeout
from schemadiff.execution.running.watch import lock_holders, snapshot_holders
from schemadiff.plans.direction import Direction
from schemadiff.plans.model import Segment
from schemadiff.plans.observation import LOCK_MODES
from schemadiff.plans.scripts.reading import ScriptSegment

_FIRST_SHOWN = LOCK_MODES.index("ShareUpdateExclusiveLock")
"""Weaker locks hold up nobody but who drops or rewrites the table."""


@dataclass(frozen=True, slots=True)
class LockAhead:
    """A table that a segment locks, how strongly, and who holds it otherwise at this moment."""

    table: str
    mode: str
    held_by: tuple[Blocker, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentAhead:
    """A segment that would run: statements by label, the locks that the rehearsal saw, what it reads or writes whole.

    `locks` is None where nobody rehearsed it. `snapshots` are transactions that a concurrent build would wait for,
    `questions` how many preflights are asked just before it; `lock_seconds` is its budget for all locks.
    """

    number: int
    form: SegmentForm
    statements: tuple[tuple[str, str], ...]
    backfill: str | None
    locks: tuple[LockAhead, ...] | None
    scanned: tuple[str, ...]
    rewritten: tuple[str, ...]
    snapshots: tuple[Blocker, ...]
    questions: int
    lock_seconds: float


@dataclass(frozen=True, slots=True)
class DryRun:
    """What `apply` or `rollback` would do now.

    `already` when there is nothing to do; `done` of `total` segments were committed by an interrupted run. `first` is
    the rollback that would be finished before; the plan's own gates are passed only then. `runner` works there now.
    """

    plan: str
    direction: Direction
    already: bool = False
    total: int = 0
    done: int = 0
    segments: tuple[SegmentAhead, ...] = ()
    runner: str | None = None
    first: "DryRun | None" = None


def ahead(run: Runner, interrupted: RunRecord | None, *, gated: bool = True) -> DryRun:
    """What the run would do, once it has passed its gates here, unless they cannot be asked yet.

    Errors: those of the gates; ExecutionError.
    """
    gate = run.gates(interrupted).gate if gated else Gate.of(run)
    done = run.done(interrupted.id) if interrupted else frozenset[int]()
    left = [segment for segment in run.script.segments if segment.number not in done]
    runner = holder(run.connection) if run.ledger.exists() else None
    total = len(run.script.segments)
    return DryRun(
        run.plan_file.name,
        run.direction,
        total=total,
        done=total - len(left),
        segments=tuple(_ahead(run, gate, segment) for segment in left),
        runner=runner,
    )


def _ahead(run: Runner, gate: Gate, segment: ScriptSegment) -> SegmentAhead:
    planned, form = run.planned.segments[segment.number - 1], form_of(segment)
    counted = [statement for statement in segment.statements if statement.counted]
    waits = form == "alone" and runs_alone(counted[0].tree)
    by_hand = written_lock_timeout(segment)
    by_option = run.options.locks.timeout is not None
    return SegmentAhead(
        segment.number,
        form,
        tuple((statement.label, statement.sql) for statement in counted),
        segment.backfill,
        _locks(run.connection, planned),
        _seen(planned, "scanned"),
        _seen(planned, "rewritten"),
        snapshot_holders(run.connection, (run.connection,)) if waits else (),
        len(gate.places.get(segment.number, ())),
        seconds_of(by_hand) if by_hand and not by_option else seconds_for_locks(run.connection, run.options.locks),
    )


def _locks(connection: Connection, segment: Segment) -> tuple[LockAhead, ...] | None:
    if any(step.observed is None for step in segment.steps):
        return None
    wanted: dict[Quoted, str] = {}
    for step in segment.steps:
        for lock in step.observed.locks if step.observed else ():
            name = Quoted(lock.table or lock.relation)
            if LOCK_MODES.index(lock.mode) >= _FIRST_SHOWN and lock.table is None:
                wanted[name] = max(lock.mode, wanted.get(name, lock.mode), key=LOCK_MODES.index)
    return tuple(LockAhead(name, mode, lock_holders(connection, name, mode)) for name, mode in sorted(wanted.items()))


def _seen(segment: Segment, what: str) -> tuple[str, ...]:
    return tuple(sorted(set(_each(segment, what))))


def _each(segment: Segment, what: str) -> Iterator[str]:
    for step in segment.steps:
        if step.observed is not None:
            yield from step.observed.scanned if what == "scanned" else step.observed.rewritten
