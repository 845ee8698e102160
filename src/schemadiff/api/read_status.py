"""What the ledger of a database says."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

from schemadiff.connection import connect
from schemadiff.execution.record.archive import Archived, contents
from schemadiff.execution.record.ledger import Ledger, RunRecord, SegmentState
from schemadiff.execution.record.records import RunNote
from schemadiff.execution.running.only_runner import holder
from schemadiff.plans.direction import Direction


@dataclass(frozen=True, slots=True)
class Status:
    """Runs, the latest first; `runner` says who works on the database now.

    `segments` are those of the latest run, by number; `archived` is what plans put aside; `approvers` had signed the
    plan of a run, by its id, where signatures were required; `notes` is what there is to say of a run, by its id.
    """

    runs: tuple[RunRecord, ...]
    segments: dict[int, SegmentState]
    runner: str | None
    archived: tuple[Archived, ...] = ()
    approvers: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[int, tuple[RunNote, ...]] = field(default_factory=dict)

    @property
    def interrupted(self) -> RunRecord | None:
        """The latest run when it is half done and nobody works on it."""
        latest = next((run for run in self.runs if run.effective), None)
        return None if latest is None or latest.state == "done" or self.runner else latest

    @property
    def applied(self) -> tuple[str, ...]:
        """The plans that are applied and not rolled back, the earliest first."""
        latest = {run.plan: run for run in reversed(self.runs) if run.effective}
        return tuple(run.plan for run in latest.values() if run.direction is Direction.UP and run.state == "done")


def status(url: str, *, applying: str | None = None) -> Status:
    """What stands in the ledger of the database at `url`; nothing when it has none.

    `applying` is the role that applies plans there, where another one asks.

    Errors: ConnectionFailed; ExecutionError when the ledger may not be read; Refused when it or the archive are
    another's or not as schemadiff makes them.
    """
    with closing(connect(url, purpose="schemadiff status")) as connection:
        ledger = Ledger(connection, applying)
        runs = ledger.runs() if ledger.exists() else ()
        segments = ledger.segments(runs[0].id) if runs else {}
        runner = holder(connection) if ledger.exists() else None
        approvers = ledger.approvers() if ledger.exists() else {}
        notes = ledger.notes() if ledger.exists() else {}
        return Status(runs, segments, runner, contents(connection, applying), approvers, notes)
