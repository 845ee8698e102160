"""Which statements share their work: several that rewrite or read one table do so together, once."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Clause

Node = TypeVar("Node", bound=Hashable)

_WORD = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_NAME = re.compile(_WORD)
_TYPE = re.compile(rf"(?:::|\bTYPE ){_WORD}(?:\.{_WORD})*")


def sharing(
    before: Mapping[Node, set[Node]], clauses: Mapping[Node, Clause], timing: Mapping[Node, object]
) -> dict[Node, tuple[Node, ...]]:
    """Groups of nodes whose clauses can stand in one statement, each under its first node, in the given order.

    They are about one table, run at the same time, none of them has to follow another one, and none speaks of what
    another one changes.
    """
    alike: dict[tuple[Sql, object], list[Node]] = defaultdict(list)
    for node, clause in clauses.items():
        alike[clause.head, timing[node]].append(node)
    groups = [tuple(_apart(nodes, clauses)) for nodes in alike.values()]
    groups = [group for group in groups if len(group) > 1]
    if not _is_cyclic(contracted(before, groups)):
        return {group[0]: group for group in groups}
    found: list[tuple[Node, ...]] = []
    for group in groups:
        kept = group[:1]
        for node in group[1:]:
            if not _is_cyclic(contracted(before, [*found, (*kept, node)])):
                kept = (*kept, node)
        found += [kept] if len(kept) > 1 else []
    return {group[0]: group for group in found}


def together(clauses: Iterable[Clause]) -> Sql:
    """One statement with all the clauses of a group."""
    first, *more = clauses
    return Sql(", ".join([first.whole, *(clause.action for clause in more)]))


def contracted(before: Mapping[Node, set[Node]], groups: Iterable[tuple[Node, ...]]) -> dict[Node, set[Node]]:
    """The graph in which each group is its first node."""
    first = {node: group[0] for group in groups for node in group}
    joined: dict[Node, set[Node]] = {}
    for node, predecessors in before.items():
        joined.setdefault(first.get(node, node), set()).update(first.get(one, one) for one in predecessors)
    return {node: predecessors - ({node} if node in first else set()) for node, predecessors in joined.items()}


def _apart(nodes: Iterable[Node], clauses: Mapping[Node, Clause]) -> list[Node]:
    """The nodes without those that speak of the part of an earlier one, or of which that one speaks."""
    kept: list[Node] = []
    for node in nodes:
        if not any(_speaks(clauses[node], clauses[one]) or _speaks(clauses[one], clauses[node]) for one in kept):
            kept.append(node)
    return kept


def _speaks(clause: Clause, other: Clause) -> bool:
    return other.part in _NAME.findall(_TYPE.sub("", clause.action))


def _is_cyclic(before: Mapping[Node, set[Node]]) -> bool:
    try:
        TopologicalSorter(before).prepare()
    except CycleError:
        return True
    return False
