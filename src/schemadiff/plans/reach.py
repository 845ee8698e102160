"""What a migration can touch: the part of both sides that a rehearsal needs to judge it as the whole would.

Changed objects come with everything that depends on them, and with everything that all of these need. So does what a
script names, whoever wrote it. pg_depend knows nothing of the bodies of routines that are strings: every object that
such a body mentions counts as needed. What holds for single kinds stands in reaching_kinds.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.inherited import inherited_from
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.sql import Quoted, last_name, names_in, unquoted
from schemadiff.desired.reading.parse_tree import parse
from schemadiff.difference.diff import diff
from schemadiff.difference.sides import Sides
from schemadiff.plans.model import BothWays, Step
from schemadiff.plans.reaching_kinds import (
    BODY_IS_TEXT,
    HOLDER_OF_ALL,
    NAMED_BY_STATEMENTS,
    REACHES_EVERYTHING,
    may_reach_everything,
    refers_elsewhere,
)


def reach(sides: Sides, scripts: BothWays) -> frozenset[Identity] | None:
    """The objects on either side that a rehearsal of `scripts` needs; None where only all of them will do."""
    steps = [*scripts.up.steps, *scripts.down.steps]
    if any(may_reach_everything(*parse(step.sql)) for step in steps):
        return None
    reached = _Reach(sides)
    for identity in diff(*sides):
        reached.change(identity)
    for step in steps:
        reached.change_by(step)
    return reached.settled()


def reach_at(now: Catalog, changed: Iterable[Identity], scripts: BothWays) -> frozenset[Identity] | None:
    """The objects of a database as it is now that `scripts`, which make these changes, touch or need; None for all."""
    steps = [*scripts.up.steps, *scripts.down.steps]
    if any(may_reach_everything(*parse(step.sql)) for step in steps):
        return None
    reached = _Reach((now,))
    for identity in changed:
        reached.change(identity)
    for step in steps:
        reached.change_by(step)
    return reached.settled()


class _Reach:
    """Collects objects: `touched` ones with what depends on them, `whole` ones with all parts, all with their needs."""

    def __init__(self, sides: Sequence[Catalog]) -> None:
        self._sides = sides
        self._touched: set[Identity] = set()
        self._whole: set[Identity] = set()
        self._held: set[Identity] = set()
        self._named: dict[str, set[Identity]] = defaultdict(set)
        for side in sides:
            for kind in NAMED_BY_STATEMENTS:
                for name in side.rows.get(kind, ()):
                    self._named[unquoted(last_name(name))].add(Identity(kind, Quoted(name)))
            for kind in REACHES_EVERYTHING:
                self._held.update(Identity(kind, Quoted(name)) for name in side.rows.get(kind, ()))

    def change(self, identity: Identity) -> None:
        """Take in an object that a script changes, and the table or other object that it is a part of."""
        self._touch(identity)
        for side in self._sides:
            built = side.get(identity)
            holder = side.holder(built) if built is not None else None
            if holder is not None and holder.kind != HOLDER_OF_ALL:
                self._touch(holder)

    def change_by(self, step: Step) -> None:
        """Take in what the step names; it may change all that, unless it is a step of a change known already."""
        known = step.id in self._touched
        for identity in self._mentioned([step.sql]):
            if known or identity.kind == HOLDER_OF_ALL:
                self._whole.add(identity)
            else:
                self.change(identity)

    def settled(self) -> frozenset[Identity]:
        """All objects, with everything that they need."""
        waiting = list(self._touched | self._whole | self._held)
        self._held = set(waiting)
        while waiting:
            identity = waiting.pop()
            for other in (*self._needs(identity), *self._parts(identity), *self._parents_and_children(identity)):
                if other not in self._held:
                    self._held.add(other)
                    waiting.append(other)
        return frozenset(self._held)

    def _touch(self, identity: Identity) -> None:
        waiting = [identity]
        while waiting:
            current = waiting.pop()
            if current not in self._touched:
                self._touched.add(current)
                for side in self._sides:
                    if current in side:
                        waiting.extend(side.dependencies.needed_by[current])

    def _needs(self, identity: Identity) -> Iterator[Identity]:
        for side in self._sides:
            if identity in side:
                yield from side.dependencies.needs[identity]
                yield from side.dependencies.falls_with[identity]
                if identity.kind in BODY_IS_TEXT:
                    yield from self._mentioned(str(value) for value in side.rows[identity.kind][identity.name])

    def _parts(self, identity: Identity) -> Iterator[Identity]:
        """What makes the object complete. A table that only others need does without parts that lead elsewhere."""
        complete = identity in self._whole
        for side in self._sides:
            for other in side.dependencies.needed_by[identity] if identity in side else ():
                cls = BY_NAME[other.kind]
                if other not in side or cls.within is CatalogObject.within:
                    continue
                part = side[other]
                if part.within() == identity and (complete or not refers_elsewhere(part)):
                    yield other

    def _parents_and_children(self, identity: Identity) -> Iterator[Identity]:
        """The same object on the parent table and on the children."""
        for side in self._sides:
            if (built := side.get(identity)) is not None:
                yield from side.children_of.get(identity, ())
                if (source := inherited_from(built)) is not None:
                    yield source

    def _mentioned(self, texts: Iterable[str]) -> Iterator[Identity]:
        for name in {name for text in texts for name in names_in(text)}:
            yield from self._named.get(name, ())
