"""Indexes of partitions that belong to an index of the partitioned table: ALTER INDEX ... ATTACH PARTITION."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.index_attachment import IndexAttachment
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement, concerning
from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing


def without_partitions(built: CatalogObject, act: Act, writing: Writing) -> CatalogObject:
    """A partitioned index or key is made for the table alone where partitions have indexes to attach to it."""
    if isinstance(built, Constraint | Index) and _attached_with(act, writing):
        return replace(built, whole=False)
    return built


def attached(act: Act, writing: Writing) -> Iterator[Statement]:
    """ATTACH PARTITION for these indexes."""
    for attachment in _attached_with(act, writing):
        yield from concerning(attachment.id, attachment.create(), StepOperation.CREATE)


def _attached_with(act: Act, writing: Writing) -> list[IndexAttachment]:
    """Which indexes of partitions a new partitioned index or key takes in, if no part of it makes one there."""
    if not isinstance(writing.work.object(act), Constraint | Index):
        return []
    desired, identities = writing.work.desired, {part.identity for part in writing.parts(act)}
    found = [built for part in sorted(identities) if isinstance(built := desired[part], IndexAttachment)]
    return [] if any(attachment.within() in identities for attachment in found) else found


def completed_by_nothing(work: Work) -> Iterator[Identity]:
    """Partitioned indexes and keys that are invalid, and that no index of a partition is attached to any more.

    A partition that joins its table brings its index along, which validates nothing.
    """
    created = [identity for identity, change in work.changes.items() if change.before is None]
    attachments = [work.desired[identity] for identity in created if identity.kind == IndexAttachment.KIND]
    joining = {identity.name for identity in created if identity.kind == Inheritance.KIND}
    completed = {
        attachment.inherited_from()
        for attachment in attachments
        if isinstance(attachment, IndexAttachment) and _table_of(attachment, work.desired) not in joining
    }
    for identity, change in work.changes.items():
        before, after = change.before, change.after
        if not isinstance(before, Index | Constraint) or not isinstance(after, Index | Constraint):
            continue
        if after.whole and not before.whole and identity not in completed:
            yield identity


def _table_of(attachment: IndexAttachment, side: Catalog) -> Quoted | None:
    table = side.holder(attachment)
    return table.name if table is not None else None


def stays_without(join: Inheritance, part: Act, desired: Catalog) -> bool:
    """Whether a table has nothing attached to an index of its parent's, for which joining would build one."""
    index = desired.get(part.identity)
    if not isinstance(index, Index | Constraint) or not index.partitioned or index.whole:
        return False
    if index.within() == join.within():
        return False
    names = desired.rows.get(IndexAttachment.KIND, ())
    attached = [desired[Identity(IndexAttachment.KIND, Quoted(name))] for name in names]
    return not any(
        isinstance(one, IndexAttachment) and one.inherited_from() == index.id and desired.holder(one) == join.within()
        for one in attached
    )
