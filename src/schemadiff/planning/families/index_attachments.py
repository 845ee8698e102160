"""Indexes of partitions that belong to an index of the partitioned table: ALTER INDEX ... ATTACH PARTITION."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.index_attachment import IndexAttachment
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement, concerning
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing

_OWNER, _PARENT = (IndexAttachment.COLUMNS.index(name) for name in ("owner_kind", "parent_kind"))


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


def order_attached(graph: Graph, work: Work) -> None:
    """Of indexes of a partition that are alike, a partitioned index takes in the oldest: its own is built first."""
    made = [act for act in graph.before if act.operation is Operation.CREATE]
    built = [(act, one) for act in made if isinstance(one := work.object(act), Index | Constraint) and one.columns]
    taken = [(act, one) for act, one in built if isinstance(one, Index) and one.inherits]
    if not taken:
        return
    others: dict[tuple[Identity | None, tuple[Quoted | None, ...]], list[Act]] = defaultdict(list)
    for act, one in built:
        if not one.inherits:
            others[one.within(), one.columns].append(act)
    for act, one in taken:
        for other in others.get((one.within(), one.columns), ()):
            graph.add(act, other)


def keys_of_index(identity: Identity, work: Work) -> Iterator[Identity]:
    """Keys of partitions attached to a partitioned index that is dropped, and that index where such a key is.

    Neither goes without the other: the index requires the key, and the key depends on the index.
    """
    if identity.kind not in (Index.KIND, Constraint.KIND) or identity not in work.drops:
        return
    for attachment in _of_keys(work):
        whole, key = attachment.inherited_from(), attachment.within()
        other = key if identity == whole else whole if identity == key else None
        if (
            other is not None
            and other not in work.drops
            and other in work.desired
            and _stays_attached(attachment, work)
        ):
            yield other


def falls_with_index(act: Act, graph: Graph, work: Work) -> Act | None:
    """The DROP of a partitioned index that takes a partition's key along."""
    if act.operation is not Operation.DROP or act.identity.kind != Constraint.KIND:
        return None
    for attachment in _of_keys(work):
        drop = Act(Operation.DROP, attachment.inherited_from())
        if attachment.within() == act.identity and drop in graph.before and _stays_attached(attachment, work):
            return drop
    return None


def with_keys(act: Act, written: tuple[Statement, ...], work: Work) -> tuple[Statement, ...]:
    """The statements that drop a partitioned index, with the keys of partitions that depend on it."""
    if act.identity.kind != Index.KIND:
        return written
    attached = (one for one in _of_keys(work) if one.inherited_from() == act.identity)
    if any(_stays_attached(attachment, work) for attachment in attached):
        return tuple(replace(statement, sql=Sql(f"{statement.sql} CASCADE")) for statement in written)
    return written


def _of_keys(work: Work) -> Iterator[IndexAttachment]:
    """The attachments of keys to an index that is none's, which nothing else ties to each other."""
    for values in work.live.rows.get(IndexAttachment.KIND, {}).values():
        if values[_OWNER] == Constraint.KIND and values[_PARENT] == Index.KIND:
            yield IndexAttachment.of(values)


def _stays_attached(attachment: IndexAttachment, work: Work) -> bool:
    """Whether the partition is there, and one, until its index goes."""
    table = work.live.holder(attachment)
    return table is not None and table not in work.drops and Identity(Inheritance.KIND, table.name) not in work.drops


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
