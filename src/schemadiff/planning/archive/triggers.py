"""Triggers of tables to which values come back: they must not fire for that."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.trigger import ENABLING, Trigger
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.archive.saved.columns import SavedColumn
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def fired_by_updates(table: Identity, work: Work) -> list[tuple[Identity, str]]:
    """The triggers on both sides that an UPDATE of a table or its partitions fires, with what enables them again."""
    tables = {table, *_partitions(table, work.live)}
    triggers = map(Trigger.of, work.live.rows[Trigger.KIND].values())
    return sorted(
        (trigger.id, ENABLING[trigger.enabled])
        for trigger in triggers
        if trigger.within() in tables and trigger.id in work.desired and trigger.enabled != "D" and trigger.on_update
    )


def without_dropped(giving: Archive, work: Work) -> Archive:
    """The archive, where the triggers that the work drops are not silenced: they come after the values."""
    gone = {identity for identity in work.drops if identity.kind == Trigger.KIND}
    if not gone:
        return giving
    changes = {column: replace(values, rows=values.rows.without(gone)) for column, values in giving.changes.items()}
    saved = {
        identity: replace(one, rows=one.rows.without(gone)) if isinstance(one, SavedColumn) else one
        for identity, one in giving.saved.items()
    }
    return replace(giving, saved=saved, changes=changes)


def _partitions(table: Identity, live: Catalog) -> Iterator[Identity]:
    for values in live.rows.get(Inheritance.KIND, {}).values():
        join = Inheritance.of(values)
        if join.bound is not None and table.name in join.parents:
            yield join.within()
            yield from _partitions(join.within(), live)


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
