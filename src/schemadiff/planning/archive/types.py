"""Types whose values columns hold: what is lost of these when the type is replaced."""

from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.composite_type import CompositeType
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.enum import EnumType
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.planning.work.work import Work


def lost_by_replacing(identity: Identity, work: Work) -> tuple[Hazard, ...]:
    """What befalls values of columns because their type is dropped and created again."""
    before, after = work.live.get(identity), work.desired.get(identity)
    if not isinstance(before, CompositeType) or not isinstance(after, CompositeType) or identity not in work.creates:
        return ()
    return after.lost_by_replacing(before)


def converted_once(restored: CatalogObject, work: Work) -> CatalogObject:
    """A column whose type was only replaced is not converted: its annotation speaks of labels that go."""
    if isinstance(restored, Column) and not lost_labels(restored.id, work.live, work.desired):
        return replace(restored, using=None)
    return restored


def holders_of(type_: Identity, live: Catalog) -> set[Identity]:
    """The columns of tables with values of a type, in rows, arrays and domains too."""
    found: set[Identity] = set()
    seen, waiting = {type_}, [type_]
    while waiting:
        for user in live.dependencies.needed_by[waiting.pop()] - seen:
            seen.add(user)
            built = live.get(user)
            if isinstance(built, Column):
                found.add(user)
            elif user.kind in (Table.KIND, CompositeType.KIND, Domain.KIND):
                waiting.append(user)
    return found


def lost_labels(column: Identity, live: Catalog, desired: Catalog) -> bool:
    """Whether an enum of the column loses labels, so that an annotation says what becomes of them."""
    for needed in desired.dependencies.needs.get(column, set()):
        before, after = live.get(needed), desired.get(needed)
        if isinstance(before, EnumType) and isinstance(after, EnumType) and set(before.labels) - set(after.labels):
            return True
    return False
