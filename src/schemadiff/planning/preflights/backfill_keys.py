"""The keys that backfills follow: each has to tell all rows of its table apart, or some would be passed over."""

from collections.abc import Iterable

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.sql import Quoted
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.difference.sides import Sides
from schemadiff.errors import Refused
from schemadiff.planning.archive.keys import tell_rows_apart


def refuse_unfit_keys(backfills: Iterable[Backfill], sides: Sides) -> None:
    """Errors: Refused for a backfill along columns that may be NULL, or that rows may share, before or after the plan.

    A table or column that one of the sides does not have is judged by the other.
    """
    for backfill in backfills:
        for side, when in ((sides.live, "now"), (sides.desired, "after the plan")):
            if problem := _problem(side, backfill):
                raise Refused(
                    f"backfill {backfill.name}: its key {problem} {when}, so rows would be passed over: name columns "
                    f"of {backfill.table} that are NOT NULL and a primary key, a unique constraint or a unique index "
                    "by themselves (-- @backfill ... key=id, or key=tenant,id)"
                )


def _problem(side: Catalog, backfill: Backfill) -> str | None:
    identities = [Identity(Column.KIND, Quoted(f"{backfill.table}.{name}")) for name in backfill.keys]
    columns = [column for column in map(side.get, identities) if isinstance(column, Column)]
    if len(columns) < len(identities):
        return None
    for column in columns:
        if not column.not_null:
            return f"{column.id.name} may be NULL"
    if tell_rows_apart(columns, Quoted(backfill.table), side):
        return None
    name = identities[0].name if len(identities) == 1 else f"{backfill.table} ({backfill.key})"
    return f"{name} is not unique"
