"""Ending a load that takes too long, or fills the disk.

The server ends a statement by itself after some time, unless the statement catches that. Then its session is ended
from here; and where the server does not even get to do that, or cannot be asked, the connection is cut.
"""

import os
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psycopg

from schemadiff.desired import limits
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.errors import DesiredError, ScratchError

_TICK_SECONDS = 1.0
_GRACE_SECONDS = 5.0
"""In which the server ends a statement by itself, or a session when told so."""

_STATE = """
SELECT a.application_name, pg_catalog.pg_database_size(pg_catalog.current_database())
FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = %s
"""

_TERMINATE = "SELECT pg_catalog.pg_terminate_backend(%s)"

_NEXT_STEP = "desired files declare a schema and are loaded for each plan; remove what computes or stores much"


class Watch:
    """Looks after the sessions that load desired files, from a thread and a superuser's session of its own.

    `begin` tells it which statements run now. Of several, the session's application_name is the number of the one that
    runs. An error of an ended session becomes a DesiredError about the statement that took too long.
    """

    def __init__(self, url: str, sessions: Sequence[psycopg.Connection]) -> None:
        self._url, self._sessions = url, sessions
        self._pids = [session.info.backend_pid for session in sessions]
        self._running: Sequence[DesiredStatement] = ()
        self._reason = ""
        self._culprit: DesiredStatement | None = None
        self._failure: psycopg.Error | None = None
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
        if not isinstance(error, psycopg.OperationalError):
            return
        if self._culprit is not None:
            raise took_too_much(self._culprit, self._reason) from error
        if self._failure is not None:
            raise ScratchError(f"the loading of desired files cannot be watched: {self._failure}") from error

    def begin(self, statements: Sequence[DesiredStatement]) -> None:
        """Take note that these statements run from now on."""
        self._running = statements

    def _look(self) -> None:
        begun = time.monotonic()
        if self._over.wait(_TICK_SECONDS):
            return
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                self._watch(connection, begun)
        except psycopg.Error as error:
            self._failure = error
            self._cut()

    def _watch(self, connection: psycopg.Connection, begun: float) -> None:
        place, since = None, begun
        while not self._over.wait(_TICK_SECONDS):
            statements = self._running
            row = connection.execute(_STATE, [self._pids[0]]).fetchone()
            number, size = row or ("", 0)
            now = time.monotonic()
            if (statements, number) != place:
                place, since = (statements, number), now
            reason = _reason(now - since, now - begun, size)
            if reason and statements:
                self._reason, self._culprit = reason, statements[_index(number, len(statements))]
                self._end(connection)
                return

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


def took_too_much(statement: DesiredStatement, reason: str) -> DesiredError:
    """The error about a statement that took too long, or stored too much."""
    return statement.source.error(statement.offset, reason, _NEXT_STEP)


def too_slow() -> str:
    """What is said of one statement that does not end."""
    return f"does not end within {limits.STATEMENT_SECONDS} seconds: is it an endless loop?"


def _reason(running: float, loading: float, size: int) -> str:
    """Why loading has to end, if it has to."""
    if running > limits.STATEMENT_SECONDS + _GRACE_SECONDS:
        return too_slow()
    if loading > limits.LOADING_SECONDS:
        return f"desired files are not loaded within {limits.LOADING_SECONDS} seconds; this statement was running then"
    if size > limits.MOST_DATA:
        return f"desired files store more than {limits.MOST_DATA >> 20} MB; this statement was running then"
    return ""


def _index(number: str, count: int) -> int:
    """Which of the statements the name of a session means, if it means one."""
    return min(int(number), count - 1) if number.isdecimal() else 0
