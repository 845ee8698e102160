"""One runner at a time: an advisory lock for the whole session, asked for without waiting inside the server.

The form that waits holds a snapshot, for which the other runner's CREATE INDEX CONCURRENTLY waits in turn.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from schemadiff.connection import Connection
from schemadiff.errors import Refused
from schemadiff.execution.events import Progress, RunnerAwaited

LOCK_KEY = int.from_bytes(b"schmdiff")
"""The advisory lock's key, the same for every database."""

_POLL_SECONDS = 0.25

_HOLDER = """
SELECT format('%%L (pid %%s, role %%s, since %%s)', activity.application_name, activity.pid, activity.usename,
              date_trunc('second', activity.backend_start))
  FROM pg_locks AS held
  JOIN pg_stat_activity AS activity USING (pid)
 WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
   AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND held.classid::bigint << 32 | held.objid::bigint = %s
"""


@contextmanager
def only_runner(connection: Connection, progress: Progress, wait: float) -> Iterator[None]:
    """Hold the lock for the block; ask for at most `wait` seconds. Errors: Refused, naming the holder."""
    _acquire(connection, progress, time.monotonic() + wait)
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])


def holder(connection: Connection) -> str | None:
    """Who runs schemadiff on this database now, in words."""
    row = connection.execute(_HOLDER, [LOCK_KEY]).fetchone()
    return str(row[0]) if row else None


def _acquire(connection: Connection, progress: Progress, deadline: float) -> None:
    told = None
    while not _try(connection):
        other = holder(connection) or told or "a session that just ended"
        if time.monotonic() >= deadline:
            raise Refused(f"another schemadiff works on this database: {other}: wait until it ends, then run again")
        if other != told:
            progress(RunnerAwaited(other))
            told = other
        time.sleep(_POLL_SECONDS)


def _try(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone()
    return row is not None and bool(row[0])
