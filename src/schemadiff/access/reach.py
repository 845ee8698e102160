"""How far a role gets with one action on one object."""

from dataclasses import dataclass, field
from enum import IntEnum

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted


class Extent(IntEnum):
    """To how many rows an action reaches."""

    NOTHING = 0
    SOME = 1
    """Those that policies, or a view's own relations, let through."""
    EVERYTHING = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy that decides on rows, with its condition as the server prints it."""

    name: Quoted
    condition: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What an action reaches, and why no more.

    `columns` are the only ones that it reaches, None for all. `reads` are the relations, and columns of such, that a
    view brings within reach with the rights of `acting`, its owner; a function runs with those of `acting`, too.
    `obstacle` says what stops it where nothing is reached; `fails` tells that whoever tries gets an error because of
    what stands behind the object, although it is itself open to the role.
    """

    extent: Extent
    columns: frozenset[Quoted] | None = None
    permits: frozenset[Rule] = frozenset()
    """Permissive policies of which any lets a row through."""
    demands: frozenset[Rule] = frozenset()
    """Restrictive policies of which each has to let it through."""
    reads: frozenset[Quoted] = frozenset()
    acting: Quoted | None = None
    obstacle: str = ""
    fails: bool = False
    hidden: bool = False
    """Whether the action is allowed, and row-level security leaves no row to it."""
    culprit: Identity | None = None
    """What it fails on, or what no privilege is held on."""
    beneath: tuple["Base", ...] = field(default=(), compare=False)
    """What a view stands on."""

    @property
    def reaches(self) -> bool:
        """Whether there is anything that the action reaches."""
        return self.extent is not Extent.NOTHING


@dataclass(frozen=True, slots=True)
class Base:
    """A relation that a view reads, and how far whoever it reads as gets there."""

    relation: Quoted
    reach: Reach


def nothing(obstacle: str, *, fails: bool = False, hidden: bool = False, culprit: Identity | None = None) -> Reach:
    """No row, because of `obstacle`."""
    return Reach(Extent.NOTHING, obstacle=obstacle, fails=fails, hidden=hidden, culprit=culprit)
