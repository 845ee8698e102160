"""Ending sessions of a scratch server in which foreign code takes too long, or fills the disk.

The server ends a statement by itself after some time, unless the statement catches that. Then its session is ended
from here; and where the server does not even get to do that, or cannot be asked, the connection is cut.
"""

import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Generic, Self, TypeVar

import psycopg

from schemadiff.desired import limits
from schemadiff.errors import ScratchError

_TICK_SECONDS = 1.0
_GRACE_SECONDS = 5.0
"""In which the server ends a statement by itself, or a session when told so."""

_STATE = """
SELECT a.application_name, CASE a.state WHEN 'active' THEN a.query_start END,
       pg_catalog.pg_database_size(pg_catalog.current_database())
FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = %s
"""

_TERMINATE = "SELECT pg_catalog.pg_terminate_backend(%s)"

Work = TypeVar("Work")


class Watch(Generic[Work]):
    """Looks after the first of the sessions, and ends all, from a thread and a session at `url` of its own.

    `begin` tells it what runs there from now on. Of several, the session's application_name is the number of the one
    that runs. `all_seconds` is for all that happens in the block, with `in_one_go` many statements sent together, too.
    The error of an ended session becomes what
    `error_of` makes of the work and the reason.
    """

    def __init__(
        self,
        url: str,
        sessions: Sequence[psycopg.Connection],
        error_of: Callable[[Work, str], Exception],
        *,
        all_seconds: float,
        in_one_go: bool = False,
    ) -> None:
        self._url, self._sessions, self._error_of = url, sessions, error_of
        self._each = all_seconds if in_one_go else limits.STATEMENT_SECONDS + _GRACE_SECONDS
        self._all = all_seconds
        self._pids = [session.info.backend_pid for session in sessions]
        self._running: Sequence[Work] = ()
        self._error: Exception | None = None
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._error is not None and isinstance(error, psycopg.OperationalError):
            raise self._error from error

    def begin(self, works: Sequence[Work]) -> None:
        """Take note that these run from now on."""
        self._running = works

    def _look(self) -> None:
        begun = time.monotonic()
        if self._over.wait(_TICK_SECONDS):
            return
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                self._watch(connection, begun)
        except psycopg.Error as error:
            self._error = ScratchError(f"what runs on the scratch server cannot be watched: {error}")
            self._cut()

    def _watch(self, connection: psycopg.Connection, begun: float) -> None:
        place, since = None, begun
        while not self._over.wait(_TICK_SECONDS):
            works = self._running
            number, started, size = connection.execute(_STATE, [self._pids[0]]).fetchone() or ("", None, 0)
            now = time.monotonic()
            # the name is foreign code's to change: it counts only where several statements run one after the other
            here = (works, number if len(works) > 1 else "", started)
            if started is None or here != place:
                place, since = here, now
            reason = self._reason(now - since, now - begun, size)
            if reason and works:
                self._error = self._error_of(works[_index(number, len(works))], reason)
                self._end(connection)
                return

    def _reason(self, running: float, altogether: float, size: int) -> str:
        """Why sessions have to end, if they have to."""
        if running > self._each:
            return too_slow()
        if altogether > self._all:
            return f"was running when all together had taken {self._all} seconds"
        if size > limits.MOST_DATA:
            return f"was running when the scratch database had grown beyond {limits.MOST_DATA >> 20} MB"
        return ""

    def _end(self, connection: psycopg.Connection) -> None:
        for pid in self._pids:
            with suppress(psycopg.Error):
                connection.execute(_TERMINATE, [pid])
        if not self._over.wait(_GRACE_SECONDS):
            self._cut()

    def _cut(self) -> None:
        for session in self._sessions:
            with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(session.fileno())) as wire:
                wire.shutdown(socket.SHUT_RDWR)


def too_slow() -> str:
    """What is said of one statement that does not end."""
    return f"does not end within {limits.STATEMENT_SECONDS} seconds: is it an endless loop?"


def _index(number: str, count: int) -> int:
    """Which of the works the name of a session means, if it means one."""
    return min(int(number), count - 1) if number.isdecimal() else 0
