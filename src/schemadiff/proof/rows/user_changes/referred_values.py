"""Rows that foreign keys of other rows point at."""

from collections.abc import Iterable

from schemadiff.proof.rows.judging.snapshot import Row, Snapshot, TableSnapshot
from schemadiff.proof.rows.shape import Shape

Referred = dict[int, dict[tuple[int, ...], set[Row]]]
"""Values that foreign keys point at, by table and columns."""


def referred_values(shape: Shape, snapshot: Snapshot) -> Referred:
    """The values that the rows of a snapshot point at."""
    referred: Referred = {}
    for table in snapshot.tables.values():
        made = shape.tables.get(table.oid)
        places = {column.number: place for place, column in enumerate(table.columns)}
        for reference in made.references if made else ():
            own = [places[number] for number in reference.columns if number in places]
            values = {tuple(row[place] for place in own) for row in table.rows}
            for holder in _holders(shape, reference.parent):
                referred.setdefault(holder, {}).setdefault(reference.parent_columns, set()).update(values)
    return referred


def is_referred_to(referred: Iterable[Referred], table: TableSnapshot, row: Row) -> bool:
    """Whether a row of some of the snapshots points at this one."""
    places = {column.number: place for place, column in enumerate(table.columns)}
    for columns, values in (pair for by_table in referred for pair in by_table.get(table.oid, {}).items()):
        if tuple(row[places[number]] for number in columns if number in places) in values:
            return True
    return False


def _holders(shape: Shape, oid: int) -> list[int]:
    """The table and its children and partitions, one of which holds the row."""
    return [oid, *(holder for child in shape.children_of(oid) for holder in _holders(shape, child.oid))]
