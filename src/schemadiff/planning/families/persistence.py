"""SET LOGGED and SET UNLOGGED: no table that is logged may point at one that is not, not even for a moment."""

from collections import defaultdict
from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.table import Table
from schemadiff.difference.diff import Change
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.order.sorting import strong_components
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def references_in_circles(work: Work) -> Iterator[Identity]:
    """Foreign keys by which such tables point at each other: no order is right while all of them stand."""
    points: dict[Identity, set[Identity]] = defaultdict(set)
    keys = list(_keys_between(work))
    for _, holder, target in keys:
        points[holder].add(target)
        points.setdefault(target, set())
    circles = strong_components(points)
    for key, holder, target in keys:
        if any(holder in circle and target in circle for circle in circles) and key.id in work.desired:
            yield key.id


def order_persistence(graph: Graph, work: Work) -> None:
    """What is pointed at becomes logged first, and unlogged last; foreign keys that go are gone all the while."""
    for key, holder, target in _keys_between(work):
        drop, altered = Act(Operation.DROP, key.id), (Act(Operation.ALTER, holder), Act(Operation.ALTER, target))
        if drop in graph.before:
            for alter in altered:
                graph.add(drop, alter)
                graph.add(alter, Act(Operation.CREATE, key.id))
        else:
            logged = any(_becomes(table, "p", work) for table in (holder, target))
            graph.add(*(reversed(altered) if logged else altered))


def _keys_between(work: Work) -> Iterator[tuple[Constraint, Identity, Identity]]:
    """The foreign keys of live that bind a table whose persistence changes, with their tables."""
    changing = {change.after.id for change in work.alters.values() if change.after and _changes(change)}
    if not changing:
        return
    for key in sorted(work.live.having(Constraint, "type", "f"), key=lambda key: key.identity):
        holder, target = key.within(), Identity(Table.KIND, key.target or key.table)
        if holder != target and changing & {holder, target}:
            yield key, holder, target


def _changes(change: Change) -> bool:
    return isinstance(change.after, Table) and "persistence" in change.fields


def _becomes(table: Identity, persistence: str, work: Work) -> bool:
    change = work.alters.get(table)
    return change is not None and isinstance(change.after, Table) and change.after.persistence == persistence
