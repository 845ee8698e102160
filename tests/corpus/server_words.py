"""Definitions that our queries write themselves, beside those that the server's own functions print."""

from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index

CONSTRAINTS = """
SELECT format('%I ON %I.%I', k.conname, n.nspname, c.relname),
       regexp_replace(pg_get_constraintdef(k.oid),
                      '( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT ENFORCED)?( NOT VALID)?$', '')
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
"""

INDEXES = """
SELECT format('%I.%I', n.nspname, c.relname), pg_get_indexdef(c.oid)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('i', 'I')
"""


def expect_the_servers_words(connection: Connection[TupleRow], catalog: Catalog) -> None:
    """Raises AssertionError where a constraint or an index of `catalog` reads otherwise than the server prints it."""
    connection.execute("SET search_path = ''")
    for cls, field, query in ((Constraint, "definition", CONSTRAINTS), (Index, "text", INDEXES)):
        printed = dict(connection.execute(query.encode()).fetchall())
        place = cls.COLUMNS.index(field)
        for name, values in catalog.rows[cls.KIND].items():
            assert values[place] == printed[name]
    connection.execute("RESET search_path")
