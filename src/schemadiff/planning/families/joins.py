"""Tables that join their parents and leave them: INHERIT and NO INHERIT, ATTACH and DETACH PARTITION.

Source: Postgres docs, ddl-inherit, ddl-partitioning and ALTER TABLE.
"""

from collections import defaultdict
from collections.abc import Iterator

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.inherited import Inherited, inherited_from
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.inheritance import Inheritance, staying
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.families.index_attachments import stays_without
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def join_of(table: Identity) -> Identity:
    """The object that ties a table to its parents, whether there is one or not."""
    return Identity(Inheritance.KIND, table.name)


def leaving_while_parents_change(work: Work) -> Iterator[Identity]:
    """Children by INHERITS that leave all parents, of which columns change: before that; they join after it."""
    changed = {
        built.within()
        for change in work.changes.values()
        for built in (change.before, change.after)
        if isinstance(built, Inherited) and built.SHARED_WITH_CHILDREN
    }
    for identity, change in work.changes.items():
        before, after = change.before, change.after
        if not isinstance(before, Inheritance) or not isinstance(after, Inheritance):
            continue
        above = {other for parent in (*before.parents, *after.parents) for other in _above(parent, work)}
        if not after.kept(before) and any(Identity("table", table) in changed for table in above):
            yield identity


def leaving_to_change(work: Work) -> Iterator[Identity]:
    """What is replaced so that tables leave their parents while something changes that they share."""
    for changed in sorted(work.changes):
        for child in (changed, *work.live.children_of.get(changed, ())):
            yield from _left_to_change(child, work)


def leaving_released(identity: Identity, work: Work) -> Iterator[Identity]:
    """The same where the parent's object is of another type for a while."""
    if identity in work.releases:
        for child in work.live.children_of.get(identity, ()):
            yield from _left_to_change(child, work)


def made_by_joining(work: Work) -> Iterator[Identity]:
    """What tables that join their parents have already, but which joining makes."""
    for join in sorted(identity for identity in work.creates if identity.kind == Inheritance.KIND):
        yield from rebuilt_on_joining(join, work)


def rebuilt_on_joining(join: Identity, work: Work) -> Iterator[Identity]:
    """The same for one of them."""
    if join.kind != Inheritance.KIND or join not in work.creates:
        return
    for part in sorted(work.desired.dependencies.needed_by.get(Identity("table", join.name), ())):
        built = work.desired[part]
        stands = part in work.live and part not in work.drops
        if stands and isinstance(built, Inherited) and built.rebuilt_by_joining():
            yield part


def foreign_keys_at(join: Identity, work: Work) -> Iterator[Identity]:
    """The foreign keys that point at a table that leaves its parents and joins again: they must not miss its rows."""
    if join in work.creates:
        yield from _pointing_at(join, work.live)


def keeps_as_its_own(dependent: Identity, needed: Identity, work: Work) -> bool:
    """Whether a table that leaves its parents keeps what it had of them as its own."""
    built = work.live[dependent]
    return needed == inherited_from(built) and leaves(built, work)


def leaves(built: CatalogObject, work: Work) -> bool:
    """Whether the object's table leaves its parents."""
    table = work.live.holder(built)
    return table is not None and table in work.desired and join_of(table) in work.drops


def is_join(act: Act) -> bool:
    """Whether a table joins its parents or leaves them by the act."""
    return act.identity.kind == Inheritance.KIND


def must_leave_first(act: Act, work: Work) -> bool:
    """A partition of a referenced table cannot be dropped while it is attached."""
    built = work.live[act.identity]
    return isinstance(built, Inheritance) and built.referenced


def without_hiding(act: Act, written: tuple[Statement, ...], work: Work) -> tuple[Statement, ...]:
    """The statements by which a table leaves parents, some of which it joins again at once."""
    before, after = work.live.get(act.identity), work.desired.get(act.identity)
    if isinstance(before, Inheritance) and isinstance(after, Inheritance) and after.parents == before.parents:
        return tuple(map(staying, written))
    return written


def order_joins(graph: Graph, work: Work) -> None:
    """A table joins its parents with everything in place on both that they must share, and leaves them before."""
    parts = _shared_parts(graph, work)
    for act in graph.before if parts else ():
        join = work.object(act)
        if not isinstance(join, Inheritance):
            continue
        if act.operation is Operation.DROP:
            for user in _pointing_at(act.identity, work.live):
                graph.add(Act(Operation.DROP, user), act)
        falls = Act(Operation.DROP, join.within())
        if act.operation is Operation.DROP and falls in graph.before:
            _order_fall(falls, join, parts, graph, work)
            for part in parts.get(falls.identity, ()):
                _refer_no_more(part, act, graph, work)
            continue
        for holder in (join.within(), *join.uses()):
            for part in parts.get(holder, ()):
                if not _waits_for(join, work.object(part)):
                    continue
                if _comes_before(act, join, part, work):
                    graph.add(act, part)
                else:
                    graph.add(part, act)


def _order_fall(falls: Act, join: Inheritance, parts: dict[Identity, list[Act]], graph: Graph, work: Work) -> None:
    """A table that is dropped goes before its parents get what it would get with them, or lose columns.

    A partitioned index is valid only where all partitions have theirs when the last one is attached to it.
    """
    for parent in join.uses():
        for part in parts.get(parent, ()):
            name = Quoted(part.identity.name.replace(parent.name, falls.identity.name, 1))
            clashes = Identity(part.identity.kind, name) in work.live
            built = work.object(part)
            match part.operation:
                case Operation.CREATE:
                    first = clashes or (isinstance(built, Inherited) and built.completed_by_children())
                case Operation.DROP:
                    first = built.HOLDS_DATA
                case _:
                    first = part.operation is not Operation.RESTORE
            if first:
                graph.add(falls, part)


def _refer_no_more(part: Act, leaving: Act, graph: Graph, work: Work) -> None:
    """A foreign key goes from the whole before its partition leaves, which would keep it, and so what it points at."""
    built = work.object(part)
    source = inherited_from(built)
    if source is None or part.operation is not Operation.DROP or not (isinstance(built, Constraint) and built.target):
        return
    whole = Act(Operation.DROP, source)
    if whole in graph.before:
        graph.add(whole, leaving)


def _waits_for(join: Inheritance, part: CatalogObject) -> bool:
    """A partition has the indexes and keys of the whole; a child by INHERITS keeps its own."""
    return join.bound is not None or (isinstance(part, Inherited) and part.needed_to_join())


def _comes_before(act: Act, join: Inheritance, part: Act, work: Work) -> bool:
    """Whether a table joins or leaves before the act on something that it shares."""
    return (
        act.operation is Operation.DROP
        or (act.operation is Operation.ALTER and _was_left(part, join, work.live))
        or (act.operation is Operation.CREATE and stays_without(join, part, work.desired))
    )


def _was_left(part: Act, join: Inheritance, live: Catalog) -> bool:
    """Whether a part is dropped that its table has from a parent which it leaves."""
    before, source = live.get(join.id), inherited_from(live[part.identity]) if part.identity in live else None
    if part.operation is not Operation.DROP or source is None or source not in live:
        return False
    if not isinstance(before, Inheritance):
        return False
    parent = live.holder(live[source])
    return parent is not None and parent.name in before.parents and parent.name not in join.kept(before)


def _shared_parts(graph: Graph, work: Work) -> dict[Identity, list[Act]]:
    """Acts on what a table shares with its parents, by table."""
    parts: dict[Identity, list[Act]] = defaultdict(list)
    if not any(map(is_join, graph.before)):
        return parts
    for act in graph.before:
        built = work.object(act)
        holder = built.within()
        if isinstance(built, Inherited) and built.SHARED_WITH_CHILDREN and holder is not None:
            parts[holder].append(act)
    return parts


def _left_to_change(child: Identity, work: Work) -> Iterator[Identity]:
    """What lets the table of an object leave its parents while something changes that they share."""
    before, after = work.live.get(child), work.desired.get(child)
    if not isinstance(before, Inherited) or not isinstance(after, Inherited):
        return
    source, table = before.inherited_from(), work.live.holder(before)
    if source is None or source != after.inherited_from() or table is None:
        return
    above = work.live.get(source), work.desired.get(source)
    if not isinstance(above[0], Inherited) or not isinstance(above[1], Inherited):
        return
    join = join_of(table)
    if join not in work.desired or join in work.drops:
        return
    if after.leaves_to_change(before, (above[0], above[1]), released=source in work.releases):
        # What came with the parents would be the table's own after it left them.
        whole = after.comes_with_parents() and not work.live[table].HOLDS_DATA and table in work.desired
        yield table if whole else join


def _above(table: Quoted, work: Work) -> Iterator[Quoted]:
    """The table and those from which it inherits, on either side."""
    yield table
    for side in (work.live, work.desired):
        join = side.get(Identity(Inheritance.KIND, table))
        for parent in join.parents if isinstance(join, Inheritance) else ():
            yield from _above(parent, work)


def _pointing_at(join: Identity, live: Catalog) -> Iterator[Identity]:
    """The foreign keys of other tables that point at a table with parents."""
    if join.kind != Inheritance.KIND:
        return
    table = live[join].within()
    needed_by = live.dependencies.needed_by
    for part in needed_by.get(table, ()) if table else ():
        for user in needed_by.get(part, ()) if _is_shared(part, live) else ():
            if _is_shared(user, live) and live.holder(live[user]) != table:
                yield user


def _is_shared(identity: Identity, live: Catalog) -> bool:
    built = live[identity]
    return isinstance(built, Inherited) and built.SHARED_WITH_CHILDREN
