"""Rows whose foreign keys point at no row are deleted, until every reference holds."""

from schemadiff.catalog.sql import Sql
from schemadiff.proof.rows.shape import Connection, ForeignKey, Shape


def delete_orphans(connection: Connection, shape: Shape) -> bool:
    """Delete the rows that refer to missing ones, and whatever refers to those; returns whether there were any.

    For sessions in which triggers, and so foreign keys, do not fire.
    """
    statements = [_deletion(shape, reference) for table in shape.holders() for reference in table.references]
    removed = False
    while statements:
        with connection.pipeline():
            cursors = [connection.execute(statement.encode()) for statement in statements]
        if not any(cursor.rowcount for cursor in cursors):
            return removed
        removed = True
    return removed


def _deletion(shape: Shape, reference: ForeignKey) -> Sql:
    child, parent = shape.tables[reference.table], shape.tables[reference.parent]
    pairs = list(zip(reference.columns, reference.parent_columns, reference.operators, strict=True))
    if reference.temporal:
        pairs.pop()  # several rows together may cover a period
    names = [f"c.{child.columns[number].name}" for number, _, _ in pairs]
    holds = " AND ".join(
        f"p.{parent.columns[other].name} {operator} c.{child.columns[number].name}" for number, other, operator in pairs
    )
    refers = f"num_nulls({', '.join(names)}) {f'< {len(names)}' if reference.full else '= 0'}"
    missing = f"NOT EXISTS (SELECT FROM {parent.source} AS p WHERE {holds})"
    return Sql(f"DELETE FROM {child.source} AS c WHERE {refers} AND {missing}")


def delete_all_rows(connection: Connection, shape: Shape, oid: int) -> None:
    """Delete all rows of a table, of its partitions, and what refers to them."""
    table = shape.tables[oid]
    connection.execute(f"DELETE FROM {table.source}".encode())
    delete_orphans(connection, shape)
