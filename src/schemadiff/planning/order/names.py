"""Names that two objects bear one after the other."""

from collections import defaultdict
from collections.abc import Iterator

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
