"""Locks of statements that run outside of a transaction block, read while other sessions hold these up.

CREATE INDEX CONCURRENTLY and the like commit as they go, and release all locks at the end. While they hold the lock
that lasts, they wait for writers of the table: other sessions play such writers.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from psycopg import sql

from schemadiff.desired.reading.relations import relations_or_drops_in
from schemadiff.proof.watching.observation import Connection, locks_of, stronger

_NAMED = """
SELECT n.nspname, c.relname
FROM pg_catalog.unnest(%s::text[]) AS wanted(name)
JOIN pg_catalog.pg_class AS named ON named.oid = pg_catalog.to_regclass(wanted.name)
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = named.oid
JOIN pg_catalog.pg_class AS c ON c.oid = coalesce(i.indrelid, named.oid) AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
"""

_BLOCKERS = "SELECT pg_catalog.pg_blocking_pids(%s)"

_PAUSE = 0.0005
"""Seconds between two readings of pg_locks."""


class BlockingWriters:
    """Sessions that block statements; `open_session` opens one in autocommit that may lock every table."""

    def __init__(self, open_session: Callable[[], Connection]) -> None:
        self._open = open_session
        self._sessions: list[Connection] = []

    def locks(self, text: str, run: Callable[[], object], pid: int) -> dict[int, str]:
        """The strongest locks, by OID, of the statement `text`, which `run` runs in the session `pid`.

        None at all if it never waits. Raises what `run` raises.
        """
        observer = self._session(0)
        holders: dict[int, Connection] = {}
        with ThreadPoolExecutor(1) as pool:
            try:
                # one writer a table: what waits for all writers of one may then wait for another lock
                for number, name in enumerate(_tables(text, observer), start=1):
                    writer = self._session(number)
                    holders[writer.info.backend_pid] = writer
                    writer.execute("BEGIN")
                    writer.execute(sql.SQL("LOCK TABLE ONLY {} IN ROW EXCLUSIVE MODE").format(name))
                running = pool.submit(run)
                seen = _locks_while_waiting(observer, pid, holders, running.done)
            finally:
                for writer in holders.values():
                    writer.rollback()
            running.result()
        return seen

    def _session(self, number: int) -> Connection:
        while len(self._sessions) <= number:
            self._sessions.append(self._open())
        return self._sessions[number]


def _locks_while_waiting(
    observer: Connection, pid: int, holders: dict[int, Connection], done: Callable[[], bool]
) -> dict[int, str]:
    """The locks at each moment at which the statement waits for one of the writers, which is then rolled back."""
    seen: dict[int, str] = {}
    while holders and not done():
        (blockers,) = observer.execute(_BLOCKERS, [pid], prepare=True).fetchone() or ([],)
        waited_for = holders.keys() & set(blockers)
        if waited_for:
            seen |= {oid: stronger(mode, seen.get(oid)) for oid, mode in locks_of(observer, pid).items()}
        for writer in waited_for:
            holders.pop(writer).rollback()
        if not waited_for:
            time.sleep(_PAUSE)
    return seen


def _tables(text: str, connection: Connection) -> list[sql.Identifier]:
    """The tables that a statement names, also by an index of theirs."""
    names = [sql.Identifier(*name).as_string(connection) for name in sorted(relations_or_drops_in(text))]
    return [sql.Identifier(*row) for row in connection.execute(_NAMED, [names], prepare=True)]
