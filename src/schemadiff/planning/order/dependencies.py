"""What pg_depend demands: an object stands while others need it."""

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.planning.families.typed_tables import changes_while_released
from schemadiff.planning.online.exchanges import bears_not_null
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def order_dependencies(graph: Graph, work: Work) -> None:
    """What needs something goes before it on the way out, and comes after it on the way in."""
    for act in list(graph.before):
        if act.operation in (Operation.DROP, Operation.RELEASE):
            _order_removal(act, graph, work)
        else:
            _order_arrival(act, graph, work)


def _order_removal(act: Act, graph: Graph, work: Work) -> None:
    identity = act.identity
    graph.add(act, Act(Operation.CREATE, identity))
    graph.add(act, Act(Operation.RESTORE, identity))
    for needed in work.live.dependencies.needs.get(identity, ()):
        graph.add(act, Act(Operation.DROP, needed))
        if not _changes_meanwhile(identity, needed, work.live):
            graph.add(act, Act(Operation.RELEASE, needed))
        holds = needed in work.live.dependencies.falls_with.get(identity, ())
        if needed not in work.alters or bears_not_null(identity, needed, work):
            continue
        if holds or work.alters[needed].rebuilds:
            graph.add(act, Act(Operation.ALTER, needed))


def _order_arrival(act: Act, graph: Graph, work: Work) -> None:
    operation, identity = act
    for needed in work.desired.dependencies.needs.get(identity, ()):
        for arrival in (Operation.CREATE, Operation.ALTER):
            graph.add(Act(arrival, needed), act)
        if not _changes_meanwhile(identity, needed, work.desired):
            graph.add(Act(Operation.RESTORE, needed), act)
    if operation is Operation.ALTER:
        restored = Act(Operation.RESTORE, identity)
        graph.add(restored, act)
        # What is released or dropped first has let go of what is dropped before.
        gone = restored in graph.before or Act(Operation.DROP, identity) in graph.before
        for needed in () if gone else work.live.dependencies.needs.get(identity, ()):
            graph.add(act, Act(Operation.DROP, needed))


def _changes_meanwhile(identity: Identity, needed: Identity, side: Catalog) -> bool:
    """Whether what is needed is released for the sake of such objects."""
    return side[identity].within() == needed and changes_while_released(identity)
