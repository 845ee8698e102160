"""Drops that wait: what is dropped and created again is away for as few commits as possible."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Set
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from schemadiff.catalog.statements.statement import Phase

Node = TypeVar("Node", bound=Hashable)
When = tuple[bool, Phase]
"""Whether behind the backfills, and the phase."""


def phases_of_waiting(
    predecessors: Mapping[Node, set[Node]], phases: Mapping[Node, When], waiting: Set[Node]
) -> dict[Node, When]:
    """For each of the `waiting` nodes, the phase in which the first of those runs that cannot run without it.

    `phases` are those that the nodes ask for; each runs no earlier than what it comes after. Nothing is told where the
    predecessors form a cycle.
    """
    try:
        order = list(TopologicalSorter(predecessors).static_order())
    except CycleError:
        return {}
    runs: dict[Node, When] = {}
    successors: dict[Node, list[Node]] = defaultdict(list)
    for node in order:
        before = predecessors.get(node, set())
        runs[node] = max([phases[node], *(runs[one] for one in before)])
        for one in before:
            successors[one].append(node)
    late: dict[Node, When] = {}
    for node in reversed(order):
        if node in waiting:
            late[node] = min((late.get(after, runs[after]) for after in successors[node]), default=phases[node])
    return late
