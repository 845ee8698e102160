"""What execution reports while it works; the command line turns these into words and bars.

Events may come from a second thread (Blocked does), never two at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from schemadiff.plans.direction import Direction

SegmentForm = Literal["transaction", "alone", "backfill"]


@dataclass(frozen=True, slots=True)
class Blocker:
    """A session that holds what a statement waits for; `since_seconds` is the age of its transaction.

    A prepared transaction has no session: its `pid` is 0, and `application` is its name. `query` is the first word of
    what the session runs, or ran last.
    """

    pid: int
    role: str
    application: str
    state: str
    since_seconds: float
    query: str = ""

    @property
    def who(self) -> tuple[int, str]:
        """What tells it from others."""
        return self.pid, self.application if self.pid == 0 else ""

    def __str__(self) -> str:
        if self.pid == 0:
            name = self.application.replace("'", "''")
            return (
                f"the prepared transaction {name!r} of {self.role}, for {self.since_seconds:.0f} s "
                "(COMMIT PREPARED or ROLLBACK PREPARED ends it)"
            )
        name = f" {self.application!r}" if self.application else ""
        last = "" if not self.query else f", {self.query if self.state == 'active' else f'last {self.query}'}"
        return f"pid {self.pid} ({self.role}{name}, {self.state}, for {self.since_seconds:.0f} s{last})"


@dataclass(frozen=True, slots=True)
class RunnerAwaited:
    """Another runner holds the lock; `holder` says who."""

    holder: str


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """The ledger says that nothing is left to do in `direction`."""

    plan: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class GatesPassed:
    """Nothing has moved and no row is in the way; `preflights` is how many questions were asked."""

    preflights: int


@dataclass(frozen=True, slots=True)
class UnrelatedChanges:
    """What of live is otherwise than the plan expected, and has nothing to do with it, in words."""

    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewerPlans:
    """Plans that were applied later stand above the one that is rolled back; they have nothing to do with it."""

    plans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreflightUnanswered:
    """It is not known whether rows of `object` are in the way; the statement itself will find out."""

    object: str
    problem: str
    why: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Segments begin to run; `done` of `segments` were committed by an interrupted run."""

    plan: str
    direction: Direction
    segments: int
    done: int


@dataclass(frozen=True, slots=True)
class SegmentStarted:
    """A segment begins; `backfill` is the name of its backfill, if it has one."""

    number: int
    total: int
    form: SegmentForm
    statements: int
    backfill: str | None = None


@dataclass(frozen=True, slots=True)
class StatementStarted:
    """A statement begins; `label` is segment.statement as in the script, `line` its line there."""

    label: str
    line: int
    sql: str


@dataclass(frozen=True, slots=True)
class SegmentFinished:
    """A segment is committed; `seconds` include waits and retries."""

    number: int
    total: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Blocked:
    """A statement waits for a lock that others hold; they are reported once as long as they stay the same."""

    segment: int
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class LockRetry:
    """A segment was rolled back because of locks and is tried again after `delay` seconds.

    It has `waited` so many seconds since its first attempt, of at most `max_wait`.
    """

    segment: int
    attempt: int
    delay: float
    reason: str
    blockers: tuple[Blocker, ...]
    waited: float = 0.0
    max_wait: float = 0.0


@dataclass(frozen=True, slots=True)
class SnapshotsAwaited:
    """An index is built or dropped concurrently, which waits for these transactions to end."""

    segment: int
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """How far the build of an index is: the `phase` in the words of the server, `done` of `total` blocks in it."""

    segment: int
    phase: str
    done: int
    total: int


class Leftover(Enum):
    """What a statement that was cut short has left behind."""

    INDEX_BUILT = "a whole index"
    INDEX_INVALID = "an invalid index"
    INDEX_DROPPED = "no index any more"
    PARTITION_DETACHED = "a detached partition"
    DETACH_PENDING = "a partition on its way out"


@dataclass(frozen=True, slots=True)
class LeftoverSettled:
    """What a statement left behind on the index or partition `name` is accepted, finished or, if invalid, dropped."""

    label: str
    leftover: Leftover
    name: str


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """A batch is committed: `done` of about `total` rows of the table passed, `changed` rows written.

    `rate` is how many rows it passes in a second, `seconds_left` how long it will take at that rate.
    """

    name: str
    done: int
    total: int | None
    changed: int
    rate: float | None = field(default=None, compare=False)
    seconds_left: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BackfillRests:
    """A backfill waits for a standby, which is so many seconds behind."""

    name: str
    standby: str
    seconds: float


@dataclass(frozen=True, slots=True)
class BackfillLeft:
    """A backfill is done, and `rows` still meet its own condition: it does not change that, or they came since."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Analyzed:
    """Columns of a table that had no statistics have some again."""

    table: str


@dataclass(frozen=True, slots=True)
class CheckFinished:
    """A check was run; `problem` is empty when it holds."""

    name: str
    holds: bool
    problem: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Every segment is done and recorded."""

    plan: str
    direction: Direction
    seconds: float


Event = (
    RunnerAwaited
    | AlreadyDone
    | GatesPassed
    | UnrelatedChanges
    | NewerPlans
    | PreflightUnanswered
    | RunStarted
    | SegmentStarted
    | StatementStarted
    | SegmentFinished
    | Blocked
    | LockRetry
    | SnapshotsAwaited
    | BuildProgress
    | LeftoverSettled
    | Analyzed
    | BackfillProgress
    | BackfillLeft
    | BackfillRests
    | CheckFinished
    | RunFinished
)

Progress = Callable[[Event], None]


def silent(event: Event) -> None:
    """Report nothing."""
