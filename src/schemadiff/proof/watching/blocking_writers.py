"""Statements that run outside of a transaction block, stopped midway so that their locks can be read.

CREATE INDEX CONCURRENTLY and the like commit as they go, and let go of all locks at the end. They wait for writers
of the table with their lasting lock in hand: other sessions play such writers.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from psycopg import sql

from schemadiff.desired.reading.splitting import Tree, parse
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
"""Seconds between two looks."""


class BlockingWriters:
    """Sessions that hold statements up; `open_session` opens one in autocommit that may lock every table."""

    def __init__(self, open_session: Callable[[], Connection]) -> None:
        self._open = open_session
        self._sessions: list[Connection] = []

    def locks(self, text: str, run: Callable[[], object], pid: int) -> dict[int, str]:
        """The strongest locks, by OID, of the statement `text`, which `run` runs in the session `pid`.

        None at all if it never waits. Raises what `run` raises.
        """
        looker = self._session(0)
        holders: dict[int, Connection] = {}
        with ThreadPoolExecutor(1) as pool:
            try:
                # one writer a table: what waits for all writers of one may then wait for another lock
                for number, name in enumerate(_tables(text, looker), start=1):
                    writer = self._session(number)
                    holders[writer.info.backend_pid] = writer
                    writer.execute("BEGIN")
                    writer.execute(sql.SQL("LOCK TABLE ONLY {} IN ROW EXCLUSIVE MODE").format(name))
                running = pool.submit(run)
                seen = _locks_while_waiting(looker, pid, holders, running.done)
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
    looker: Connection, pid: int, holders: dict[int, Connection], done: Callable[[], bool]
) -> dict[int, str]:
    """The locks at each moment at which one of the writers is waited for, who then goes away."""
    seen: dict[int, str] = {}
    while holders and not done():
        (blockers,) = looker.execute(_BLOCKERS, [pid], prepare=True).fetchone() or ([],)
        waited_for = holders.keys() & set(blockers)
        if waited_for:
            seen |= {oid: stronger(mode, seen.get(oid)) for oid, mode in locks_of(looker, pid).items()}
        for writer in waited_for:
            holders.pop(writer).rollback()
        if not waited_for:
            time.sleep(_PAUSE)
    return seen


def _tables(text: str, connection: Connection) -> list[sql.Identifier]:
    """The tables that a statement names, also by an index of theirs."""
    names = [sql.Identifier(*name).as_string(connection) for name in sorted(set(_names(parse(text)[1])))]
    return [sql.Identifier(*row) for row in connection.execute(_NAMED, [names], prepare=True)]


def _names(node: object) -> Iterator[tuple[str, ...]]:
    if isinstance(node, list):
        for item in node:
            yield from _names(item)
    elif isinstance(node, dict):
        yield from _name(node)
        for item in node.values():
            yield from _names(item)


def _name(node: Tree) -> Iterator[tuple[str, ...]]:
    """The name in a node that stands for a relation, or for an object to drop."""
    match node:
        case {"relname": str(relation), "schemaname": str(schema)}:
            yield (schema, relation)
        case {"relname": str(relation)}:
            yield (relation,)
        case {"List": {"items": list(items)}}:
            words = [item["String"]["sval"] for item in items if isinstance(item, dict) and "String" in item]
            if words and len(words) == len(items):
                yield tuple(words)
