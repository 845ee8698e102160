"""Rows whose foreign keys lead nowhere are taken away, until all that is left holds together."""

import psycopg

from schemadiff.catalog.sql import Sql
from schemadiff.proof.rows.shape import Connection, ForeignKey, Shape


def delete_orphans(connection: Connection, shape: Shape) -> bool:
    """Delete the rows that refer to missing ones, and whatever refers to those; says whether there were any.

    For sessions in which triggers, and so foreign keys, do not fire.
    """
    statements = [
        statement for table in shape.holders() for r in table.references for statement in [_orphans(shape, r)]
    ]
    removed = False
    while statements:
        with connection.pipeline():
            cursors = [connection.execute(statement.encode()) for statement in statements]
        if not any(cursor.rowcount for cursor in cursors):
            return removed
        removed = True
    return removed


def _orphans(shape: Shape, reference: ForeignKey) -> Sql:
    child, parent = shape.tables[reference.table], shape.tables[reference.parent]
    pairs = list(zip(reference.columns, reference.parent_columns, reference.operators, strict=True))
    if reference.temporal:
        pairs.pop()  # several rows together may cover a period
    names = [f"c.{child.columns[number].name}" for number, _, _ in pairs]
    holds = " AND ".join(
        f"p.{parent.columns[other].name} {operator} c.{child.columns[number].name}" for number, other, operator in pairs
    )
    asks = f"num_nulls({', '.join(names)}) {f'< {len(names)}' if reference.full else '= 0'}"
    return Sql(
        f"DELETE FROM {child.source} AS c WHERE {asks} AND NOT EXISTS (SELECT FROM {parent.source} AS p WHERE {holds})"
    )


def count_rows(connection: Connection, shape: Shape) -> dict[int, int]:
    """How many rows each table holds itself."""
    tables = shape.holders()
    if not tables:
        return {}
    counts = ", ".join(f"(SELECT count(*) FROM {table.source})" for table in tables)
    row = connection.execute(f"SELECT ARRAY[{counts}]".encode()).fetchone()
    return {table.oid: number for table, number in zip(tables, row[0] if row else (), strict=True)}


def delete_all_rows(connection: Connection, shape: Shape, oid: int) -> None:
    """Delete all rows of a table, of its partitions, and what refers to them."""
    table = shape.tables[oid]
    connection.execute(f"DELETE FROM {table.source}".encode())
    delete_orphans(connection, shape)


def advance_sequences(connection: Connection) -> None:
    """Call every sequence once or twice, so that it does not stand where a new one would."""
    query = """
        SELECT nextval(c.oid), nextval(c.oid) FROM pg_catalog.pg_class AS c
        WHERE c.relkind = 'S' AND c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
    """
    try:
        connection.execute(query.encode())
    except psycopg.Error:
        return  # one that cannot go on says nothing about the others, which have moved
