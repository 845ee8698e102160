"""Statistics that a script has taken away: without them, queries are planned in the dark until autovacuum comes by."""

from collections.abc import Iterator
from contextlib import suppress

import psycopg

from schemadiff.catalog.kinds.table import Table
from schemadiff.connection import Connection
from schemadiff.plans.model import Script

_LOCK_TIMEOUT = "1s"

_LACKING_OF_EXPRESSIONS = """
SELECT DISTINCT format('%%I.%%I', n.nspname, c.relname)
  FROM unnest(%s::text[]) AS named (name)
  JOIN pg_class AS c ON c.oid = to_regclass(named.name) AND c.relkind IN ('r', 'm')
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_index AS i ON i.indrelid = c.oid AND i.indexprs IS NOT NULL AND i.indisvalid
  JOIN pg_attribute AS a ON a.attrelid = i.indexrelid AND i.indkey[a.attnum - 1] = 0
 WHERE pg_relation_size(c.oid) > 0 AND pg_has_role(c.relowner, 'USAGE') AND coalesce(a.attstattarget, -1) <> 0
   AND NOT EXISTS (SELECT FROM pg_stats AS s JOIN pg_class AS x ON x.oid = i.indexrelid
                    WHERE s.schemaname = n.nspname AND s.tablename = x.relname AND s.attname = a.attname)
 ORDER BY 1
"""
"""Expressions of indexes have statistics of their own, which only ANALYZE of the whole table gathers."""

_LACKING = """
SELECT format('%%I.%%I', n.nspname, c.relname), array_agg(quote_ident(a.attname) ORDER BY a.attnum)
  FROM unnest(%s::text[]) AS named (name)
  JOIN pg_class AS c ON c.oid = to_regclass(named.name) AND c.relkind IN ('r', 'm', 'p')
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE (c.relkind = 'p' OR pg_relation_size(c.oid) > 0) AND pg_has_role(c.relowner, 'USAGE')
   AND coalesce(a.attstattarget, -1) <> 0
   AND NOT EXISTS (SELECT FROM pg_stats AS s
                    WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname)
 GROUP BY n.nspname, c.relname ORDER BY 1
"""


def analyze(connection: Connection, script: Script) -> tuple[str, ...]:
    """Gather the statistics that columns of the script's tables do not have; returns which tables were in need.

    A table that is locked is left to autovacuum.
    """
    done, tables = [], [sorted(set(_tables(script)))]
    rows = connection.execute(_LACKING.encode(), tables).fetchall()
    lacking: dict[str, list[str]] = {str(table): columns for table, columns in rows}
    whole = [table for (table,) in connection.execute(_LACKING_OF_EXPRESSIONS.encode(), tables).fetchall()]
    for table in sorted({*lacking, *whole}):
        columns = "" if table in whole else f" ({', '.join(lacking[table])})"
        with suppress(psycopg.errors.LockNotAvailable, psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'".encode())
            connection.execute(f"ANALYZE {table}{columns}".encode())
            done.append(str(table))
    return tuple(done)


def _tables(script: Script) -> Iterator[str]:
    """The tables that a script is about, and those that hold what it is about."""
    for step in script.steps:
        if step.kind == Table.KIND:
            yield step.identity
        elif step.holder is not None and step.holder.startswith("table "):
            yield step.holder.removeprefix("table ")
        yield from step.observed.rewritten if step.observed else ()
