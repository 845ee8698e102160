"""Sequences that are dropped: how far they have counted is noted."""

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.planning.archive.archive import Choice
from schemadiff.planning.archive.values import SavedSequence


def save_dropped(choice: Choice) -> None:
    """Note the last value of sequences that do not go along with a table."""
    moved = frozenset[Identity]().union(*choice.moves.values())
    for identity in choice.dropped():
        sequence = choice.up.live[identity]
        if isinstance(sequence, Sequence) and identity not in moved:
            choice.saved[identity] = SavedSequence(choice.places.free(identity), sequence.identity)
