"""One budget for all locks of a segment: tables are locked first, in one order; each wait leaves less for the rest.

A lock_timeout by itself counts anew for each lock, and one above deadlock_timeout makes others victims of deadlocks.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted
from schemadiff.config import seconds_of
from schemadiff.connection import Connection
from schemadiff.execution.run_options import LockBudget
from schemadiff.plans.model import Segment, Step
from schemadiff.plans.observation import LOCK_MODES

_DEFAULT_SECONDS = 0.5
_LEAST_SECONDS = 0.02
"""Locks that nobody holds are there sooner."""

_BLOCKING = LOCK_MODES[LOCK_MODES.index("ShareUpdateExclusiveLock") :]

_DEADLOCK_TIMEOUT = "SELECT setting::float8 / 1000 FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'"

_LOCKABLE = """
SELECT named.name FROM unnest(%s::text[]) AS named (name)
  JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(named.name)
 WHERE c.relkind IN ('r', 'p')
   AND (pg_catalog.pg_has_role(c.relowner, 'USAGE') OR pg_catalog.has_table_privilege(c.oid, 'TRUNCATE'))
"""


def seconds_for_locks(connection: Connection, budget: LockBudget) -> float:
    """How long a segment may wait for its locks in all: what was asked for, or so short that nobody notices."""
    if budget.timeout is not None:
        return seconds_of(budget.timeout)
    row = connection.execute(_DEADLOCK_TIMEOUT).fetchone()
    return min(_DEFAULT_SECONDS, row[0] / 2) if row else _DEFAULT_SECONDS


@dataclass(slots=True)
class LockTimer:
    """What is left of a transaction's `seconds` for locks."""

    connection: Connection
    seconds: float
    _limit: int = -1

    def lock_ahead(self, segment: Segment, *, backwards: bool = False) -> None:
        """Lock what the segment is going to lock, in the order of names, where it does no long work meanwhile.

        An application that always locks its tables the other way round is met by going `backwards`.
        Raises psycopg.Error when the budget is used up.
        """
        wanted = _tables(segment)
        if len(wanted) < 2 or any(map(_works, segment.steps)):
            return
        found = {name for (name,) in self.connection.execute(_LOCKABLE, [list(wanted)])}
        for name in sorted(found, reverse=backwards):
            words = LOCK_MODES_IN_SQL[wanted[Quoted(name)]]
            with self.counted():
                self.connection.execute(f"LOCK TABLE ONLY {name} IN {words} MODE".encode())

    @contextmanager
    def counted(self, step: Step | None = None) -> Iterator[None]:
        """Let what runs in the block wait no longer than what is left, and take its time off that.

        A step that scans or rewrites, or was not observed, may work for most of its time: that is not taken off.
        """
        self._set()
        begin = time.monotonic()
        yield
        if step is None or (step.observed and not _works(step)):
            self.seconds -= time.monotonic() - begin

    def _set(self) -> None:
        limit = max(int(1000 * max(self.seconds, _LEAST_SECONDS)), 1)
        if limit != self._limit:
            self.connection.execute(f"SET LOCAL lock_timeout = {limit}".encode())
            self._limit = limit

    def forget(self) -> None:
        """A statement of the script has set the timeout itself."""
        self._limit = -1


LOCK_MODES_IN_SQL = {
    "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}


def _tables(segment: Segment) -> dict[Quoted, str]:
    """The tables that a segment locks against others, each with its strongest lock."""
    wanted: dict[Quoted, str] = {}
    for step in segment.steps:
        for lock in step.observed.locks if step.observed else ():
            if lock.table is None and lock.mode in _BLOCKING:
                name, before = Quoted(lock.relation), wanted.get(Quoted(lock.relation), _BLOCKING[0])
                wanted[name] = max(lock.mode, before, key=LOCK_MODES.index)
    return wanted


def _works(step: Step) -> bool:
    seen = step.observed
    return seen is not None and bool(seen.rewritten or seen.scanned or seen.rebuilt)
