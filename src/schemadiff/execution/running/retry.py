"""Trying a segment again when locks were in the way, and finding out whose they are."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from schemadiff.connection import Connection, connect
from schemadiff.errors import ConnectionFailed
from schemadiff.execution.events import Blocked, Blocker, LockRetry, Progress
from schemadiff.execution.run_options import LockBudget

_RETRIED = {
    psycopg.errors.LockNotAvailable.sqlstate: "a lock was not free in time",
    psycopg.errors.DeadlockDetected.sqlstate: "two sessions waited for each other",
    psycopg.errors.SerializationFailure.sqlstate: "another transaction changed the same rows",
}

_FIRST_LOOK_SECONDS = 0.1
_LOOK_SECONDS = 0.5

_BLOCKERS = """
SELECT blocking.pid, coalesce(activity.usename, '?'), coalesce(activity.application_name, ''),
       coalesce(activity.state, 'state hidden'),
       coalesce(extract(epoch FROM clock_timestamp() - coalesce(xact_start, backend_start)), 0)::float8
  FROM unnest(pg_blocking_pids(%s)) AS blocking (pid)
  LEFT JOIN pg_stat_activity AS activity USING (pid)
 ORDER BY blocking.pid
"""


class Watch:
    """Looks from a session of its own at who blocks `connection`, and reports that."""

    def __init__(self, url: str, connection: Connection, progress: Progress) -> None:
        self._url = url
        self._pid = connection.info.backend_pid
        self._progress = progress
        self._observer: Connection | None = None
        self._blind = False
        self.blockers: tuple[Blocker, ...] = ()

    def close(self) -> None:
        """End the watch's own session."""
        if self._observer is not None:
            self._observer.close()

    @contextmanager
    def over(self, segment: int) -> Iterator[None]:
        """Watch while the block runs; `blockers` are the last that were seen in it."""
        self.blockers = ()
        stop = threading.Event()
        thread = threading.Thread(target=self._look, args=(segment, stop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _look(self, segment: int, stop: threading.Event) -> None:
        if stop.wait(_FIRST_LOOK_SECONDS) or self._blind:
            return
        try:
            if self._observer is None:
                self._observer = connect(self._url, purpose="schemadiff watch", timeout=2)
            while not stop.is_set():
                self._report(segment, self._observer)
                stop.wait(_LOOK_SECONDS)
        except (psycopg.Error, ConnectionFailed):
            # knowing the blockers is a service; failing to know them must not end the run
            self._blind = True

    def _report(self, segment: int, observer: Connection) -> None:
        rows = observer.execute(_BLOCKERS, [self._pid]).fetchall()
        seen = tuple(Blocker(*row) for row in rows)
        if seen and {one.pid for one in seen} != {one.pid for one in self.blockers}:
            self._progress(Blocked(segment, seen))
        self.blockers = seen or self.blockers


def with_retries(
    attempt: Callable[[], None], *, segment: int, budget: LockBudget, watch: Watch, progress: Progress
) -> None:
    """Call `attempt` until it no longer fails because of locks; a failed one must leave nothing half done.

    Errors: the last psycopg.Error, once the budget is used up or when trying again does not help.
    """
    for number in range(1, budget.retries + 2):
        try:
            with watch.over(segment):
                attempt()
            return
        except psycopg.Error as error:
            reason = retry_reason(error)
            if reason is None or number > budget.retries:
                raise
            delay = budget.delay(number)
            progress(LockRetry(segment, number, budget.retries, delay, reason, watch.blockers))
        time.sleep(delay)


def retry_reason(error: psycopg.Error) -> str | None:
    """Why trying again may help, in words; None when it does not."""
    if error.sqlstate == "XX000" and "tuple concurrently updated" in str(error):
        return "another session changed the same object"
    return _RETRIED.get(error.sqlstate or "")
