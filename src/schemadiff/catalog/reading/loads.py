"""How large and how busy tables are, by the server's own statistics."""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow

_LOADS = """
WITH RECURSIVE part(name, oid, partitioned) AS (
    SELECT pg_catalog.format('%%I.%%I', n.nspname, c.relname), c.oid, c.relkind = 'p'
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND pg_catalog.format('%%I.%%I', n.nspname, c.relname) = ANY(%s)
    UNION ALL
    SELECT part.name, c.oid, c.relkind = 'p'
    FROM part JOIN pg_catalog.pg_inherits AS i ON i.inhparent = part.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
    WHERE part.partitioned
)
SELECT part.name,
       sum(greatest(c.reltuples, pg_catalog.pg_stat_get_live_tuples(part.oid)))::int8,
       bool_and(c.reltuples >= 0 OR pg_catalog.pg_stat_get_live_tuples(part.oid) > 0 OR found.bytes = 0),
       sum(found.bytes)::int8,
       sum(pg_catalog.pg_stat_get_tuples_inserted(part.oid) + pg_catalog.pg_stat_get_tuples_updated(part.oid)
           + pg_catalog.pg_stat_get_tuples_deleted(part.oid))::float8
FROM part
JOIN pg_catalog.pg_class AS c ON c.oid = part.oid
CROSS JOIN LATERAL (SELECT pg_catalog.pg_table_size(part.oid) AS bytes) AS found
WHERE NOT part.partitioned
GROUP BY part.name ORDER BY part.name
"""

_COUNTED_FOR = """
SELECT extract(epoch FROM now() - coalesce(d.stats_reset, w.stats_reset))::float8 / 60
FROM pg_catalog.pg_stat_database AS d, pg_catalog.pg_stat_bgwriter AS w
WHERE d.datname = pg_catalog.current_database()
"""
"""Minutes since the counters began; those of a database that were never reset began with the server's."""

_LOCK_TIMEOUT = "1s"

LARGE_ROWS = 50_000
"""From so many rows on, copying one column of a table takes longer than an application should wait for a lock."""

LARGE_BYTES = 64 * 1024 * 1024
"""From so many bytes on, reading a table does."""


@dataclass(frozen=True, slots=True)
class TableLoad:
    """How large and how busy a table is, with its partitions; None where the server has no statistics."""

    table: str
    rows: int | None
    bytes: int
    writes_per_minute: float | None = None

    @property
    def large(self) -> bool:
        """Whether a scan of the table takes longer than an application should wait."""
        return (self.rows or 0) >= LARGE_ROWS or self.bytes >= LARGE_BYTES


def read_loads(connection: psycopg.Connection[TupleRow], tables: Iterable[str]) -> tuple[TableLoad, ...]:
    """The loads of the tables with these qualified names; what is not a table with rows is left out.

    Only reads, and gives up with no loads at all when another session keeps a table locked.
    """
    try:
        with connection.transaction():
            connection.execute("SET TRANSACTION READ ONLY")
            connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'".encode())
            found = connection.execute(_LOADS, [list(tables)]).fetchall()
            (minutes,) = connection.execute(_COUNTED_FOR).fetchone() or (None,)
    except psycopg.errors.LockNotAvailable:
        return ()
    return tuple(
        TableLoad(name, rows if known else None, size, _rate(writes, minutes))
        for name, rows, known, size, writes in found
    )


def _rate(writes: float, minutes: float | None) -> float | None:
    return None if minutes is None else round(writes / max(minutes, 1.0), 3)
