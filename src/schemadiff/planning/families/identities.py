"""Columns that become identities or stop being identities, and the sequences that feed them before or after."""

from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def order_sequences(graph: Graph, work: Work) -> None:
    """A sequence whose value goes to an identity of another name, or comes from there, stands beside it meanwhile."""
    for act in list(graph.before):
        if act.operation is not Operation.ALTER:
            continue
        before, after = work.live.get(act.identity), work.desired.get(act.identity)
        if isinstance(before, Column) and isinstance(after, Column) and (name := after.draws_on(before)):
            sequence = Identity(Sequence.KIND, name)
            graph.add(Act(Operation.CREATE, sequence), act)
            graph.add(act, Act(Operation.DROP, sequence))


def taken_over(work: Work) -> Iterator[tuple[Act, Act]]:
    """Acts on sequences that altering a column makes or drops, and the act on that column."""
    for identity, change in work.alters.items():
        before, after = change.before, change.after
        if isinstance(before, Column) and isinstance(after, Column) and (name := after.takes_over(before)):
            for operation in (Operation.CREATE, Operation.DROP):
                yield Act(operation, Identity(Sequence.KIND, name)), Act(Operation.ALTER, identity)
