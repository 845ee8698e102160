"""Identity columns: how far the sequences behind them have counted."""

from schemadiff.catalog.kinds.column.column import Column
from schemadiff.planning.archive.archive import Choice, Places
from schemadiff.planning.archive.sql import Counter


def counter_of(column: Column, places: Places) -> Counter:
    """The last value of the column's sequence, with a place of its own."""
    return Counter(places.free(column.id), column.table, column.name)


def save_counters(choice: Choice) -> None:
    """Note the last value where a column stops being an identity and no other sequence goes on from there."""
    for identity, change in sorted(choice.up.alters.items()):
        before, after = change.before, change.after
        if not isinstance(before, Column) or not isinstance(after, Column) or before.inherits:
            continue
        if before.identity_kind and not (after.identity_kind or after.serial):
            choice.counters[identity] = counter_of(before, choice.places)
