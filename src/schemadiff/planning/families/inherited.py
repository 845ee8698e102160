"""What Postgres does to children by itself when it is done to the parent table."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.inherited import Inherited, inherited_from
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import Change
from schemadiff.planning.families.joins import join_of, leaves
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def whole_index(identity: Identity, work: Work) -> Iterator[Identity]:
    """A partition's index or key cannot be dropped alone: what it is a part of is created again with it."""
    built = work.live.get(identity)
    if identity not in work.drops or not isinstance(built, Inherited):
        return
    whole, table = built.inherited_from(), work.live.holder(built)
    if built.made_with_parent() or built.keeps_without_parent() or table is None:
        return
    if whole is None or whole in work.drops or whole not in work.desired:
        return
    if table not in work.drops and join_of(table) not in work.drops:
        yield whole


def parts_of_partitions(identity: Identity, work: Work) -> Iterator[Identity]:
    """What partitions have of a partitioned table's object falls with it, and is created again if they keep it."""
    for child in work.live.children_of.get(identity, ()) if identity in work.drops else ():
        built = work.live[child]
        stays = (isinstance(built, Inherited) and built.keeps_without_parent()) or leaves(built, work)
        if child in work.desired and child not in work.drops and not stays:
            yield child


def follow_parents(work: Work) -> None:
    """Let each child's object be altered from what its parent's change makes of it, not from what it was."""
    if not work.desired.rows.get(Inheritance.KIND):
        return
    changed = work.alters.keys() | work.creates
    for child in [
        work.desired[name] for source in sorted(changed) for name in work.desired.children_of.get(source, ())
    ]:
        source = inherited_from(child)
        if not isinstance(child, Inherited) or source is None or not _stays_joined(child, source, work):
            continue
        if child.id in work.drops and source not in work.creates:
            continue
        followed = _as_parent_leaves_it(child, source, work)
        if followed is None:
            continue
        compared = type(child).COLUMNS[: type(child).COMPARED]
        differing = tuple(name for name in compared if getattr(followed, name) != getattr(child, name))
        if child.id in work.creates:
            own = type(child).NOT_PASSED_ON - type(child).GAINED
            differing += tuple(name for name in sorted(own) if getattr(child, name))
        if not differing and child.id in work.alters:
            work.follows[child.id] = source
        elif differing:
            work.alters[child.id] = Change(child.id, followed, child, differing)


def _as_parent_leaves_it(child: Inherited, source: Identity, work: Work) -> Inherited | None:
    """The child's object after the parent's change reached it, or None where none does."""
    passed_on = set(type(child).ALTERING) - type(child).NOT_PASSED_ON
    before, parent = work.live.get(child.id), work.desired.get(source)
    if not isinstance(parent, Inherited):
        return None
    if source in work.creates:
        made_here = child.id in work.creates and child.made_with_parent()
        if not made_here and not (child.set_with_parent() and before is not None):
            return None
        return child.passed_on((parent, parent), passed_on)
    if source not in work.alters or not isinstance(before, Inherited) or child.id in work.creates:
        return None
    was = work.alters[source].before
    changed = passed_on.intersection(work.alters[source].fields)
    return before.passed_on((was if isinstance(was, Inherited) else parent, parent), changed)


def order_children(graph: Graph, work: Work) -> None:
    """What a child needs beyond its parent's change comes after it."""
    for act in list(graph.before):
        operation, identity = act
        if operation is Operation.ALTER:
            graph.add(Act(Operation.CREATE, identity), act)
        built = work.object(act)
        if not isinstance(built, Inherited):
            continue
        source = built.inherited_from()
        if operation is Operation.CREATE:
            _order_before_parents(act, built, graph, work)
        if source is None or (operation is Operation.CREATE and source in built.precedes()):
            continue
        if not _stays_joined(built, source, work):
            continue
        if operation is Operation.ALTER and _goes_first(built, source, work):
            graph.add(act, Act(Operation.ALTER, source))
        else:
            for earlier in (Operation.DROP,) if operation is Operation.DROP else (Operation.CREATE, Operation.ALTER):
                graph.add(Act(earlier, source), act)


def _order_before_parents(act: Act, built: Inherited, graph: Graph, work: Work) -> None:
    """What a partition has of its own stands before the parent's, unless the parent's table is new, too."""
    for later in built.precedes():
        holder = work.desired[later].within() if later in work.desired else None
        if holder is None or Act(Operation.CREATE, holder) not in graph.before:
            graph.add(act, Act(Operation.CREATE, later))


def _goes_first(built: Inherited, source: Identity, work: Work) -> bool:
    parent = work.desired.get(source)
    return isinstance(parent, Inherited) and built.alters_first(parent, set(work.alters[built.id].fields))


def parents_act(act: Act, graph: Graph, work: Work) -> Act | None:
    """The act on the parent's object that brings this one about, or None if it needs a statement."""
    built = work.object(act)
    source, table = inherited_from(built), _table(act, work)
    if not isinstance(built, Inherited) or source is None or table is None:
        return None
    brought = built.comes_with_parents() and (table in work.creates or not built.needed_to_join())
    if act.operation is Operation.CREATE and brought and join_of(table) in work.creates:
        return Act(act.operation, join_of(table))
    if act.operation is Operation.DROP and _goes_with_both_tables(built, source, work):
        return Act(act.operation, source)
    if not _stays_joined(built, source, work):
        return None
    match act.operation:
        case Operation.CREATE:
            along = source in work.creates and built.written_with_parent()
        case Operation.DROP:
            along = source in work.drops and built.goes_with_parent() and not children_keep(source, work)
        case Operation.RELEASE | Operation.RESTORE:
            along = source in work.releases
        case Operation.ALTER:
            along = work.follows.get(act.identity) == source
    return Act(act.operation, source) if along else None


def _goes_with_both_tables(built: Inherited, source: Identity, work: Work) -> bool:
    """Whether a foreign key is dropped as its parent's copy, where both tables are dropped and need not part before."""
    table = work.live.holder(built)
    join = work.live.get(join_of(table)) if table is not None else None
    if not isinstance(join, Inheritance) or join.bound is None or not built.binds_tables():
        return False
    above = {table, *(Identity("table", parent) for parent in join.parents)}
    return source in work.drops and above <= work.drops


def owners_left(built: CatalogObject, work: Work) -> set[Identity]:
    """What the object no longer falls with, since its table leaves its parents first."""
    source = inherited_from(built)
    return {source} if source is not None and leaves(built, work) else set()


def children_keep(source: Identity, work: Work) -> bool:
    """Whether a child that has the object from its parent keeps it as its own."""
    children = [work.live[child] for child in work.live.children_of.get(source, ()) if child not in work.drops]
    return any(isinstance(child, Inherited) and child.keeps_without_parent() for child in children)


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
