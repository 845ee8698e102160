"""Acts that need no statement of their own: a column inside CREATE TABLE, an index that falls with its table.

Folding is cosmetic. It joins acts in the graph and takes back what would make the graph cyclic.
"""

from collections import defaultdict
from collections.abc import Mapping, Set

from schemadiff.catalog.kinds import RANK
from schemadiff.planning import passes
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.order.sorting import strong_components
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def fold(graph: Graph, work: Work, together: Mapping[Act, Act], alone: Set[Act]) -> Graph:
    """Join acts into those that hold them; `graph` is not changed.

    `together` are acts that happen with another one in any case, which writes no clauses then; those in `alone`
    have a statement of their own.
    """
    host: dict[Act, Act] = {}
    for found in passes.BROUGHT_ABOUT:
        host.update((act, by) for act, by in found(work) if act in graph.before)
    for act in graph.before:
        target = _host(act, graph, work)
        if target is not None:
            host.setdefault(act, target)
    _let_go(host)
    if together:
        _join(host, together)
    for act in alone:
        host.pop(act, None)
    while True:
        joined = _joined(graph, host)
        loops = strong_components(joined.before)
        if not loops:
            return joined
        evicted = _evict({act for loop in loops for act in loop}, graph, host)
        if not evicted:
            return joined


def _host(act: Act, graph: Graph, work: Work) -> Act | None:
    """The act that covers this one."""
    for found in passes.HOSTS:
        if (target := found(act, graph, work)) is not None:
            return target
    return None


def _join(host: dict[Act, Act], together: Mapping[Act, Act]) -> None:
    host.update(together)
    whole = set(together.values())
    for act in host.keys() - together.keys():
        if act.operation is Operation.CREATE and _root(act, host) in whole:
            del host[act]


def _root(act: Act, host: dict[Act, Act]) -> Act:
    while act in host:
        act = host[act]
    return act


def _joined(graph: Graph, host: dict[Act, Act]) -> Graph:
    joined = Graph({act: set() for act in graph.before if act not in host})
    parts: dict[Act, list[Act]] = defaultdict(list)
    for act, target in host.items():
        parts[target].append(act)
    joined.parts = dict(parts)
    for act, predecessors in graph.before.items():
        root = _root(act, host)
        joined.before[root].update(found for found in (_root(before, host) for before in predecessors) if found != root)
    return joined


def _let_go(host: dict[Act, Act]) -> None:
    """Take acts out of hosts that can hold a clause only as a part of something else themselves."""
    for act, target in list(host.items()):
        within = host.get(target)
        alone = within is None or within.operation is not Operation.CREATE
        if alone and target.operation is Operation.CREATE and any(bare(target) for bare in passes.WITHOUT_CLAUSES):
            del host[act]


def _evict(loop: set[Act], graph: Graph, host: dict[Act, Act]) -> bool:
    """Take the least essential acts out of their hosts, where these stand in a loop."""
    crossing: set[Act] = set()
    for act, predecessors in graph.before.items():
        root = _root(act, host)
        for before in predecessors:
            other = _root(before, host)
            if root != other and root in loop and other in loop:
                crossing.update(member for member in (act, before) if member in host)
    if not crossing:
        return False
    crossing = {act for act in crossing if not any(stays(act) for stays in passes.EVICTED_LAST)} or crossing
    worst = max(RANK[act.identity.kind] for act in crossing)
    least = {act for act in crossing if RANK[act.identity.kind] == worst}
    # What is held by one of them goes along with it.
    for act in [act for act in least if host[act] not in least]:
        del host[act]
    _let_go(host)
    return True
