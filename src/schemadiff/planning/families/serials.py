"""Sequences that belong to a column: serial columns, and OWNED BY."""

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.kinds.sequence_owner import SequenceOwner
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def order_owners(graph: Graph, work: Work) -> None:
    """Table and sequence are the same role's when one comes to belong to the other; both of a serial column are."""
    for act in list(graph.before):
        built = work.object(act)
        if act.operation is not Operation.CREATE or not isinstance(built, SequenceOwner):
            continue
        if not _comes_with_column(act.identity, graph, work):
            for owner in built.owners():
                for arrival in (Operation.CREATE, Operation.ALTER):
                    graph.add(Act(arrival, owner), act)


def takes_no_clauses(act: Act) -> bool:
    """CREATE SEQUENCE says nothing of a column: only as a part of the column's type does a sequence belong to it."""
    return act.identity.kind == Sequence.KIND


def _comes_with_column(identity: Identity, graph: Graph, work: Work) -> bool:
    """Whether both the sequence and the column around it are made, too."""
    holder = work.desired[identity].within()
    around = work.desired.get(holder) if holder is not None else None
    above = around.within() if around is not None else None
    return {Act(Operation.CREATE, outer) for outer in (holder, above) if outer is not None} <= graph.before.keys()
