"""Triggers of tables to which values come back: they must not fire for that."""

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.trigger import ENABLING, Trigger
from schemadiff.catalog.sql import Quoted
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def fired_by_updates(table: Identity, work: Work) -> list[tuple[Quoted, str]]:
    """The triggers on both sides that an UPDATE fires, with what enables them as they are in `live`."""
    triggers = map(Trigger.of, work.live.rows[Trigger.KIND].values())
    return sorted(
        (trigger.name, ENABLING[trigger.enabled])
        for trigger in triggers
        if trigger.within() == table and trigger.id in work.desired and trigger.enabled != "D" and trigger.on_update
    )


def order_triggers(graph: Graph, giving: Archive, work: Work) -> None:
    """Triggers come after the values that come back to their table, and old ones go before."""
    filling = [Act(Operation.CREATE, identity) for identity in giving.saved]
    filling += [Act(Operation.ALTER, identity) for identity in giving.changes]
    tables = {act: work.object(act).within() for act in filling if act in graph.before}
    for act in list(graph.before) if tables else ():
        if act.identity.kind != Trigger.KIND or act.operation not in (Operation.DROP, Operation.CREATE):
            continue
        table = work.object(act).within()
        for fill, filled in tables.items():
            if filled == table and act.operation is Operation.DROP:
                graph.add(act, fill)
            elif filled == table:
                graph.add(fill, act)
