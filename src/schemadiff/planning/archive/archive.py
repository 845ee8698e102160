"""What a script saves before it destroys it, so that the other script of the plan can give it back."""

from collections.abc import Container, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from schemadiff.catalog.fingerprint import digest
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.private_schema import DefaultGrantees
from schemadiff.catalog.sql import LONGEST_NAME, Quoted
from schemadiff.planning.archive.saved.columns import SavedValues
from schemadiff.planning.archive.saved.contents import Place, Saved
from schemadiff.planning.archive.saved.sequences import LastValue
from schemadiff.planning.sizes import Sizes
from schemadiff.planning.work.work import Work

_Kept = TypeVar("_Kept")


@dataclass(frozen=True)
class Archive:
    """What is saved, by the object that goes; `moves` name the parts that go along with a moved table.

    `changes` are columns whose values change with their type, `counters` those that stay and stop being identities.
    """

    saved: Mapping[Identity, Saved] = field(default_factory=dict)
    moves: Mapping[Identity, frozenset[Identity]] = field(default_factory=dict)
    changes: Mapping[Identity, SavedValues] = field(default_factory=dict)
    counters: Mapping[Identity, LastValue] = field(default_factory=dict)

    def only(self, objects: Container[Identity]) -> "Archive":
        """What concerns these objects."""
        return Archive(
            _only(self.saved, objects),
            _only(self.moves, objects),
            _only(self.changes, objects),
            _only(self.counters, objects),
        )

    @cached_property
    def movers(self) -> dict[Identity, Identity]:
        """Parts of moved tables, and the table of each."""
        return {part: table for table, parts in self.moves.items() for part in parts}


NOTHING = Archive()
"""Where nothing is saved."""


@dataclass(frozen=True, slots=True)
class Places:
    """Gives out names in the archive that are not `taken`; `others` may not reach what lies there."""

    taken: set[str]
    others: DefaultGrantees

    def free(self, identity: Identity) -> Place:
        """A place whose name tells what it holds."""
        name = _readable(identity.name)
        for number in range(2, 1000):
            if name not in self.taken:
                break
            name = _readable(Quoted(f"{identity.name} {number}"))
        self.taken.add(name)
        return Place(name, identity, self.others)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen so far, of what the work `up` destroys and `down` can give back; `immovable` tables are copied.

    The other fields are those of the Archive.
    """

    up: Work
    down: Work
    places: Places
    immovable: Set[Identity]
    sizes: Sizes
    saved: dict[Identity, Saved] = field(default_factory=dict)
    moves: dict[Identity, frozenset[Identity]] = field(default_factory=dict)
    changes: dict[Identity, SavedValues] = field(default_factory=dict)
    counters: dict[Identity, LastValue] = field(default_factory=dict)

    def dropped(self) -> list[Identity]:
        """What goes and can come back, sorted."""
        return sorted(self.up.drops & self.down.creates)


def _only(held: Mapping[Identity, _Kept], objects: Container[Identity]) -> dict[Identity, _Kept]:
    return {identity: kept for identity, kept in held.items() if identity in objects}


def _readable(name: Quoted) -> str:
    text = name.replace('"', "")
    if len(text.encode()) <= LONGEST_NAME:
        return text
    stem = text.encode()[: LONGEST_NAME - 9].decode(errors="ignore")
    return f"{stem} {digest(text)[:8]}"
