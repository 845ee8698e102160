"""What of all that a script destroys is saved, and how."""

from collections.abc import Callable, Set

from schemadiff.catalog.identity import Identity
from schemadiff.planning.archive import columns, sequences, tables, types
from schemadiff.planning.archive.archive import Archive, Choice, Places
from schemadiff.planning.sizes import UNKNOWN, Sizes
from schemadiff.planning.work.work import Work

CHOOSING: tuple[Callable[[Choice], None], ...] = (
    # Tables first: what goes along with one that is moved needs nothing of its own.
    tables.save_dropped,
    columns.save_dropped,
    sequences.save_dropped,
    # What stays, but changes.
    columns.save_computed,
    columns.save_retyped,
    types.save_torn,
    sequences.save_identities,
)


def archive(up: Work, down: Work, taken: frozenset[str], immovable: Set[Identity], sizes: Sizes = UNKNOWN) -> Archive:
    """What the work `up` destroys and `down` can give back.

    Names in `taken` are in use in the archive; `immovable` tables are copied, and what `sizes` says
    is large is saved in batches.
    """
    choice = Choice(up, down, Places(set(taken), up.live.default_grantees), immovable, sizes)
    for choose in CHOOSING:
        choose(choice)
    return Archive(choice.saved, choice.moves, choice.changes, choice.counters)
