"""What a migration can touch: the part of two catalogs that a rehearsal needs to judge it as the whole would.

Changed objects come with everything that depends on them, and with everything that all of these need. So does what a
script names, whoever wrote it. pg_depend knows nothing of the bodies of routines that are strings: every object that
such a body mentions counts as needed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.inherited import inherited_from
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.kinds.cast import Cast
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.event_trigger import EventTrigger
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.privilege.default_privileges import DefaultPrivileges
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.kinds.publication import Publication
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.kinds.sequence import Sequence as SequenceKind
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.sql import Quoted, last_name, unquoted
from schemadiff.difference.diff import diff
from schemadiff.plans.model import Script, Step

EVERYWHERE = (EventTrigger, DefaultPrivileges, Publication, Cast)
"""Kinds whose objects reach statements about others without a dependency."""

_NAMED = tuple(
    cls
    for cls in BY_NAME.values()
    if not cls.SATELLITE and (cls.within is CatalogObject.within or cls in (Index, SequenceKind))
)
"""Kinds whose objects a statement can name by themselves: no column, no policy."""

_WORD = re.compile(r'"((?:[^"]|"")+)"|([^\W\d][\w$]*)')

_BOUNDLESS = re.compile(
    r"\s*(?:DO|CALL|REASSIGN\s+OWNED|DROP\s+OWNED)\b|.*\bALL\s+(?:\w+\s+)?IN\s+(?:SCHEMA|TABLESPACE)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Statements that reach objects without naming them."""


def reach(live: Catalog, desired: Catalog, scripts: Sequence[Script]) -> frozenset[Identity] | None:
    """The objects on either side that a rehearsal of `scripts` needs; None where only all of them will do."""
    steps = [step for script in scripts for step in script.steps]
    if any(_BOUNDLESS.match(step.sql) for step in steps):
        return None
    found = _Reach((live, desired))
    for identity in diff(live, desired):
        found.change(identity)
    for step in steps:
        found.change_by(step)
    return found.settled()


class _Reach:
    """Collects objects: those `touched` bring what depends on them, those `whole` all their parts, all their needs."""

    def __init__(self, sides: tuple[Catalog, ...]) -> None:
        self._sides = sides
        self._touched: set[Identity] = set()
        self._whole: set[Identity] = set()
        self._held: set[Identity] = set()
        self._named: dict[str, set[Identity]] = defaultdict(set)
        for side in sides:
            for cls in _NAMED:
                for name in side.rows.get(cls.KIND, ()):
                    self._named[unquoted(last_name(name))].add(Identity(cls.KIND, Quoted(name)))
            for cls in EVERYWHERE:
                self._held.update(Identity(cls.KIND, Quoted(name)) for name in side.rows.get(cls.KIND, ()))

    def change(self, identity: Identity) -> None:
        """Take in an object that a script changes, and the table or other object that it is a part of."""
        self._touch(identity)
        for side in self._sides:
            built = side.get(identity)
            holder = side.holder(built) if built is not None else None
            if holder is not None and holder.kind != Schema.KIND:
                self._touch(holder)

    def change_by(self, step: Step) -> None:
        """Take in what the step names; it may change all that, unless it is a step of a change known already."""
        known = step.object in {str(identity) for identity in self._touched}
        for identity in self._mentioned([step.sql]):
            if known or identity.kind == Schema.KIND:
                self._whole.add(identity)
            else:
                self.change(identity)

    def settled(self) -> frozenset[Identity]:
        """All objects, after the last one that is needed has come in."""
        waiting = list(self._touched | self._whole | self._held)
        self._held = set(waiting)
        while waiting:
            identity = waiting.pop()
            for other in (*self._needs(identity), *self._parts(identity), *self._kin(identity)):
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
                if identity.kind in (Function.KIND, Procedure.KIND):
                    yield from self._mentioned(str(value) for value in side.rows[identity.kind][identity.name])

    def _parts(self, identity: Identity) -> Iterator[Identity]:
        """What makes the object complete. A table that only others need does without foreign keys and triggers."""
        lean = identity not in self._whole
        for side in self._sides:
            for other in side.dependencies.needed_by[identity] if identity in side else ():
                cls = BY_NAME[other.kind]
                if other not in side or cls.within is CatalogObject.within:
                    continue
                built = side[other]
                outward = isinstance(built, Trigger) or (isinstance(built, Constraint) and built.type == "f")
                if built.within() == identity and not (lean and outward):
                    yield other

    def _kin(self, identity: Identity) -> Iterator[Identity]:
        """The same object on the parent table and on the children."""
        for side in self._sides:
            if (built := side.get(identity)) is not None:
                yield from side.children_of.get(identity, ())
                if (source := inherited_from(built)) is not None:
                    yield source

    def _mentioned(self, texts: Iterable[str]) -> Iterator[Identity]:
        for name in {quoted.replace('""', '"') or plain.lower() for t in texts for quoted, plain in _WORD.findall(t)}:
            yield from self._named.get(name, ())
