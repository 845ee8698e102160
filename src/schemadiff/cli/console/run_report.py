"""What a person sees while a plan runs: a line for each event, a bar for each backfill, a table of checks."""

from collections.abc import Iterable
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Self

from schemadiff.api import (
    AlreadyDone,
    Analyzed,
    BackfillLeft,
    BackfillProgress,
    BackfillRests,
    Blocked,
    BuildProgress,
    CheckFinished,
    Event,
    GatesPassed,
    Leftover,
    LeftoverSettled,
    LockRetry,
    NewerPlans,
    Outcome,
    PreflightUnanswered,
    RunFinished,
    RunnerAwaited,
    RunStarted,
    SegmentFinished,
    SegmentStarted,
    SnapshotsAwaited,
    StatementStarted,
    UnrelatedChanges,
)
from schemadiff.cli.console.output import Output
from schemadiff.printable import one_line
from schemadiff.review.summary import count

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.table import Table

    from schemadiff.api import CheckResult


_SHOWN = 20

_LEFTOVERS = {
    Leftover.INDEX_BUILT: "index {name} was built already",
    Leftover.INDEX_INVALID: "dropped the invalid index {name}",
    Leftover.INDEX_DROPPED: "index {name} was dropped already",
    Leftover.PARTITION_DETACHED: "partition {name} was detached already",
    Leftover.DETACH_PENDING: "finished detaching partition {name}",
}


def sentence(event: Event) -> str | None:
    """An event in words; None for those that are shown otherwise."""
    match event:
        case RunnerAwaited(holder):
            return f"waiting: another run holds the lock ({holder})"
        case AlreadyDone(plan, direction):
            return f"nothing to do: {plan} is {direction.done} already"
        case GatesPassed(preflights):
            asked = f", {count(preflights, 'preflight')} passed" if preflights else ""
            return f"the database is what the plan was made for{asked}"
        case UnrelatedChanges(changes):
            shown = "".join(f"\n  {change}" for change in changes[:_SHOWN])
            more = f"\n  ... and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
            return f"live has moved in what has nothing to do with the plan, which is noted in the ledger:{shown}{more}"
        case NewerPlans(plans):
            return f"newer plans stand above it, and stay: {', '.join(plans)}"
        case PreflightUnanswered(name, problem, why):
            return f"could not check whether rows of {name} {problem}: {why}"
        case RunStarted(_, _, segments, done) if done:
            return f"continuing after an interruption: {done} of {count(segments, 'segment')} committed already"
        case SegmentStarted():
            return _segment_started(event)
        case StatementStarted(label, _, sql):
            return f"  {label:<5} {_first_line(sql)}"
        case SegmentFinished(number, total, seconds):
            return f"segment {number} of {total} committed after {seconds:.2f} s"
        case Blocked(_, blockers):
            return f"  waiting for a lock held by {'; '.join(map(str, blockers))}"
        case SnapshotsAwaited(_, blockers):
            return f"  this will wait until these transactions end: {'; '.join(map(str, blockers))}"
        case BuildProgress(_, phase, done, total):
            return f"  {phase}{f': {done * 100 // total} %' if total else ''}"
        case LockRetry():
            return _lock_retry(event)
        case LeftoverSettled(label, leftover, name):
            return f"  {label:<5} left over by an interrupted run: {_LEFTOVERS[leftover].format(name=name)}"
        case BackfillRests(name, standby, seconds):
            return f"  {one_line(name)} waits for standby {standby!r}, which is {seconds:.0f} s behind"
        case BackfillLeft(name, rows):
            verb = "meets" if rows == 1 else "meet"
            return f"  {one_line(name)} is done; {count(rows, 'row')} still {verb} its condition"
        case Analyzed(table):
            return f"gathered the statistics that {one_line(table)} lacked"
        case RunFinished(plan, direction, seconds):
            return f"{direction.done} {plan} in {seconds:.2f} s"
    return None


def _segment_started(event: SegmentStarted) -> str:
    place = f"segment {event.number} of {event.total}"
    if event.form == "backfill":
        return f"{place}: backfill {event.backfill}"
    manner = "one transaction" if event.form == "transaction" else "outside a transaction block"
    return f"{place}: {manner}, {count(event.statements, 'statement')}"


def _lock_retry(event: LockRetry) -> str:
    held = f", held by {'; '.join(map(str, event.blockers))}" if event.blockers else ""
    return (
        f"  segment {event.segment} was rolled back: {event.reason}{held}; "
        f"try {event.attempt + 1} in {event.delay:.1f} s (waits for {event.waited:.0f} of {event.max_wait:.0f} s)"
    )


def _first_line(sql: str) -> str:
    line = one_line(sql)
    return line if len(line) <= 96 else f"{line[:93]}..."


def duration_in_words(seconds: float) -> str:
    """A duration as a person says it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class RunReport:
    """Shows events as they come; a context in which bars are drawn on a terminal."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._checks: list[CheckFinished] = []
        self._begun = False
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._tenths: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def _begin(self) -> None:
        """Draw bars from now on; not earlier, since the question whether to run at all would be drawn over."""
        self._begun = True
        console = self._output.console()
        if console.is_terminal and not self._output.quiet:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bars = Progress(
                TextColumn("  {task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("rows", style="dim"),
                TimeRemainingColumn(),
                console=console,
            )
            self._bars.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
        if self._checks:
            self._output.show(checks_table(self._checks))

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if not self._begun:
            self._begin()
        if isinstance(event, CheckFinished):
            self._checks.append(event)
        elif isinstance(event, BackfillProgress):
            self._advance(event)
        elif not self._output.quiet:
            words = sentence(event)
            if words is not None:
                self._line(words, detail=isinstance(event, StatementStarted))

    def _line(self, words: str, *, detail: bool) -> None:
        """A line of its own; a detail is dim and cut where the terminal ends."""
        if self._bars is None:
            self._output.say(words)
            return
        from rich.text import Text

        text = Text(self._output.redacted(words), style="dim" if detail else "")
        self._bars.console.print(text, no_wrap=detail, overflow="ellipsis" if detail else "fold")

    def _advance(self, event: BackfillProgress) -> None:
        if self._bars is not None:
            if event.name not in self._tasks:
                self._tasks[event.name] = self._bars.add_task(one_line(event.name), total=event.total)
            total = max(event.done, event.total) if event.total is not None else None
            self._bars.update(self._tasks[event.name], completed=event.done, total=total)
            return
        tenth = event.done * 10 // event.total if event.total else 0
        if not self._output.quiet and tenth > self._tenths.get(event.name, -1):
            self._tenths[event.name] = tenth
            of = f" of about {event.total}" if event.total else ""
            rate = f", {event.rate:.0f} rows a second" if event.rate else ""
            left = f", about {duration_in_words(event.seconds_left)} left" if event.seconds_left else ""
            rows = count(event.done, "row")
            self._output.say(f"  {event.name}: {rows}{of} passed, {event.changed} changed{rate}{left}")


def checks_table(checks: "Iterable[CheckFinished | CheckResult]") -> "Table":
    """Every check with its result."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column()
    table.add_column()
    table.add_column(ratio=1)
    for check in checks:
        mark = Text("holds", style="green") if check.holds else Text("fails", style="bold red")
        table.add_row(mark, Text(one_line(check.name)), Text(one_line(check.problem), style="dim"))
    return table


def outcome_document(outcome: Outcome) -> dict[str, object]:
    """What a run did, for programs."""
    migrations = [one.file for one in outcome.migrations]
    return asdict(outcome) | {"checks": checks_document(outcome.checks), "migrations": migrations}


def checks_document(checks: "Iterable[CheckResult]") -> list[dict[str, object]]:
    """Every check with its result, for programs."""
    return [asdict(check) | {"holds": check.holds} for check in checks]
