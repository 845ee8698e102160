"""The acts of a migration and what must come before what, before any SQL is written."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.default_privileges import DefaultPrivileges
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.index_attachment import IndexAttachment
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.kinds.role_membership import RoleMembership
from schemadiff.catalog.sql import Quoted
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.closure import pointing_at
from schemadiff.planning.work.work import Work


@dataclass(slots=True)
class Graph:
    """Acts with their predecessors; `parts` are acts that became a clause of another or happen with it."""

    before: dict[Act, set[Act]] = field(default_factory=dict)
    parts: dict[Act, list[Act]] = field(default_factory=dict)

    def add(self, first: Act, then: Act) -> None:
        """Say that `first` comes before `then`, if both happen."""
        if first in self.before and then in self.before and first != then:
            self.before[then].add(first)


def graph(work: Work) -> Graph:
    """The acts and their order, as the dependencies on both sides demand it."""
    made = Graph({act: set() for act in work.acts()})
    for act in list(made.before):
        if act.operation in (Operation.DROP, Operation.RELEASE):
            _order_removal(act, made, work)
        else:
            _order_arrival(act, made, work)
    _order_names(made, work)
    _order_joins(made, work)
    _order_default_privileges(made)
    _order_roles(made)
    return made


def _order_removal(act: Act, made: Graph, work: Work) -> None:
    identity = act.identity
    made.add(act, Act(Operation.CREATE, identity))
    made.add(act, Act(Operation.RESTORE, identity))
    for needed in work.live.dependencies.needs.get(identity, ()):
        made.add(act, Act(Operation.DROP, needed))
        if not _is_column_of(identity, needed, work.live):
            made.add(act, Act(Operation.RELEASE, needed))
        holds = needed in work.live.dependencies.falls_with.get(identity, ())
        if needed in work.alters and (holds or work.alters[needed].rebuilds):
            made.add(act, Act(Operation.ALTER, needed))


def _order_arrival(act: Act, made: Graph, work: Work) -> None:
    operation, identity = act
    for needed in work.desired.dependencies.needs.get(identity, ()):
        for arrival in (Operation.CREATE, Operation.ALTER):
            made.add(Act(arrival, needed), act)
        if not _is_column_of(identity, needed, work.desired):
            made.add(Act(Operation.RESTORE, needed), act)
    if operation is Operation.ALTER:
        restored = Act(Operation.RESTORE, identity)
        made.add(restored, act)
        before = work.live.get(identity)
        for drawn_on in work.desired[identity].draws_on(before) if before is not None else ():
            made.add(Act(Operation.CREATE, drawn_on), act)
            made.add(act, Act(Operation.DROP, drawn_on))
        # What is released or dropped first has let go of what is dropped before.
        gone = restored in made.before or Act(Operation.DROP, identity) in made.before
        for needed in () if gone else work.live.dependencies.needs.get(identity, ()):
            made.add(act, Act(Operation.DROP, needed))
    if operation is Operation.CREATE:
        if not _is_born_with_holder(identity, made, work.desired):
            for needed in work.desired[identity].uses_alone():
                for arrival in (Operation.CREATE, Operation.ALTER):
                    made.add(Act(arrival, needed), act)
        for later in work.desired[identity].precedes():
            holder = work.desired[later].within() if later in work.desired else None
            if holder is None or Act(Operation.CREATE, holder) not in made.before:
                made.add(act, Act(Operation.CREATE, later))


def _is_column_of(identity: Identity, table: Identity, side: Catalog) -> bool:
    """Whether a table is released for the sake of such objects: they change in between."""
    return identity.kind == Column.KIND and side[identity].within() == table


def _is_born_with_holder(identity: Identity, made: Graph, desired: Catalog) -> bool:
    """Whether the object around the one that holds this one is made, too: the column of a serial's sequence."""
    holder = desired[identity].within()
    around = desired.get(holder) if holder is not None else None
    above = around.within() if around is not None else None
    return {Act(Operation.CREATE, outer) for outer in (holder, above) if outer is not None} <= made.before.keys()


def _order_names(made: Graph, work: Work) -> None:
    """A name is free only when its old bearer is gone."""
    bearers: dict[tuple[str, str], list[Act]] = defaultdict(list)
    for act in made.before:
        for claim in _claimed(act, Operation.DROP, work.live, work.desired):
            bearers[claim].append(act)
    for act in made.before:
        for claim in _claimed(act, Operation.CREATE, work.desired, work.live):
            for bearer in bearers.get(claim, ()):
                made.add(bearer, act)


def _claimed(act: Act, alone: Operation, side: Catalog, other: Catalog) -> Iterator[tuple[str, str]]:
    """The names that only `side` has of an object that it `alone` has, or that is altered."""
    if act.operation is alone:
        yield from side[act.identity].claims()
    elif act.operation is Operation.ALTER and act.identity in side:
        claims = side[act.identity].claims()
        kept = other[act.identity].claims() if claims and act.identity in other else ()
        yield from (claim for claim in claims if claim not in kept)


def _order_joins(made: Graph, work: Work) -> None:
    """A table joins its parents with everything in place on both that they must share, and leaves them before."""
    parts = _shared_parts(made, work)
    if not parts:
        return
    for act in made.before:
        built = work.object(act)
        table = built.closes()
        if table is None:
            continue
        if act.operation is Operation.DROP and (falls := Act(Operation.DROP, table)) in made.before:
            for parent in built.uses():
                for part in parts.get(parent, ()):
                    name = Quoted(part.identity.name.replace(parent.name, table.name, 1))
                    clashes = part.operation is Operation.CREATE and Identity(part.identity.kind, name) in work.live
                    if clashes or part.operation in (Operation.ALTER, Operation.RELEASE):
                        made.add(falls, part)
            continue
        if act.operation is Operation.DROP:
            for user in pointing_at(act.identity, work.live):
                made.add(Act(Operation.DROP, user), act)
        for holder in (table, *built.uses()):
            for part in parts.get(holder, ()):
                if not built.waits_for(work.object(part)):
                    continue
                if (
                    act.operation is Operation.DROP
                    or (act.operation is Operation.ALTER and _was_left(part, built, work.live))
                    or (act.operation is Operation.CREATE and _stays_without(built, part, work.desired))
                ):
                    made.add(act, part)
                else:
                    made.add(part, act)


def _was_left(part: Act, built: CatalogObject, live: Catalog) -> bool:
    """Whether a part is dropped that its table has from a parent which it leaves."""
    before, source = live.get(built.id), live[part.identity].inherited_from() if part.identity in live else None
    if part.operation is not Operation.DROP or source is None or source not in live:
        return False
    if not isinstance(before, Inheritance) or not isinstance(built, Inheritance):
        return False
    parent = live.holder(live[source])
    return parent is not None and parent.name in before.parents and parent.name not in built.kept(before)


def _stays_without(built: CatalogObject, part: Act, desired: Catalog) -> bool:
    """Whether the table has nothing attached to an index of its parent's, for which joining would build one."""
    index = desired.get(part.identity)
    partly = isinstance(index, Index | Constraint) and index.partitioned and not index.whole
    if index is None or not partly or index.within() == built.within():
        return False
    attached = (desired[Identity(IndexAttachment.KIND, Quoted(n))] for n in desired.rows.get(IndexAttachment.KIND, ()))
    return not any(one.inherited_from() == index.id and desired.holder(one) == built.within() for one in attached)


def _shared_parts(made: Graph, work: Work) -> dict[Identity, list[Act]]:
    """Acts on what a table shares with its parents, by table."""
    parts: dict[Identity, list[Act]] = defaultdict(list)
    if not any(act.identity.kind == Inheritance.KIND for act in made.before):
        return parts
    for act in made.before:
        built = work.object(act)
        holder = built.within()
        if built.SHARED_WITH_CHILDREN and holder is not None:
            parts[holder].append(act)
    return parts


def _order_default_privileges(made: Graph) -> None:
    """Objects are made under the default privileges that live has, whose grants were reckoned with."""
    later = [act for act in made.before if act.identity.kind == DefaultPrivileges.KIND]
    for act in list(made.before):
        if act.operation is Operation.CREATE and act.identity.kind != DefaultPrivileges.KIND:
            for change in later:
                if change.operation is not Operation.DROP:
                    made.add(act, change)


def _order_roles(made: Graph) -> None:
    """Roles are there before anything is given to them, and go when nothing is left to them.

    A membership ends before the next one begins: no role may be a member of its members.
    """
    tiers: list[list[Act]] = [[], [], [], [], []]
    for act in made.before:
        removes = act.operation is Operation.DROP
        if act.identity.kind == Role.KIND:
            tiers[4 if removes else 0].append(act)
        elif act.identity.kind == RoleMembership.KIND:
            tiers[1 if removes else 2].append(act)
        else:
            tiers[3].append(act)
    for earlier, later in combinations(tiers, 2):
        for first, then in product(earlier, later):
            made.add(first, then)
