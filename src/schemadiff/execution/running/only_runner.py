"""One runner at a time: a row of the ledger is locked, by a session that does nothing else.

Only who may write to the ledger can lock it. It is asked for without waiting inside the server: the form that waits
holds a snapshot, for which the other runner's CREATE INDEX CONCURRENTLY waits in turn. So does whoever has locked it
take no further snapshot. A client that vanished is noticed by its silence.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg

from schemadiff.connection import Connection, connect
from schemadiff.errors import ExecutionError, Refused
from schemadiff.execution.events import Progress, RunnerAwaited

_POLL_SECONDS = 0.25
_BEAT_SECONDS = 5.0

_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE"

_LOCK = "SELECT FROM schemadiff.runner WHERE part = 'lock' FOR UPDATE NOWAIT"

_WITHOUT_SNAPSHOT = "SHOW application_name"

_WORDS = """pg_catalog.format('%%L (pid %%s, role %%s, since %%s)', coalesce(a.application_name, ''), a.pid, a.usename,
              pg_catalog.date_trunc('second', coalesce(a.xact_start, a.backend_start)))"""

_HOLDER = f"""
SELECT {_WORDS}
  FROM pg_catalog.pg_locks AS held JOIN pg_catalog.pg_stat_activity AS a ON a.pid = held.pid
  JOIN pg_catalog.pg_class AS c ON c.oid = held.relation
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = 'schemadiff' AND c.relname = 'runner' AND held.mode = 'RowShareLock' AND held.granted
   AND held.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
   AND held.pid <> ALL (%s)
 ORDER BY a.xact_start LIMIT 1
"""

_LEFT_BEHIND = f"""
SELECT {_WORDS}
  FROM schemadiff.runner AS r JOIN pg_catalog.pg_stat_activity AS a ON a.pid = r.pid AND a.backend_start = r.started_at
 WHERE r.part = 'work' AND a.pid <> ALL (%s)
"""

_KNOWS_RUNNERS = "SELECT pg_catalog.to_regclass('schemadiff.runner') IS NOT NULL"
"""Not so in a ledger of version 0.1.0."""

_AT_WORK = """
UPDATE schemadiff.runner AS r SET pid = a.pid, started_at = a.backend_start
  FROM pg_catalog.pg_stat_activity AS a WHERE r.part = 'work' AND a.pid = pg_catalog.pg_backend_pid()
"""


class Lock:
    """The lock of the database while it is held; `work` is the session that may work meanwhile."""

    def __init__(self, session: Connection, work: Connection) -> None:
        self._session = session
        self._work = work
        self._stop = threading.Event()
        self.lost = False

    def require(self) -> None:
        """Errors: ExecutionError once the lock's session has ended, since others may work then."""
        with suppress(psycopg.Error):
            if not self.lost:
                self._session.execute(_WITHOUT_SNAPSHOT)
                return
        self.lost = True
        raise ExecutionError(
            "the session that keeps other runners away was ended, so nothing more was run: see what ended it "
            "(it is idle in a transaction for as long as a plan runs), then run the command again, which goes on"
        )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Cancel what `work` runs in the block as soon as the lock is lost."""
        thread = threading.Thread(target=self._beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(_BEAT_SECONDS):
            try:
                self._session.execute(_WITHOUT_SNAPSHOT)
            except psycopg.Error:
                self.lost = True
                with suppress(psycopg.Error):
                    self._work.cancel()
                return


@contextmanager
def only_runner(url: str, work: Connection, purpose: str, progress: Progress, wait: float) -> Iterator[Lock]:
    """Hold the lock of a database that has a ledger for the block; ask for at most `wait` seconds.

    Errors: Refused, naming the holder; ConnectionFailed.
    """
    with closing(connect(url, purpose=purpose, writes=True)) as session:
        _acquire(session, work, progress, time.monotonic() + wait)
        lock = Lock(session, work)
        with lock.watched():
            yield lock


def holder(connection: Connection) -> str | None:
    """Who runs schemadiff on this database now, which must have a ledger, in words."""
    held = _words(connection, _HOLDER, (connection,))
    if held is None and connection.execute(_KNOWS_RUNNERS).fetchone() == (True,):
        return _words(connection, _LEFT_BEHIND, (connection,))
    return held


def _acquire(session: Connection, work: Connection, progress: Progress, deadline: float) -> None:
    """Lock the row, and wait until a session that an earlier runner left behind has ended, too."""
    told, held = None, False
    while True:
        held = held or _try(session)
        other = _words(work, _LEFT_BEHIND if held else _HOLDER, (work, session))
        if held and other is None:
            work.execute(_AT_WORK)
            return
        other = other or told or "a session that just ended"
        if time.monotonic() >= deadline:
            raise Refused(f"another schemadiff works on this database: {other}: wait until it ends, then run again")
        if other != told:
            progress(RunnerAwaited(other))
            told = other
        time.sleep(_POLL_SECONDS)


def _try(session: Connection) -> bool:
    session.execute(_BEGIN)
    try:
        session.execute(_LOCK)
    except psycopg.errors.LockNotAvailable:
        session.execute("ROLLBACK")
        return False
    return True


def _words(connection: Connection, query: str, without: tuple[Connection, ...]) -> str | None:
    row = connection.execute(query.encode(), [[one.info.backend_pid for one in without]]).fetchone()
    return str(row[0]) if row else None
