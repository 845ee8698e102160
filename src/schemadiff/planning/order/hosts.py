"""The statement of another act that covers an act: DROP of what it belongs to, CREATE of what holds it."""

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds import RANK
from schemadiff.planning.families.inherited import owners_left
from schemadiff.planning.families.joins import must_leave_first
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def falls_with_owner(act: Act, graph: Graph, work: Work) -> Act | None:
    """The DROP of what the object belongs to, where that takes the object along."""
    if act.operation is not Operation.DROP or _must_go_first(act, graph, work):
        return None
    owners = work.live.dependencies.falls_with.get(act.identity, set()) - owners_left(work.live[act.identity], work)
    for owner in sorted(owners, key=lambda identity: (RANK[identity.kind], identity)):
        if (drop := Act(Operation.DROP, owner)) in graph.before:
            return drop
    return None


def clause_of_holder(act: Act, graph: Graph, work: Work) -> Act | None:
    """The CREATE of what holds the object, where the object can be a clause of it."""
    if act.operation is not Operation.CREATE:
        return None
    built = work.desired[act.identity]
    target = built.within()
    if target is None or built.clause() is None:
        return None
    create = Act(Operation.CREATE, target)
    return create if create in graph.before and _writes_clauses(work.desired[target]) else None


def _must_go_first(act: Act, graph: Graph, work: Work) -> bool:
    """Whether the object has to be dropped before its owner is, and what it uses stays."""
    uses = work.live[act.identity].uses()
    return must_leave_first(act, work) and not all(Act(Operation.DROP, used) in graph.before for used in uses)


def _writes_clauses(target: CatalogObject) -> bool:
    """Whether the object has a statement or clause of its own in which others can stand."""
    return target.within() is None or target.clause() is not None
