"""Made-up rows that a statement may rightly refuse are deleted."""

from collections.abc import Collection, Iterator

import psycopg

from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.desired.reading.relations import relations_in
from schemadiff.plans.model import Script
from schemadiff.proof.rows.orphaned_rows import delete_all_rows, delete_orphans
from schemadiff.proof.rows.shape import Connection, Shape, TableShape
from schemadiff.shadow.rehearsing.failed_step import Failure

_DATA_EXCEPTION, _CONSTRAINT_VIOLATION, _RAISED_IN_FUNCTION = "22", "23", "P0"
"""Classes of errors that rows cause."""


def caused_by_rows(failure: Failure, *, in_function: bool) -> bool:
    """Whether rows can make a statement fail like this; with `in_function`, also a function that raises an error."""
    classes = (_DATA_EXCEPTION, _CONSTRAINT_VIOLATION, *((_RAISED_IN_FUNCTION,) if in_function else ()))
    return failure.sqlstate[:2] in classes


def may_fail_on_rows(failure: Failure, script: Script) -> bool:
    """Whether rows that live may not have can make the statement fail like this."""
    return caused_by_rows(failure, in_function=_is_backfill(failure, script))


def says_it_may_fail(failure: Failure, script: Script) -> bool:
    """Whether the plan says that the statement may fail on rows."""
    return _is_backfill(failure, script) or Hazard.MAY_FAIL_ON_DATA in failure.step.hazards


def _is_backfill(failure: Failure, script: Script) -> bool:
    return any(segment.backfill and failure.step in segment.steps for segment in script.segments)


def delete_listed(connection: Connection, shape: Shape, preflight: Preflight, spare: set[int]) -> dict[Quoted, int]:
    """Delete the rows that a preflight lists, one by one; returns how many, by table.

    Tables in `spare` keep theirs.
    """
    deleted: dict[Quoted, int] = {}
    # rows that the script itself may delete before are not in the way
    left = 0 if preflight.waits else count_listed(connection, preflight)
    if not left:
        return deleted
    named = relations_in(preflight.rows)
    for table in shape.holders():
        if table.oid in spare or not (table.name in named or _parent_among(named, shape, table)):
            continue
        for place in _places(connection, table):
            if not left:
                return deleted
            with connection.transaction() as attempt:
                connection.execute(f"DELETE FROM {table.source} WHERE ctid = %s".encode(), [place])
                fewer = count_listed(connection, preflight)
                if fewer >= left:
                    raise psycopg.Rollback(attempt)
            if fewer < left:
                deleted[table.name] = deleted.get(table.name, 0) + left - fewer
                left = fewer
    delete_orphans(connection, shape)
    return deleted


def delete_suspects(connection: Connection, shape: Shape, failure: Failure, spare: set[int]) -> list[Quoted]:
    """Delete rows that may have made a statement fail; returns the tables that have fewer now.

    First those with NULL in the column of the error, then all but the first, which is the plainest, then all.
    """
    for table in _suspects(shape, failure):
        places = [] if table.oid in spare else _places(connection, table)
        if not places:
            continue
        column = next((column.name for column in table.columns.values() if column.name == failure.column), None)
        without = f"DELETE FROM {table.source} WHERE num_nulls({column}) = 1"
        if column and connection.execute(without.encode()).rowcount:
            delete_orphans(connection, shape)
        elif len(places) > 1:
            connection.execute(f"DELETE FROM {table.source} WHERE ctid <> %s".encode(), [places[0]])
            delete_orphans(connection, shape)
        else:
            delete_all_rows(connection, shape, table.oid)
        return [table.name]
    return []


def _suspects(shape: Shape, failure: Failure) -> Iterator[TableShape]:
    """The tables whose rows may have made a statement fail, the likeliest first."""
    tables = shape.holders()
    if failure.table is not None:
        yield from (table for table in tables if table.name == failure.table)
    # anywhere in the text: a DO block has no names in its parse tree
    text = f"{failure.step.sql} {failure.step.object} {failure.step.holder}"
    named = {table.name for table in shape.tables.values() if table.name in text}
    yield from (table for table in tables if table.name in named or _parent_among(named, shape, table))
    if failure.table is None:
        yield from tables


def _parent_among(names: Collection[Quoted], shape: Shape, table: TableShape) -> bool:
    """Whether the table is a partition or child, at any distance, of a table with one of these names."""
    parents = [shape.tables[oid] for oid in table.parents if oid in shape.tables]
    return any(parent.name in names or _parent_among(names, shape, parent) for parent in parents)


def _places(connection: Connection, table: TableShape) -> list[str]:
    query = f"SELECT ctid::text FROM {table.source} ORDER BY ctid"
    return [place for (place,) in connection.execute(query.encode())]


def count_listed(connection: Connection, preflight: Preflight) -> int:
    """How many rows a preflight lists; none where it cannot be asked yet."""
    query = f"SELECT count(*) FROM (\n{preflight.rows.strip().rstrip(';')}\n) AS rows"
    try:
        row = connection.execute(query.encode()).fetchone()
    except psycopg.Error:
        return 0
    return int(row[0]) if row else 0
