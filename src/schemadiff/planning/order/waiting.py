"""What waits: an object that is dropped and created again is away for as few commits as possible, if not for none.

Between its drop and its creation stands what cannot run while it is there. All of that runs as late as the last of it
has to, so that it stands together, behind everything that commits by itself.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, TypeVar

from schemadiff.catalog.statements.statement import Phase

Node = TypeVar("Node", bound=Hashable)
When = tuple[bool, Phase]
"""Whether behind the backfills, and the phase."""


class Wait(NamedTuple):
    """When a node runs that waits; what is `behind` comes after what stands together."""

    when: When
    behind: bool = False


def waits(
    predecessors: Mapping[Node, set[Node]], phases: Mapping[Node, When], back: Mapping[Node, Node]
) -> dict[Node, Wait]:
    """The nodes that wait: drops and the nodes that bring `back` what they take, all between these, and all behind.

    `phases` are those that the nodes ask for; each runs no earlier than what it comes after. Nothing is told where the
    predecessors form a cycle.
    """
    try:
        order = list(TopologicalSorter(predecessors).static_order())
    except CycleError:
        return {}
    successors: dict[Node, set[Node]] = defaultdict(set)
    for node in order:
        for before in predecessors.get(node, ()):
            successors[before].add(node)
    starts, ends = set(back), set(back.values())
    down = _reached(starts, successors)
    up = _reached(ends, predecessors)
    between = down & up
    groups = list(_groups(between, predecessors, successors))
    late: dict[Node, When] = {}
    while True:
        runs = _runs(order, predecessors, phases, late)
        lifted = {node: max(runs[one] for one in group) for group in groups for node in group}
        if lifted == late:
            behind = {node: Wait(runs[node], behind=True) for node in down - between}
            return {node: Wait(when) for node, when in late.items()} | behind
        late = lifted


def _runs(
    order: list[Node], predecessors: Mapping[Node, set[Node]], phases: Mapping[Node, When], late: Mapping[Node, When]
) -> dict[Node, When]:
    runs: dict[Node, When] = {}
    for node in order:
        before = predecessors.get(node, ())
        runs[node] = max([phases[node], late.get(node, phases[node]), *(runs[one] for one in before)])
    return runs


def _reached(nodes: set[Node], neighbours: Mapping[Node, set[Node]]) -> set[Node]:
    """The nodes, their neighbours, the neighbours of these, and so on."""
    found, waiting = set(nodes), list(nodes)
    while waiting:
        more = neighbours.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return found


def _groups(nodes: set[Node], *ties: Mapping[Node, set[Node]]) -> Iterator[set[Node]]:
    """The nodes, those together that are tied to each other."""
    left = set(nodes)
    while left:
        group: set[Node] = set()
        waiting = [left.pop()]
        while waiting:
            node = waiting.pop()
            group.add(node)
            more = {one for neighbours in ties for one in neighbours.get(node, ()) if one in left}
            left -= more
            waiting += more
        yield group
