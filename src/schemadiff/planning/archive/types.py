"""Composite types and enums: what is lost of the values in columns when their type is replaced."""

from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.composite_type import CompositeType
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.enum import EnumType
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.archive import Choice
from schemadiff.planning.archive.keys import rows_of
from schemadiff.planning.archive.saved.columns import SavedValues
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing


def lost_by_replacing(identity: Identity, work: Work) -> tuple[Hazard, ...]:
    """What befalls values of columns because their type is dropped and created again.

    They come back without the attributes that a composite type no longer has.
    """
    before, after = work.live.get(identity), work.desired.get(identity)
    if not isinstance(before, CompositeType) or not isinstance(after, CompositeType) or identity not in work.creates:
        return ()
    lost = set(before.names) - set(after.names)
    return (Hazard.DATA_LOSS,) if lost and before.in_use else ()


def lost_with_attributes(act: Act, statement: Statement, writing: Writing) -> bool | None:
    """Replacing a type loses what columns have in attributes that go, unless these values are saved or go anyway."""
    if not lost_by_replacing(act.identity, writing.work):
        return None
    return bool(holders_of(act.identity, writing.work.live) - writing.saving.changes.keys() - writing.work.drops)


def save_torn(choice: Choice) -> None:
    """Copy values that lose attributes or labels because their type is replaced while they wait in another one."""
    work = choice.up
    types = [type_ for type_ in work.drops if lost_by_replacing(type_, work)]
    torn = {column for type_ in types for column in holders_of(type_, work.live)}
    for identity in sorted(work.releases):
        before, after = work.live[identity], work.desired.get(identity)
        if not isinstance(before, Column) or not isinstance(after, Column) or before.inherited_from():
            continue
        is_torn = after.using is None and identity in torn
        if is_torn or (after.using is not None and lost_labels(identity, work.live, work.desired)):
            rows = rows_of(before.table, {identity}, work)
            if rows is not None:
                place, type_ = choice.places.free(identity), Sql("text") if is_torn else before.type
                choice.changes[identity] = SavedValues(place, rows, before.name, type_, None, released=is_torn)


def converted_once(restored: CatalogObject, work: Work) -> CatalogObject:
    """A column whose type was only replaced is not converted: its annotation speaks of labels that go."""
    if isinstance(restored, Column) and not lost_labels(restored.id, work.live, work.desired):
        return replace(restored, using=None)
    return restored


def holders_of(type_: Identity, live: Catalog) -> set[Identity]:
    """The columns of tables with values of a type, in rows, arrays and domains too."""
    columns: set[Identity] = set()
    seen, waiting = {type_}, [type_]
    while waiting:
        for user in live.dependencies.needed_by[waiting.pop()] - seen:
            seen.add(user)
            if isinstance(live.get(user), Column):
                columns.add(user)
            elif user.kind in (Table.KIND, CompositeType.KIND, Domain.KIND):
                waiting.append(user)
    return columns


def lost_labels(column: Identity, live: Catalog, desired: Catalog) -> bool:
    """Whether an enum of the column loses labels, so that an annotation says what becomes of them."""
    for needed in desired.dependencies.needs.get(column, set()):
        before, after = live.get(needed), desired.get(needed)
        if isinstance(before, EnumType) and isinstance(after, EnumType) and set(before.labels) - set(after.labels):
            return True
    return False
