"""The keys that backfills follow: each has to tell all rows of its table apart, or some would be passed over."""

from collections.abc import Iterable

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.sql import Quoted
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.difference.sides import Sides
from schemadiff.errors import Refused
from schemadiff.planning.archive.keys import tells_rows_apart


def refuse_unfit_keys(backfills: Iterable[Backfill], sides: Sides) -> None:
    """Errors: Refused for a backfill along a column that may be NULL, or that rows may share, before or after the plan.

    A table or column that one of the sides does not have is judged by the other.
    """
    for backfill in backfills:
        key = Identity(Column.KIND, Quoted(f"{backfill.table}.{backfill.key}"))
        for side, when in ((sides.live, "now"), (sides.desired, "after the plan")):
            if problem := _problem(side, key, Quoted(backfill.table)):
                raise Refused(
                    f"backfill {backfill.name}: its key {key.name} {problem} {when}, so rows would be passed over: "
                    f"name a column of {backfill.table} that is NOT NULL and a primary key, a unique constraint or a "
                    "unique index by itself (-- @backfill ... key=...)"
                )


def _problem(side: Catalog, key: Identity, table: Quoted) -> str | None:
    column = side.get(key)
    if not isinstance(column, Column):
        return None
    if not column.not_null:
        return "may be NULL"
    return None if tells_rows_apart(column, table, side) else "is not unique"
