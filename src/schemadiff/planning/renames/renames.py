"""Renames: a dropped object and a created one that are the same object under another name.

A catalog cannot tell a rename from a drop and an add. What the annotations or the user say is carried out first,
and the rest is planned against live as it is after them. A drop that stands beside a look-alike add, of objects
that hold data, is a question that somebody has to answer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.forms import named_parts
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.sql import Quoted, qualifier
from schemadiff.difference.diff import Change, diff
from schemadiff.difference.sides import Sides
from schemadiff.planning.renames.annotated import annotated_objects, annotated_parts
from schemadiff.planning.renames.policy import Rename, RenameMode, RenamePolicy, UnansweredRenames
from schemadiff.planning.renames.tables_and_columns import looks_of_column, looks_of_table

if TYPE_CHECKING:  # reading files is not needed to compare databases
    from schemadiff.desired.reading.annotations import Renamed


LOOKING: tuple[Callable[[Identity, Catalog], object], ...] = (looks_of_column, looks_of_table)
"""What an object that holds data looks like, if it is of the kind that the function is about; None otherwise."""


class Depth(Enum):
    """How deep an object stands: what it is a part of is renamed first."""

    SCHEMAS = "schemas and others that stand in none"
    HOLDERS = "tables and others that stand in schemas"
    PARTS = "their parts"

    @classmethod
    def of(cls, kind: str, name: str) -> "Depth | None":
        """The depth of an object; None where it has no name of its own."""
        made = BY_NAME[kind]
        if made.SATELLITE or made.NAMED_AFTER_OTHERS:
            return None
        if made.within is not CatalogObject.within:
            return cls.PARTS
        return cls.HOLDERS if qualifier(Quoted(name)) else cls.SCHEMAS


def wanted_renames(
    declared: "tuple[Renamed, ...]", policy: RenamePolicy, depth: Depth, made: Iterable[Rename], sides: Sides
) -> list[Rename]:
    """The renames of objects at one depth that annotations and answers ask for and that are still to be made.

    Answers call a part of what has been renamed by its old or its new name; `made` are the renames so far.
    """
    live, desired = sides
    pairs = [pair for note in declared for pair in annotated_objects(note, desired)]
    pairs += [(kind, _by_now(old, made), new) for old, new in policy.renamed for kind in live.rows]
    pairs = [(kind, old, new) for kind, old, new in pairs if Depth.of(kind, new) is depth]
    asked = [Rename(Identity(kind, Quoted(old)), Identity(kind, Quoted(new))) for kind, old, new in pairs]
    if depth is Depth.PARTS:
        asked += [Rename(of, of, part) for note in declared for of, part in annotated_parts(note, desired)]
    standing = [rename for rename in dict.fromkeys(asked) if _applies(rename, sides)]
    return _still_to_make(standing, sides)


def _by_now(old: str, made: Iterable[Rename]) -> str:
    """What an object is called after the renames of those that it is a part of."""
    for rename in made:
        holder, called = rename.old.name, rename.new.name
        if old.startswith(f"{holder}."):
            old = called + old.removeprefix(holder)
        elif old.endswith(f" ON {holder}"):
            old = old.removesuffix(holder) + called
    return old


def namesakes(sides: Sides) -> list[Rename]:
    """Objects without data that differ in nothing but their name: the key of a renamed table."""
    live, desired = sides
    changes = diff(live, desired)
    gone: dict[object, list[Identity]] = defaultdict(list)
    for identity, change in changes.items():
        if change.after is None and (likeness := live[identity].likeness()) is not None:
            gone[identity.kind, likeness].append(identity)
    found = []
    for identity, change in changes.items():
        if change.before is None:
            candidates = gone.get((identity.kind, desired[identity].likeness()))
            if candidates:
                found.append(Rename(candidates.pop(0), identity))
    return found


def look_alikes(changes: dict[Identity, Change], sides: Sides, policy: RenamePolicy) -> tuple[Rename, ...]:
    """Pairs of a dropped and a created table or column that look like one renamed object."""
    gone: dict[object, list[Identity]] = defaultdict(list)
    for identity, change in changes.items():
        if change.after is None and identity.name not in policy.kept and _stands_alone(change, changes):
            gone[_looks(identity, sides.live)].append(identity)
    gone.pop(None, None)
    found: list[Rename] = []
    for identity, change in changes.items():
        if change.before is None and _stands_alone(change, changes):
            candidates = gone.get(_looks(identity, sides.desired), ())
            found.extend(Rename(old, identity) for old in candidates)
    return tuple(found)


def refuse_unanswered(questions: Iterable[Rename], policy: RenamePolicy) -> None:
    """Raise UnansweredRenames if there are questions and the policy does not say never."""
    pairs = tuple(questions)
    if pairs and policy.mode is not RenameMode.NEVER:
        raise UnansweredRenames(pairs)


def _still_to_make(renames: list[Rename], sides: Sides) -> list[Rename]:
    """Leave out what is done: a new name that stands in live is free only if its bearer is renamed too."""
    changes = diff(*sides)
    touched = {built.within() for change in changes.values() if (built := change.before or change.after)}
    touched.update(changes)
    while True:
        leaving = {rename.old for rename in renames if rename.part is None}
        left = [
            rename
            for rename in renames
            if rename.part is not None
            or rename.new not in sides.live
            or (rename.new in leaving and touched & {rename.old, rename.new})
        ]
        if len(left) == len(renames):
            return left
        renames = left


def _applies(rename: Rename, sides: Sides) -> bool:
    """Whether the object stands in live under its old name and in desired under the new one."""
    live, desired = sides
    if rename.old not in live or rename.new not in desired:
        return False
    if rename.part is None:
        return rename.old != rename.new
    old, new = rename.part
    had, has = named_parts(live[rename.old]), named_parts(desired[rename.new])
    return old in had and new not in had and new in has and old not in has


def _stands_alone(change: Change, changes: dict[Identity, Change]) -> bool:
    """Whether the object's table is not itself new or gone."""
    built = change.before or change.after
    holder = built.within() if built else None
    return holder is None or holder not in changes or None not in (changes[holder].before, changes[holder].after)


def _looks(identity: Identity, catalog: Catalog) -> object:
    """What two objects share that may be one under two names; None for kinds that hold no data."""
    return next((looks for look in LOOKING if (looks := look(identity, catalog)) is not None), None)
