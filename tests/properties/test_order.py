"""The order of statements: every node after its predecessors, the same whatever order these are named in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemadiff.planning.order.sorting import CyclicPlan, ordered, strong_components

Edges = list[tuple[int, int]]


@st.composite
def graphs(draw: st.DrawFn) -> dict[int, set[int]]:
    """A graph without circles: numbers come after smaller ones, under names that do not tell."""
    size = draw(st.integers(1, 30))
    names = draw(st.permutations(range(size)))
    pairs = draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=80))
    made: dict[int, set[int]] = {name: set() for name in names}
    for first, then in pairs:
        if first < then:
            made[names[then]].add(names[first])
    return made


def _rank(node: int) -> tuple[object, ...]:
    return (node % 3, node)


@given(graphs())
def test_every_node_follows_its_predecessors(graph: dict[int, set[int]]) -> None:
    found = list(ordered(graph, _rank))
    assert sorted(found) == sorted(graph)
    places = {node: place for place, node in enumerate(found)}
    assert all(places[before] < places[node] for node, befores in graph.items() for before in befores)


@given(graphs())
def test_the_order_of_input_does_not_matter(graph: dict[int, set[int]]) -> None:
    again = {
        node: set(sorted(befores, reverse=True))  # noqa: C414 (inserted in another order)
        for node, befores in sorted(graph.items(), reverse=True)
    }
    assert list(ordered(graph, _rank)) == list(ordered(again, _rank))


@given(graphs())
def test_the_smallest_rank_that_may_come_next_does(graph: dict[int, set[int]]) -> None:
    done: set[int] = set()
    for node in ordered(graph, _rank):
        ready = [other for other, befores in graph.items() if other not in done and befores <= done]
        assert _rank(node) == min(map(_rank, ready))
        done.add(node)


@given(graphs(), st.data())
def test_a_circle_is_named(graph: dict[int, set[int]], data: st.DataObject) -> None:
    edges = [(before, node) for node, befores in graph.items() for before in befores]
    if not edges:
        return
    before, node = data.draw(st.sampled_from(sorted(edges)))
    graph[before].add(node)
    with pytest.raises(CyclicPlan) as caught:
        list(ordered(graph, _rank))
    path = caught.value.path
    assert path[0] == path[-1] and all(first in graph[then] for first, then in pairwise(path))
    assert any({before, node} <= set(component) for component in strong_components(graph))
