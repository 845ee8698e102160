"""Sequences, by themselves and behind identity columns: how far they have counted is recorded."""

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.planning.archive.archive import Choice, Places
from schemadiff.planning.archive.saved.sequences import LastValue


def save_dropped(choice: Choice) -> None:
    """Record the last value of sequences that do not go along with a table."""
    moved = frozenset[Identity]().union(*choice.moves.values())
    for identity in choice.dropped():
        sequence = choice.up.live[identity]
        if isinstance(sequence, Sequence) and identity not in moved:
            choice.saved[identity] = LastValue.of(choice.places.free(identity), sequence.identity)


def save_identities(choice: Choice) -> None:
    """Record the last value where a column stops being an identity and no other sequence goes on from there."""
    for identity, change in sorted(choice.up.alters.items()):
        before, after = change.before, change.after
        if not isinstance(before, Column) or not isinstance(after, Column) or before.inherits:
            continue
        if before.identity_kind and not (after.identity_kind or after.serial):
            choice.counters[identity] = last_value_of(before, choice.places)


def last_value_of(column: Column, places: Places) -> LastValue:
    """The last value of the sequence behind an identity column, with a place of its own."""
    return LastValue.behind(places.free(column.id), column.table, column.name)
