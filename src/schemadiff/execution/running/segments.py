"""Running the segments of a script, each recorded in the ledger, so that an interrupted run can go on."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import psycopg

from schemadiff.config import seconds_of
from schemadiff.errors import ExecutionError
from schemadiff.execution.events import (
    Leftover,
    LeftoverSettled,
    SegmentFinished,
    SegmentForm,
    SegmentStarted,
    StatementStarted,
)
from schemadiff.execution.failure import failure, remedy
from schemadiff.execution.gates.rows.preflight_gate import Gate
from schemadiff.execution.running.filling import fill
from schemadiff.execution.running.leftovers import (
    lock_timeout_of,
    remove_invalid_index,
    runs_alone,
    settle,
    stands_already,
)
from schemadiff.execution.running.lock_timer import LockTimer, seconds_for_locks
from schemadiff.execution.running.retry import roll_back, with_retries
from schemadiff.execution.running.watch import Watch
from schemadiff.execution.script_run import ScriptRun
from schemadiff.plans.filling import filling
from schemadiff.plans.scripts.body import LOCK_TIMEOUT
from schemadiff.plans.scripts.reading import ScriptSegment, ScriptStatement
from schemadiff.plans.scripts.secrets import filled, needed, without
from schemadiff.plans.scripts.users_code import runs_users_code
from schemadiff.session import LOOKUP_FAILED, looking_up, lookup_hint

_CLEANUP_LOCK_TIMEOUT = "3s"


@dataclass(slots=True)
class Segments:
    """Runs what of a script is not done yet, as the run `run_id` of the ledger."""

    run: ScriptRun
    run_id: int
    gate: Gate
    watch: Watch
    _current: ScriptStatement | None = field(default=None, init=False)

    def run_all(self) -> int:
        """Run every segment that is not done; returns the rows that backfills wrote.

        Errors: ExecutionError for the first statement that fails.
        """
        states = self.run.ledger.segments(self.run_id)
        rows = 0
        for segment in self.run.script.segments:
            done = states.get(segment.number) == "done"
            try:
                self._settings(segment)
                if not done:
                    self.run.require_alone()
                    rows += self._segment(segment, started=segment.number in states)
            except psycopg.Error as error:
                used = {self.run.options.secrets.get(name) for name in needed([segment])} - {None}
                failed = self._failure(segment, error)
                if used:  # the server's own words may hold them
                    raise ExecutionError(without(str(failed), map(str, used))) from None
                raise failed from error
        return rows

    def _settings(self, segment: ScriptSegment) -> None:
        """Run the settings also for a segment that is done: they last for the session."""
        for statement in segment.settings:
            self._execute(statement)
        if segment.backfill is not None:
            limit = max(int(1000 * self._lock_seconds(segment)), 1)
            self.run.connection.execute(f"SET lock_timeout = {limit}".encode())

    def _segment(self, segment: ScriptSegment, *, started: bool) -> int:
        total, begin, rows = len(self.run.script.segments), time.monotonic(), 0
        self.gate.before_segment(segment.number, total)
        self._current = segment.begin or segment.statements[0]
        form = form_of(segment)
        counted = sum(statement.counted for statement in segment.statements)
        self.run.progress(SegmentStarted(segment.number, total, form, counted, segment.backfill))
        if form == "backfill":
            rows = self._backfill(segment)
        elif form == "alone":
            self._alone(segment, started=started)
        else:
            tries = count()
            self._retried(segment, lambda: self._transaction(segment, backwards=next(tries) % 2 == 1))
        self.run.progress(SegmentFinished(segment.number, total, time.monotonic() - begin))
        return rows

    def _transaction(self, segment: ScriptSegment, *, backwards: bool) -> None:
        planned = self.run.planned.segments[segment.number - 1]
        timer = LockTimer(self.run.connection, self._lock_seconds(segment))
        steps = iter(planned.steps)
        try:
            self._execute_or("BEGIN", segment.begin)
            timer.lock_ahead(planned, backwards=backwards)
            for statement in segment.statements:
                if not statement.counted:
                    self._execute(statement)
                    timer.forget()
                    continue
                with timer.counted(next(steps, None)):
                    self._execute(statement)
            self.run.ledger.finish_segment(self.run_id, segment.number)
            self._execute_or("COMMIT", segment.commit)
        except BaseException:
            roll_back(self.run.connection)
            raise

    def _alone(self, segment: ScriptSegment, *, started: bool) -> None:
        """Run a statement that cannot share a transaction with its ledger row: one before it, one after."""
        (statement,) = segment.statements
        if not started:
            if stands_already(self.run.connection, statement.tree):
                # it is not ours: an interrupted run must never take it for its own
                raise psycopg.errors.DuplicateTable("an index of this name is there already")
            self.run.ledger.start_segment(self.run_id, segment.number)
        begun = started

        def attempt() -> None:
            nonlocal begun
            if begun and self._settled(statement):
                return
            begun = True
            self._execute(statement)

        try:
            if runs_alone(statement.tree):
                self.watch.snapshots(segment.number)
            self._retried(segment, attempt, alone=True)
        except (psycopg.Error, KeyboardInterrupt) as error:
            self._clean_up(segment, statement, error)
            raise
        self.run.ledger.finish_segment(self.run_id, segment.number)

    def _settled(self, statement: ScriptStatement) -> bool:
        """Whether an earlier attempt has done what the statement does."""
        self._current = statement
        settled = settle(self.run.connection, statement.tree)
        if settled is None:
            return False
        leftover, name = settled
        self.run.progress(LeftoverSettled(statement.label, leftover, name))
        return leftover is not Leftover.INDEX_INVALID

    def _clean_up(self, segment: ScriptSegment, statement: ScriptStatement, error: BaseException) -> None:
        """Take an invalid index away at once, since it costs writes; else the next run does."""
        with suppress(psycopg.Error):
            if isinstance(error, psycopg.errors.DuplicateTable):
                self.run.ledger.forget_segment(self.run_id, segment.number)
                return
            self.run.connection.execute(f"SET lock_timeout = '{_CLEANUP_LOCK_TIMEOUT}'")
            name = remove_invalid_index(self.run.connection, statement.tree)
            if name is not None:
                self.run.progress(LeftoverSettled(statement.label, Leftover.INDEX_INVALID, name))

    def _backfill(self, segment: ScriptSegment) -> int:
        planned = self.run.planned.segments[segment.number - 1]
        counted = [statement for statement in segment.statements if statement.counted]
        self._current = counted[planned.steps.index(filling(planned))]
        self._report_statement(self._current)
        return fill(self.run, self.run_id, segment, lambda attempt: self._retried(segment, attempt), self.watch)

    def _retried(self, segment: ScriptSegment, attempt: Callable[[], None], *, alone: bool = False) -> None:
        with_retries(
            attempt,
            segment=segment.number,
            budget=self.run.options.locks,
            watch=self.watch,
            progress=self.run.progress,
            alone=alone,
        )

    def _report_statement(self, statement: ScriptStatement) -> None:
        self.run.progress(StatementStarted(statement.label, statement.line, statement.sql))

    def _execute(self, statement: ScriptStatement) -> None:
        self._current = statement
        if statement.counted:
            self._report_statement(statement)
        sql = filled(statement, self.run.options.secrets)
        if runs_users_code(type(statement.tree).__name__):
            with looking_up(self.run.connection, self.run.users_path):
                self.run.connection.execute(sql)
        else:
            self.run.connection.execute(sql)

    def _execute_or(self, default: str, statement: ScriptStatement | None) -> None:
        if statement is None:
            self.run.connection.execute(default)
        else:
            self._execute(statement)

    def _lock_seconds(self, segment: ScriptSegment) -> float:
        """How long the segment may wait for its locks: as asked for, as a person wrote into it, or our default."""
        by_hand = written_lock_timeout(segment)
        if by_hand and self.run.options.locks.timeout is None:
            return seconds_of(by_hand)
        return seconds_for_locks(self.run.connection, self.run.options.locks)

    def _failure(self, segment: ScriptSegment, error: psycopg.Error) -> Exception:
        statement = self._current
        assert statement is not None
        place = f"{self.run.script.file} line {statement.line}, statement {statement.label}"
        return failure(
            error,
            where=f"plan {self.run.plan_file.name}: {place}",
            sql=statement.sql,
            state=_standing(segment, len(self.run.script.segments)),
            step=self._next_step(segment, error),
        )

    def _next_step(self, segment: ScriptSegment, error: psycopg.Error) -> str:
        again = f"run '{self.run.again}' again: it goes on with segment {segment.number}"
        if self.run.lock is not None and self.run.lock.lost:
            return f"see what ended the session that keeps other runners away, then {again}"
        blockers = "; ".join(map(str, self.watch.blockers))
        if error.sqlstate in LOOKUP_FAILED and self._current is not None:
            users = runs_users_code(type(self._current.tree).__name__)
            return f"{lookup_hint(self.run.users_path, users_code=users)}; then {again}"
        return f"{remedy(error, blockers)}, then {again}"


def form_of(segment: ScriptSegment) -> SegmentForm:
    """How a segment runs."""
    if segment.backfill is not None:
        return "backfill"
    alone = segment.begin is None and runs_alone(segment.statements[0].tree)
    return "alone" if alone else "transaction"


def written_lock_timeout(segment: ScriptSegment) -> str | None:
    """The timeout for locks that a person wrote into a segment."""
    written = [lock_timeout_of(one.tree) for one in (*segment.settings, *segment.statements)]
    by_hand = [text for text in written if text is not None and text != LOCK_TIMEOUT]
    return by_hand[-1] if by_hand else None


def _standing(segment: ScriptSegment, total: int) -> str:
    committed = f"{segment.number - 1} of {total} segments committed, segment {segment.number} "
    if segment.backfill is not None:
        return committed + "stands at its last whole batch"
    return committed + ("was rolled back" if form_of(segment) == "transaction" else "is not done")
