"""What apply and rollback share: a session that only this runner has, gates, segments, and their record."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import indent

import psycopg

from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.connection import connect
from schemadiff.difference.explanation import MOVED, sentences
from schemadiff.errors import CheckFailed, Refused, ScriptChanged
from schemadiff.execution.api_cache import tell_api
from schemadiff.execution.approvals.approvers import require_approvals
from schemadiff.execution.events import (
    AlreadyDone,
    Analyzed,
    GatesPassed,
    NewerPlans,
    Progress,
    RunFinished,
    RunStarted,
    UnrelatedChanges,
    silent,
)
from schemadiff.execution.failure import failure, remedy
from schemadiff.execution.gates.admission import admitted
from schemadiff.execution.gates.checks import CheckResult
from schemadiff.execution.gates.drift_gate import live_of, reached_but_for, refuse_drift, refuse_drift_of_interrupted
from schemadiff.execution.gates.plans_above import plans_above, refuse_rows_of_others
from schemadiff.execution.gates.role_gate import refuse_other_role
from schemadiff.execution.gates.rows.preflight_gate import Gate
from schemadiff.execution.gates.secrets import refuse_missing_secrets
from schemadiff.execution.gates.size_gate import refuse_grown_tables
from schemadiff.execution.record.archive import require_trusted
from schemadiff.execution.record.ledger import Ledger, RunRecord
from schemadiff.execution.record.migrating import recording
from schemadiff.execution.record.records import UNRELATED, RunNote
from schemadiff.execution.run_options import RunOptions
from schemadiff.execution.running.only_runner import only_runner
from schemadiff.execution.running.retry import roll_back
from schemadiff.execution.running.segments import Segments
from schemadiff.execution.running.watch import Watch
from schemadiff.execution.script_run import ScriptRun
from schemadiff.execution.statistics import analyze
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.filling import archives, gives_back
from schemadiff.plans.migrations.migration import Migration
from schemadiff.plans.model import Segment
from schemadiff.session import users_path

_MOST_NOTES = 50

Confirm = Callable[[PlanFile], None]
"""Is shown a plan that may run, before any database is asked, and raises to keep it from running."""


def unasked(plan_file: PlanFile) -> None:
    """Let any plan run."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: `already` when there was nothing to do, `resumed` when it went on with an earlier one.

    `segments` were run now, and `rows` written by backfills now.
    """

    plan: str
    direction: Direction
    already: bool = False
    resumed: bool = False
    segments: int = 0
    rows: int = 0
    checks: tuple[CheckResult, ...] = ()
    seconds: float = 0.0
    migrations: tuple[Migration, ...] = ()
    """What the run is to the Supabase CLI, where it is to know of it."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What the gates found: the preflights, and what of live moved that has nothing to do with the plan, in words."""

    gate: Gate
    unrelated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runner(ScriptRun):
    """Takes a script from the gates to its record."""

    def latest(self) -> RunRecord | None:
        """The plan's latest run that left anything in this database."""
        return self.ledger.latest(self.plan_file.name) if self.ledger.exists() else None

    def outdated(self, run: RunRecord) -> bool:
        """Whether another plan has run after `run`, so that `run` no longer tells what stands."""
        newest = self.ledger.latest()
        return newest is not None and newest.id != run.id

    def state_now(self) -> State:
        """The state of the database now."""
        return live_of(self.connection, self.plan_file.plan).state

    def nothing_to_do(self) -> Outcome:
        """Report that the script has run already."""
        self.progress(AlreadyDone(self.plan_file.name, self.direction))
        return Outcome(self.plan_file.name, self.direction, already=True)

    def run(self, interrupted: RunRecord | None) -> Outcome:
        """Pass the gates, then run what is not done yet, going on with `interrupted` if there is one.

        Errors: DriftRefused, TableGrown, PreflightRefused, ScriptChanged, ExecutionError.
        """
        begin = time.monotonic()
        passed = self.gates(interrupted)
        run_id, migrations = self._begin(interrupted, passed)
        done, total = len(self.done(run_id)), len(self.script.segments)
        self.progress(RunStarted(self.plan_file.name, self.direction, total, done))
        rows = self._segments(run_id, passed.gate)
        for table in analyze(self.connection, self.planned):
            self.progress(Analyzed(table))
        seconds = time.monotonic() - begin
        self.progress(RunFinished(self.plan_file.name, self.direction, seconds))
        return Outcome(
            self.plan_file.name,
            self.direction,
            resumed=interrupted is not None,
            segments=total - done,
            rows=rows,
            seconds=seconds,
            migrations=migrations,
        )

    def refuse_without_ledger(self) -> None:
        """Pass the gates before there is a ledger, so that a refusal leaves none; errors as for `run`."""
        try:
            replace(self, progress=silent).gates(None)
        except Refused:
            # meanwhile somebody else may have made one, and be at work
            if not self.ledger.exists():
                raise

    def require_reached(self) -> None:
        """Note what somebody else did meanwhile.

        Errors: CheckFailed, naming each object that the script touches or needs and that is not what it leads to.
        """
        live = live_of(self.connection, self.plan_file.plan)
        moved, besides = reached_but_for(self.plan_file, self.direction, live)
        if besides and (run := self.latest()) is not None:
            words = sentences(besides, MOVED)
            self.progress(UnrelatedChanges(words))
            self._note(run.id, words)
        if moved:
            what = indent("\n".join(sentences(moved)), "  ")
            raise CheckFailed(
                f"plan {self.plan_file.name} is {self.direction.done}, but this is not as it should be:\n{what}\n"
                "someone changed it meanwhile: see what is left with 'schemadiff plan'"
            )

    def gates(self, interrupted: RunRecord | None) -> Passed:
        """Pass the gates, so that the script may run, or go on with `interrupted`; errors as for `run`."""
        if ARCHIVE_SCHEMA in self.direction.choose(self.plan_file.up_text, self.plan_file.down_text):
            require_trusted(self.connection)
        refuse_other_role(self.plan_file, self.connection)
        live = live_of(self.connection, self.plan_file.plan)
        if interrupted is None:
            down = self.direction is Direction.DOWN
            above = plans_above(self.ledger, self.plan_file.name) if down else ()
            moved = refuse_drift(self.plan_file, self.direction, live.state, live.unrelated, above)
            refuse_rows_of_others(self.plan_file, live, self.ledger, above)
            if self.direction is Direction.UP:
                refuse_grown_tables(self.plan_file, self.connection)
            if above:
                self.progress(NewerPlans(above))
        else:
            self._refuse_other_script(interrupted)
            segments = self.ledger.segments(interrupted.id)
            moved = refuse_drift_of_interrupted(self.plan_file, self.direction, live.state, segments, live.unrelated)
        if moved:
            self.progress(UnrelatedChanges(moved))
        done = self.done(interrupted.id) if interrupted else frozenset[int]()
        refuse_missing_secrets(self.script, done, self.options.secrets, self.again)
        gate = Gate.of(self)
        self.progress(GatesPassed(gate.before_all(done)))
        return Passed(gate, moved)

    def done(self, run_id: int) -> frozenset[int]:
        """The numbers of the segments that a run has done."""
        return frozenset(number for number, state in self.ledger.segments(run_id).items() if state == "done")

    def _begin(self, interrupted: RunRecord | None, passed: Passed) -> tuple[int, tuple[Migration, ...]]:
        """The run in the ledger, with its approvers and what the gates let pass, and what it is to the Supabase CLI."""
        with self.connection.transaction():
            if interrupted is None:
                if self.direction is Direction.UP:
                    # what an earlier, undone application filled was undone with it
                    self.ledger.forget_backfills(self.plan_file.name)
                else:
                    undoing = [one.backfill.name for one in self.planned.segments if one.backfill]
                    self.ledger.forget_backfills(self.plan_file.name, undoing)
                self.ledger.forget_batches(_of_the_plan(self.planned.segments))
                run_id = self.ledger.begin_run(self.plan_file, self.direction)
            else:
                run_id = interrupted.id
            self.ledger.record_approvers(run_id, self.approvers)
            self._note(run_id, passed.unrelated)
            resumed = interrupted is not None
            migrations = recording(
                self.ledger, self.connection, self.plan_file, self.direction, run_id, resumed=resumed
            )
            return run_id, migrations

    def _note(self, run_id: int, unrelated: Sequence[str]) -> None:
        known = {note.words for note in self.ledger.notes().get(run_id, ())}
        for words in unrelated[:_MOST_NOTES]:
            if words not in known:
                self.ledger.add_note(run_id, RunNote(UNRELATED, words))

    def _segments(self, run_id: int, gate: Gate) -> int:
        watch = Watch(self.url, self.connection, self.progress, self.options.locks.max_wait)
        self.ledger.set_run_state(run_id, "running")
        try:
            rows = Segments(self, run_id, gate, watch).run_all()
            self._finish(run_id)
        except BaseException:
            roll_back(self.connection)
            with suppress(psycopg.Error):
                self.ledger.set_run_state(run_id, "failed")
            raise
        finally:
            watch.close()
        return rows

    def _finish(self, run_id: int) -> None:
        with self.connection.transaction():
            self.ledger.set_run_state(run_id, "done")
            tell_api(self.connection)
            if self.direction is Direction.DOWN:
                self.ledger.forget_backfills(self.plan_file.name)

    def _refuse_other_script(self, interrupted: RunRecord) -> None:
        if interrupted.approval != self.plan_file.approval:
            raise ScriptChanged(
                f"plan {self.plan_file.name} is half done with other scripts (approved as "
                f"{interrupted.approval}, now {self.plan_file.approval}): restore those from version control, "
                "finish them, and make a new plan for what is left"
            )


def _of_the_plan(segments: Iterable[Segment]) -> Iterator[tuple[str, str]]:
    """The batches that no file declares, by name and sha256: they archive or give back values, or fill new columns."""
    for one in segments:
        if one.backfill is not None and (one.backfill.made or archives(one) or gives_back(one)):
            yield one.backfill.name, one.backfill.sha256


@contextmanager
def runner(
    directory: Path, url: str, direction: Direction, options: RunOptions, *, progress: Progress, confirm: Confirm
) -> Iterator[Runner]:
    """A runner with the lock of the database, once the plan itself may run.

    Errors: those of `admitted`, `require_approvals` and `confirm`; ConnectionFailed; Refused for a transaction pooler
    or another runner.
    """
    plan_file, script = admitted(directory, direction, options, url)
    approvers = require_approvals(plan_file, options.approvals)
    confirm(plan_file)
    purpose = f"schemadiff {direction.command} {plan_file.name}"
    with closing(connect(url, purpose=purpose, writes=True)) as connection:
        try:
            ledger, path = Ledger(connection), users_path(connection)
            run = Runner(
                plan_file, direction, script, url, connection, ledger, None, options, progress, path, approvers
            )
            if direction is Direction.UP and not ledger.exists():
                run.refuse_without_ledger()
            elif not ledger.exists():
                yield run
                return
            ledger.prepare()
            with only_runner(url, connection, purpose, progress, options.runner_wait) as lock:
                yield replace(run, lock=lock)
        except psycopg.Error as error:
            raise failure(
                error,
                where=purpose,
                sql=None,
                state="what was committed before stands; the ledger knows it",
                step=f"{remedy(error)}, then run 'schemadiff {direction.command} {directory}' again",
            ) from error
