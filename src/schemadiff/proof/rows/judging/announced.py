"""What a plan announces that it loses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.composite_type import CompositeType
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.range_type import RangeType
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.plans.model import Recovery, Script, Step

_HOLDERS = (Table.KIND, Column.KIND)
_BUILT_OF_TYPES = (CompositeType.KIND, Domain.KIND, RangeType.KIND)


@dataclass
class Announced:
    """What a script says it loses: objects, with all that is in them."""

    objects: set[Identity] = field(default_factory=set)

    def covers(self, lost: Identity, holders: Iterable[Quoted]) -> bool:
        """Whether the loss of an object, a part of the tables or columns `holders`, is announced."""
        return lost in self.objects or any(
            Identity(kind, name) in self.objects for name in holders for kind in _HOLDERS
        )


def announced(script: Script, live: Catalog, *, for_good: bool) -> Announced:
    """The losses that the steps of a script announce: `for_good` those that the other script does not make up for."""
    losses = Announced()
    for segment in script.segments:
        for step in chain.from_iterable(step.each for step in segment.steps):
            if _loses_for_good(step) or (Hazard.DATA_LOSS in step.hazards and not for_good):
                losses.objects.add(step.id)
                losses.objects.update(_also_lost(step.id, live) if step.id in live else ())
                if segment.backfill:
                    losses.objects.add(Identity(Table.KIND, Quoted(segment.backfill.table)))
    return losses


def altered_rows(script: Script, live: Catalog) -> set[Identity]:
    """The columns of composite types that a script alters: their values gain or lose parts."""
    types = {step.id for step in script.steps if step.kind == CompositeType.KIND and step.id in live}
    return {column for identity in types for column in _also_lost(identity, live)}


def _loses_for_good(step: Step) -> bool:
    return step.recovery is not Recovery.LOSSLESS or Hazard.IRREVERSIBLE in step.hazards


def _also_lost(identity: Identity, live: Catalog) -> Iterator[Identity]:
    """A column on child tables; columns of a type that loses attributes."""
    for child in live.children_of.get(identity, ()):
        yield child
        yield from _also_lost(child, live)
    if identity.kind not in _HOLDERS:
        for user in live.dependencies.needed_by[identity]:
            if user.kind == Column.KIND and user in live:
                yield user
            elif user.kind == Table.KIND and user in live:
                yield user  # it is a table OF the type, and columns of others may have its row type
                yield from (part for part in live.dependencies.needed_by[user] if part.kind == Column.KIND)
            elif user.kind in _BUILT_OF_TYPES:
                yield from _also_lost(user, live)
