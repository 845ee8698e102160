"""Names that two objects bear one after the other, and those that several bear."""

from collections import defaultdict
from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def order_names(graph: Graph, work: Work) -> None:
    """A name is free only when its old bearer is gone."""
    bearers: dict[tuple[str, str], list[Act]] = defaultdict(list)
    for act in graph.before:
        for claim in _given_up(act, work):
            bearers[claim].append(act)
    for act in graph.before:
        for claim in _taken(act, work):
            for bearer in bearers.get(claim, ()):
                graph.add(bearer, act)


def _given_up(act: Act, work: Work) -> Iterator[tuple[str, str]]:
    """The names of an object that is dropped, or has others when it has been altered."""
    if act.operation is Operation.DROP:
        yield from work.live[act.identity].claims()
    elif act.operation is Operation.ALTER and act.identity in work.live:
        yield from set(work.live[act.identity].claims()).difference(work.desired[act.identity].claims())


def _taken(act: Act, work: Work) -> Iterator[tuple[str, str]]:
    """The names of an object that is created, or did not have them before it is altered."""
    if act.operation is Operation.CREATE:
        yield from work.desired[act.identity].claims()
    elif act.operation is Operation.ALTER:
        kept = work.live[act.identity].claims() if act.identity in work.live else ()
        yield from set(work.desired[act.identity].claims()).difference(kept)


def order_overloads(graph: Graph, work: Work) -> None:
    """What needs an object by its name comes before another one that bears this name, too, and after it has gone.

    So do calls of a function beside another one that leaves arguments to their defaults.
    """
    bearers: dict[tuple[str, str], list[Act]] = defaultdict(list)
    owners: dict[tuple[str, str], list[Identity]] = defaultdict(list)
    for act in graph.before:
        if act.operation not in (Operation.DROP, Operation.CREATE):
            continue
        first, *others = work.object(act).claims() or (None,)
        for claim in others:
            bearers[claim].append(act)
        if first is not None and act.operation is Operation.CREATE:
            owners[first].append(act.identity)
    for claim in bearers.keys() & owners.keys():
        for owner in owners[claim]:
            for bearer in bearers[claim]:
                _order_users(owner, bearer, graph, work)


def _order_users(owner: Identity, bearer: Act, graph: Graph, work: Work) -> None:
    """Order what needs the owner of a name and another one that bears it, unless it needs both."""
    for user in work.desired.dependencies.needed_by.get(owner, ()):
        create = Act(Operation.CREATE, user)
        if user == bearer.identity or bearer.identity in _all_needs(user, work):
            continue
        if bearer.operation is Operation.CREATE:
            graph.add(create, bearer)
        else:
            graph.add(bearer, create)


def _all_needs(identity: Identity, work: Work) -> set[Identity]:
    found: set[Identity] = set()
    waiting = [identity]
    while waiting:
        new = set(work.desired.dependencies.needs.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return found
