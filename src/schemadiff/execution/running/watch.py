"""A session of its own that looks at who blocks a run, whom the run blocks, and how far an index build is."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psycopg

from schemadiff.connection import Connection, connect
from schemadiff.errors import ConnectionFailed
from schemadiff.execution.events import Blocked, Blocker, BuildProgress, Progress, SnapshotsAwaited
from schemadiff.plans.observation import LOCK_MODES

_FIRST_LOOK_SECONDS = 0.1
_LOOK_SECONDS = 0.5
_REPEATED_SECONDS = 30.0
_BUILD_SECONDS = 5.0

_CLASS = r"""CASE WHEN a.query ~* '^\s*(select|insert|update|delete|merge|with|copy|alter|create|drop|truncate|lock'
    '|vacuum|analyze|reindex|cluster|refresh|call|do|begin|commit|rollback|set|fetch|declare|comment|grant|revoke)\y'
    THEN upper(substring(a.query from '^\s*([A-Za-z]+)')) ELSE '' END"""
"""The first word of a query, which holds no values."""

_SESSION = f"""coalesce(a.usename, '?'), coalesce(a.application_name, ''), coalesce(a.state, 'state hidden'),
       coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.backend_start)), 0)::float8,
       coalesce({_CLASS}, '')"""

_PREPARED = """p.owner, p.gid, 'prepared', extract(epoch FROM clock_timestamp() - p.prepared)::float8, ''"""

_BLOCKERS = f"""
SELECT b.pid, {_SESSION}
  FROM (SELECT DISTINCT unnest(pg_blocking_pids(%(pid)s)) AS pid) AS b
  LEFT JOIN pg_stat_activity AS a USING (pid) WHERE b.pid <> 0
UNION ALL
SELECT DISTINCT 0, {_PREPARED}
  FROM pg_locks AS w
  JOIN pg_locks AS h ON h.granted AND h.pid IS NULL AND h.locktype = w.locktype
   AND h.database IS NOT DISTINCT FROM w.database AND h.relation IS NOT DISTINCT FROM w.relation
   AND h.transactionid IS NOT DISTINCT FROM w.transactionid AND h.virtualxid IS NOT DISTINCT FROM w.virtualxid
  JOIN pg_prepared_xacts AS p ON h.virtualtransaction IN ('-1/' || p.transaction::text, '0/' || p.transaction::text)
 WHERE w.pid = %(pid)s AND NOT w.granted AND 0 = ANY (pg_blocking_pids(%(pid)s))
 ORDER BY 1, 3
"""

_SNAPSHOTS = f"""
SELECT a.pid, {_SESSION}
  FROM pg_stat_activity AS a
 WHERE a.datname = current_database() AND a.pid <> ALL (%s) AND a.backend_type = 'client backend'
   AND (a.backend_xmin IS NOT NULL OR EXISTS (
           SELECT FROM pg_locks AS l
            WHERE l.pid = a.pid AND l.relation >= 16384 AND l.mode IN ('RowExclusiveLock', 'ShareUpdateExclusiveLock',
                  'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')))
   AND a.xact_start < clock_timestamp() - interval '1 second'
UNION ALL
SELECT 0, {_PREPARED} FROM pg_prepared_xacts AS p WHERE p.database = current_database()
 ORDER BY 1, 3
"""

_WAITING = """
SELECT count(*) FROM pg_locks AS w WHERE NOT w.granted AND w.pid <> %(pid)s AND %(pid)s = ANY (pg_blocking_pids(w.pid))
"""

_BUILD = """
SELECT phase, greatest(blocks_done, 0), greatest(blocks_total, 0) FROM pg_stat_progress_create_index WHERE pid = %s
"""


_HOLDERS = f"""
SELECT b.pid, {_SESSION}
  FROM (SELECT DISTINCT l.pid FROM pg_locks AS l
         WHERE l.relation = to_regclass(%(table)s) AND l.granted AND l.mode = ANY (%(modes)s) AND l.pid IS NOT NULL
           AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())) AS b
  JOIN pg_stat_activity AS a USING (pid) WHERE b.pid <> pg_backend_pid()
UNION ALL
SELECT DISTINCT 0, {_PREPARED}
  FROM pg_locks AS h
  JOIN pg_prepared_xacts AS p ON h.virtualtransaction IN ('-1/' || p.transaction::text, '0/' || p.transaction::text)
 WHERE h.relation = to_regclass(%(table)s) AND h.granted AND h.mode = ANY (%(modes)s) AND h.pid IS NULL
   AND p.database = current_database()
 ORDER BY 1, 3
"""

_WEAKEST_CONFLICT = dict(zip(LOCK_MODES, (7, 6, 4, 3, 2, 2, 1, 0), strict=True))
"""From which lock on the others conflict with each."""


def lock_holders(connection: Connection, table: str, mode: str) -> tuple[Blocker, ...]:
    """Who holds a lock on `table` (a quoted name) at this moment that one of `mode` would wait for."""
    conflicting = list(LOCK_MODES[_WEAKEST_CONFLICT[mode] :])
    if mode == "ShareLock":
        conflicting.remove("ShareLock")
    rows = connection.execute(_HOLDERS.encode(), {"table": table, "modes": conflicting}).fetchall()
    return tuple(Blocker(*row) for row in rows)


def snapshot_holders(connection: Connection, without: Sequence[Connection]) -> tuple[Blocker, ...]:
    """The transactions whose end a concurrent build would wait for; none of sessions of our own."""
    rows = connection.execute(_SNAPSHOTS.encode(), [[one.info.backend_pid for one in without]]).fetchall()
    return tuple(Blocker(*row) for row in rows)


class Watch:
    """Looks from a session of its own at what `connection` waits for, and reports that."""

    def __init__(self, url: str, connection: Connection, progress: Progress, max_wait: float) -> None:
        self._url = url
        self._watched = connection
        self._pid = connection.info.backend_pid
        self._progress = progress
        self._max_wait = max_wait
        self._observer: Connection | None = None
        self._blind = False
        self._told = 0.0
        self._built = 0.0
        self.blockers: tuple[Blocker, ...] = ()
        self.blocks_others = False

    def close(self) -> None:
        """End the watch's own session."""
        if self._observer is not None:
            self._observer.close()

    @contextmanager
    def over(self, segment: int, *, alone: bool = False) -> Iterator[None]:
        """Watch while the block runs; `blockers` are the last that were seen in it.

        A statement that runs `alone` has no timeout for locks: it is cancelled when it waited for too long.
        """
        self.blockers, self.blocks_others, self._built = (), False, time.monotonic()
        stop = threading.Event()
        thread = threading.Thread(target=self._look, args=(segment, stop, alone), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def snapshots(self, segment: int) -> None:
        """Report the transactions whose end a concurrent build will wait for."""
        with suppress(psycopg.Error, ConnectionFailed):
            observer = self._session()
            blockers = snapshot_holders(observer, (self._watched, observer))
            if blockers:
                self._progress(SnapshotsAwaited(segment, blockers))

    def _session(self) -> Connection:
        if self._observer is None:
            self._observer = connect(self._url, purpose="schemadiff watch", timeout=2)
        return self._observer

    def _look(self, segment: int, stop: threading.Event, alone: bool) -> None:
        if stop.wait(_FIRST_LOOK_SECONDS) or self._blind:
            return
        blocked_since = None
        try:
            observer = self._session()
            while not stop.is_set():
                blocked = self._report(segment, observer)
                blocked_since = (blocked_since or time.monotonic()) if blocked else None
                if alone and blocked_since and time.monotonic() - blocked_since > self._max_wait:
                    self._watched.cancel_safe(timeout=5)
                    return
                if alone:
                    self._report_build(segment, observer)
                stop.wait(_LOOK_SECONDS)
        except (psycopg.Error, ConnectionFailed):
            # knowing the blockers is a service; failing to know them must not end the run
            self._blind = True

    def _report(self, segment: int, observer: Connection) -> bool:
        """Report who blocks the run, again after a while; returns whether anybody does."""
        rows = observer.execute(_BLOCKERS.encode(), {"pid": self._pid}).fetchall()
        seen = tuple(Blocker(*row) for row in rows)
        changed = {one.who for one in seen} != {one.who for one in self.blockers}
        if seen and (changed or time.monotonic() - self._told > _REPEATED_SECONDS):
            self._told = time.monotonic()
            self._progress(Blocked(segment, seen))
        self.blockers = seen or self.blockers
        waiting = observer.execute(_WAITING.encode(), {"pid": self._pid}).fetchone()
        self.blocks_others = self.blocks_others or bool(waiting and waiting[0])
        return bool(seen)

    def _report_build(self, segment: int, observer: Connection) -> None:
        if time.monotonic() - self._built < _BUILD_SECONDS:
            return
        self._built = time.monotonic()
        row = observer.execute(_BUILD.encode(), [self._pid]).fetchone()
        if row is not None:
            self._progress(BuildProgress(segment, *row))
