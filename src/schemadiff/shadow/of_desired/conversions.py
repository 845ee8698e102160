"""`@using` annotations: how the values of a column become values of another type."""

from collections.abc import Iterable

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.sql import quote_ident
from schemadiff.desired.reading.annotations import Using

_PLACE = Column.COLUMNS.index("using")


def annotate(desired: Catalog, notes: Iterable[Using]) -> None:
    """Write each annotation's expression into its column of `desired`, before any object is built from it."""
    rows = desired.rows[Column.KIND]
    for note in notes:
        names = (note.object.schema, note.object.relation, note.object.name)
        identity = ".".join(quote_ident(name or "") for name in names)
        if identity in rows:
            values = list(rows[identity])
            values[_PLACE] = note.expression
            rows[identity] = tuple(values)
