"""What Postgres does to children by itself when it is done to the parent table."""

from collections.abc import Iterable

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.index_attachment import IndexAttachment
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import Change
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def follow_parents(work: Work) -> None:
    """Let each child's object be altered from what its parent's change makes of it, not from what it was."""
    if not work.desired.rows.get(Inheritance.KIND):
        return
    changed = work.alters.keys() | work.creates
    for child in [work.desired[heir] for source in sorted(changed) for heir in work.desired.heirs.get(source, ())]:
        source = child.inherited_from()
        if source is None or not _stays_joined(child, source, work):
            continue
        if child.id in work.drops and source not in work.creates:
            continue
        found = _as_parent_leaves_it(child, source, work)
        if found is None:
            continue
        compared = type(child).COLUMNS[: type(child).COMPARED]
        differing = tuple(name for name in compared if getattr(found, name) != getattr(child, name))
        if child.id in work.creates:
            differing += tuple(name for name in sorted(type(child).NOT_PASSED_ON) if getattr(child, name))
        if not differing and child.id in work.alters:
            work.follows[child.id] = source
        elif differing:
            work.alters[child.id] = Change(child.id, found, child, differing)


def _as_parent_leaves_it(child: CatalogObject, source: Identity, work: Work) -> CatalogObject | None:
    """The child's object after the parent's change reached it, or None where none does."""
    passed_on = set(type(child).ALTERING) - type(child).NOT_PASSED_ON
    before = work.live.get(child.id)
    if source in work.creates:
        made_here = child.id in work.creates and child.made_with_parent()
        if not made_here and not (child.set_with_parent() and before is not None):
            return None
        return child.passed_on((work.desired[source], work.desired[source]), passed_on)
    if source not in work.alters or before is None or child.id in work.creates:
        return None
    was = work.alters[source].before
    changed = passed_on.intersection(work.alters[source].fields)
    return before.passed_on((was or work.desired[source], work.desired[source]), changed)


def order_children(made: Graph, work: Work) -> None:
    """What a child needs beyond its parent's change comes after it."""
    for act in list(made.before):
        operation, identity = act
        if operation is Operation.ALTER:
            made.add(Act(Operation.CREATE, identity), act)
        built = work.object(act)
        source = built.inherited_from()
        if source is None or (operation is Operation.CREATE and source in built.precedes()):
            continue
        if not _stays_joined(built, source, work):
            continue
        if operation is Operation.ALTER and _goes_first(built, source, work):
            made.add(act, Act(Operation.ALTER, source))
        else:
            for earlier in (Operation.DROP,) if operation is Operation.DROP else (Operation.CREATE, Operation.ALTER):
                made.add(Act(earlier, source), act)


def _goes_first(built: CatalogObject, source: Identity, work: Work) -> bool:
    parent = work.desired.get(source)
    return parent is not None and built.alters_first(parent, set(work.alters[built.id].fields))


def parents_act(act: Act, work: Work) -> Act | None:
    """The act on the parent's object that brings this one about, or None if it needs a statement."""
    built = work.object(act)
    source, table = built.inherited_from(), _table(act, work)
    if source is None or table is None:
        return None
    joining = Identity(Inheritance.KIND, table.name)
    brought = built.comes_with_parents() and (table in work.creates or not built.needed_to_join())
    if act.operation is Operation.CREATE and brought and joining in work.creates:
        return Act(act.operation, joining)
    if not _stays_joined(built, source, work):
        return None
    match act.operation:
        case Operation.CREATE:
            along = built.made_with_parent() or isinstance(built, IndexAttachment)
            return Act(act.operation, source) if source in work.creates and along else None
        case Operation.DROP:
            falls = built.goes_with_parent() and not children_keep(source, work)
            return Act(act.operation, source) if source in work.drops and falls else None
        case Operation.RELEASE | Operation.RESTORE:
            return Act(act.operation, source) if source in work.releases else None
        case Operation.ALTER:
            return Act(act.operation, source) if work.follows.get(act.identity) == source else None
    return None


def attached_with(parts: Iterable[Act], desired: Catalog) -> list[IndexAttachment]:
    """Which indexes of partitions a new partitioned index or key takes in, if none of its `parts` makes one there."""
    identities = {part.identity for part in parts}
    found = [built for part in sorted(identities) if isinstance(built := desired[part], IndexAttachment)]
    return [] if any(attachment.within() in identities for attachment in found) else found


def children_keep(source: Identity, work: Work) -> bool:
    """Whether a child that has the object from its parent goes on with it as its own."""
    return any(
        heir not in work.drops and work.live[heir].keeps_without_parent() for heir in work.live.heirs.get(source, ())
    )


def _table(act: Act, work: Work) -> Identity | None:
    """The table that holds the object."""
    side = work.live if act.operation is Operation.DROP else work.desired
    return side.holder(side[act.identity])


def _stays_joined(built: CatalogObject, source: Identity, work: Work) -> bool:
    """Whether the object's table stays below the one that holds `source` all the while."""
    side = work.desired if built.id in work.desired and source in work.desired else work.live
    table, above = side.holder(built), side.get(source)
    parent = side.holder(above) if above is not None else None
    if table is None or parent is None or {table, parent} & (work.drops | work.creates):
        return False
    return _stays_below(table.name, parent.name, work)


def _stays_below(table: Quoted, ancestor: Quoted, work: Work) -> bool:
    join = Identity(Inheritance.KIND, table)
    before, after = work.live.get(join), work.desired.get(join)
    if not isinstance(before, Inheritance) or not isinstance(after, Inheritance) or join in work.drops:
        return False
    kept = after.kept(before)
    return ancestor in kept or any(_stays_below(parent, ancestor, work) for parent in kept)
