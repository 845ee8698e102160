"""Statements that run outside of a transaction block, stopped midway so that their locks can be read.

CREATE INDEX CONCURRENTLY and the like commit as they go, and let go of all locks at the end. They wait for writers
of the table with their lasting lock in hand: a second session plays such a writer.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from psycopg import sql

from schemadiff.desired.splitting import Tree, parse
from schemadiff.proof.observation import Connection, locks_of

_NAMED = """
SELECT n.nspname, c.relname
FROM pg_catalog.unnest(%s::text[]) AS wanted(name)
JOIN pg_catalog.pg_class AS named ON named.oid = pg_catalog.to_regclass(wanted.name)
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = named.oid
JOIN pg_catalog.pg_class AS c ON c.oid = coalesce(i.indrelid, named.oid) AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
"""

_WAITS = "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE pid = %s AND NOT granted)"

_PAUSE = 0.0005
"""Seconds between two looks."""


def locks_midway(text: str, run: Callable[[], object], pid: int, writer: Connection) -> dict[int, str]:
    """The locks, by OID, of `run`, which runs the statement `text` in the session `pid`; none if it never waited.

    `writer` is a session in autocommit in the same database that may lock every table. Raises as `run` does.
    """
    with ThreadPoolExecutor(1) as pool:
        with writer.transaction():
            for name in _tables(text, writer):
                writer.execute(sql.SQL("LOCK TABLE ONLY {} IN ROW EXCLUSIVE MODE").format(name))
            running = pool.submit(run)
            seen = _locks_while_waiting(writer, pid, running.done)
        running.result()
    return seen


def _locks_while_waiting(writer: Connection, pid: int, done: Callable[[], bool]) -> dict[int, str]:
    while not done():
        if writer.execute(_WAITS, [pid], prepare=True).fetchone() == (True,):
            return locks_of(writer, pid)
        time.sleep(_PAUSE)
    return {}


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
