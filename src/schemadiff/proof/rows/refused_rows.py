"""Made-up rows that a statement may rightly refuse are taken out of its way."""

from collections.abc import Iterator

import psycopg

from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.plans.model import Script
from schemadiff.proof.rows.orphaned_rows import delete_all_rows, delete_orphans
from schemadiff.proof.rows.shape import Connection, Shape, TableShape
from schemadiff.shadow.rehearsal import Failure

_OF_DATA = ("22", "23")
"""Classes of errors that rows cause: data exceptions, and violated constraints."""


def may_fail_on_rows(failure: Failure, script: Script) -> bool:
    """Whether rows that live may not have can make the statement fail like this."""
    if any(segment.backfill and failure.step in segment.steps for segment in script.segments):
        return failure.sqlstate[:2] in (*_OF_DATA, "P0")
    return failure.sqlstate[:2] in _OF_DATA


def says_it_may_fail(failure: Failure, script: Script) -> bool:
    """Whether the plan says that the statement may fail on rows."""
    backfills = any(segment.backfill and failure.step in segment.steps for segment in script.segments)
    return backfills or Hazard.MAY_FAIL_ON_DATA in failure.step.hazards


def delete_listed(connection: Connection, shape: Shape, preflight: Preflight, spare: set[int]) -> dict[Quoted, int]:
    """Delete the rows that a preflight lists, one by one; how many went, by table.

    Tables in `spare` keep theirs.
    """
    gone: dict[Quoted, int] = {}
    # What the script itself may mend before is not in the way yet.
    left = 0 if preflight.waits else count_listed(connection, preflight)
    if not left:
        return gone
    for table in shape.holders():
        if table.oid in spare or not (table.name in preflight.rows or _parent_in(shape, table, preflight.rows)):
            continue
        for place in _places(connection, table):
            if not left:
                return gone
            with connection.transaction() as attempt:
                connection.execute(f"DELETE FROM {table.source} WHERE ctid = %s".encode(), [place])
                fewer = count_listed(connection, preflight)
                if fewer >= left:
                    raise psycopg.Rollback(attempt)
            if fewer < left:
                gone[table.name] = gone.get(table.name, 0) + left - fewer
                left = fewer
    delete_orphans(connection, shape)
    return gone


def delete_suspects(connection: Connection, shape: Shape, failure: Failure, spare: set[int]) -> list[Quoted]:
    """Delete rows that may have made a statement fail; the tables that have fewer now.

    First those without a value in the column that needs one, then all but the first, the plainest, then all.
    """
    for table in _suspects(shape, failure):
        if table.oid in spare:
            continue
        places = _places(connection, table)
        if not places:
            continue
        column = next((one.name for one in table.columns.values() if one.name == failure.column), None)
        if column and (
            connection.execute(f"DELETE FROM {table.source} WHERE num_nulls({column}) = 1".encode()).rowcount
        ):
            delete_orphans(connection, shape)
        elif len(places) > 1:
            connection.execute(f"DELETE FROM {table.source} WHERE ctid <> %s".encode(), [places[0]])
            delete_orphans(connection, shape)
        else:
            delete_all_rows(connection, shape, table.oid)
        return [table.name]
    return []


def _suspects(shape: Shape, failure: Failure) -> Iterator[TableShape]:
    """The tables whose rows may be in the way, the likeliest first."""
    tables = shape.holders()
    if failure.table is not None:
        yield from (table for table in tables if table.name == failure.table)
    text = f"{failure.step.sql} {failure.step.object} {failure.step.holder}"
    yield from (table for table in tables if table.name in text or _parent_in(shape, table, text))
    if failure.table is None:
        yield from tables


def _parent_in(shape: Shape, table: TableShape, text: str) -> bool:
    return any(
        shape.tables[oid].name in text or _parent_in(shape, shape.tables[oid], text)
        for oid in table.parents
        if oid in shape.tables
    )


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
