"""One deterministic topological order: among what may come next, the smallest rank does."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from typing import TypeVar

from schemadiff.errors import PlanningError


class CyclicPlan(PlanningError):
    """No order satisfies the dependencies; `path` names acts of which each must come before the next."""

    def __init__(self, path: tuple[object, ...]) -> None:
        self.path = path
        words = " -> ".join(str(node) for node in path)
        super().__init__(f"no order of statements satisfies their dependencies: {words}")


Node = TypeVar("Node", bound=Hashable)


def ordered(predecessors: Mapping[Node, set[Node]], rank: Callable[[Node], tuple[object, ...]]) -> Iterator[Node]:
    """The nodes, each after its predecessors. Raises PlanningError with the path when they form a cycle."""
    sorter = TopologicalSorter(predecessors)
    try:
        sorter.prepare()
    except CycleError as error:
        raise CyclicPlan(tuple(error.args[1])) from error
    ready: list[tuple[tuple[object, ...], int, Node]] = []
    count = 0
    while sorter.is_active():
        for node in sorter.get_ready():
            count += 1
            heappush(ready, (rank(node), count, node))
        _, _, node = heappop(ready)
        sorter.done(node)
        yield node


def strong_components(successors: Mapping[Node, set[Node]]) -> list[list[Node]]:
    """Sets of two or more nodes that reach each other (Tarjan's algorithm, without recursion)."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    on_stack: set[Node] = set()
    stack: list[Node] = []
    found: list[list[Node]] = []
    for root in successors:
        if root in index:
            continue
        work = [(root, iter(successors.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for child in following:
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, iter(successors.get(child, ()))))
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    if len(component) > 1:
                        found.append(component)
    return found
