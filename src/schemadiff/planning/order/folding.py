"""Acts that need no statement of their own: a column inside CREATE TABLE, an index that falls with its table.

Folding is cosmetic. It joins acts in the graph and takes back what would make the graph cyclic.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds import BY_NAME, RANK
from schemadiff.planning.families.inherited import parents_act
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.order.sorting import strong_components
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.closure import leaves
from schemadiff.planning.work.work import Work


def fold(made: Graph, work: Work, together: Mapping[Act, Act], alone: Set[Act]) -> Graph:
    """Join acts into those that hold them; `made` is not changed.

    `together` are acts that happen with another one in any case, which writes no clauses then; those in `alone`
    have a statement of their own.
    """
    host = dict(_taken_over(made, work))
    for act in made.before:
        target = parents_act(act, work) or _host(act, made, work)
        if target is not None:
            host.setdefault(act, target)
    _let_go(host)
    if together:
        _join(host, together)
    for act in alone:
        host.pop(act, None)
    while True:
        joined = _joined(made, host)
        loops = strong_components(joined.before)
        if not loops:
            return joined
        evicted = _evict({act for loop in loops for act in loop}, made, host)
        if not evicted:
            return joined


def _join(host: dict[Act, Act], together: Mapping[Act, Act]) -> None:
    host.update(together)
    whole = set(together.values())
    for act in host.keys() - together.keys():
        if act.operation is Operation.CREATE and _root(act, host) in whole:
            del host[act]


def _taken_over(made: Graph, work: Work) -> Iterator[tuple[Act, Act]]:
    """Acts on objects that altering another one makes or drops by the way."""
    for identity, change in work.alters.items():
        if change.before is None or change.after is None:
            continue
        for other in change.after.takes_over(change.before):
            for act in (Act(Operation.CREATE, other), Act(Operation.DROP, other)):
                if act in made.before:
                    yield act, Act(Operation.ALTER, identity)


def _host(act: Act, made: Graph, work: Work) -> Act | None:
    """The act that would cover this one."""
    if act.operation is Operation.DROP and _falls_silently(act, made, work.live):
        built = work.live[act.identity]
        owners = work.live.dependencies.falls_with.get(act.identity, set())
        if leaves(built, work):
            owners = owners - {built.inherited_from()}
        for owner in sorted(owners, key=lambda identity: (RANK[identity.kind], identity)):
            if (drop := Act(Operation.DROP, owner)) in made.before:
                return drop
    if act.operation in (Operation.ALTER, Operation.DROP):
        names = work.alters[act.identity].fields if act.operation is Operation.ALTER else ()
        changing = work.object(act).changed_by(set(names))
        if changing is not None and (alter := Act(Operation.ALTER, changing)) in made.before:
            return alter
    if act.operation is Operation.CREATE:
        built = work.desired[act.identity]
        target = built.within()
        if target is not None and built.clause() is not None:
            create = Act(Operation.CREATE, target)
            return create if create in made.before and _writes_clauses(work.desired[target]) else None
    return None


def _falls_silently(act: Act, made: Graph, live: Catalog) -> bool:
    built = live[act.identity]
    return built.falls_silently() or all(Act(Operation.DROP, used) in made.before for used in built.uses())


def _writes_clauses(target: CatalogObject) -> bool:
    """Whether the object has a statement or clause of its own in which others can stand."""
    return target.within() is None or target.clause() is not None


def _root(act: Act, host: dict[Act, Act]) -> Act:
    while act in host:
        act = host[act]
    return act


def _joined(made: Graph, host: dict[Act, Act]) -> Graph:
    joined = Graph({act: set() for act in made.before if act not in host})
    parts: dict[Act, list[Act]] = defaultdict(list)
    for act, target in host.items():
        parts[target].append(act)
    joined.parts = dict(parts)
    for act, predecessors in made.before.items():
        root = _root(act, host)
        joined.before[root].update(found for found in (_root(before, host) for before in predecessors) if found != root)
    return joined


def _let_go(host: dict[Act, Act]) -> None:
    """Take acts out of hosts that can hold a clause only as a part of something else themselves."""
    for act, target in list(host.items()):
        within = host.get(target)
        alone = within is None or within.operation is not Operation.CREATE
        if alone and target.operation is Operation.CREATE and not BY_NAME[target.identity.kind].TAKES_CLAUSES:
            del host[act]


def _evict(loop: set[Act], made: Graph, host: dict[Act, Act]) -> bool:
    """Take the least essential acts out of their hosts, where these stand in a loop."""
    crossing: set[Act] = set()
    for act, predecessors in made.before.items():
        root = _root(act, host)
        for before in predecessors:
            other = _root(before, host)
            if root != other and root in loop and other in loop:
                crossing.update(member for member in (act, before) if member in host)
    if not crossing:
        return False
    worst = max(RANK[act.identity.kind] for act in crossing)
    for act in crossing:
        if RANK[act.identity.kind] == worst:
            del host[act]
    _let_go(host)
    return True
