"""Triggers of tables to which values come back: they must not fire for that."""

import re
from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.shared.routine import Routine
from schemadiff.catalog.kinds.trigger import ENABLING, Trigger
from schemadiff.catalog.sql import Quoted, unquoted
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


def written_by_triggers(table: Identity, work: Work) -> list[Quoted]:
    """The columns of a table that an UPDATE may change besides those that it sets: those that BEFORE triggers name.

    A function names a column behind NEW; one whose text is not known, as of an extension, has it as an argument.
    """
    tables = {table, *_partitions(table, work.live)}
    texts = [text for side in (work.live, work.desired) for text in _texts(tables, side)]
    columns = (Column.of(values) for values in work.live.rows[Column.KIND].values())
    return sorted(
        column.name
        for column in columns
        if column.within() == table and not column.generated and column.identity_kind != "a"
        if any(_names(text, arguments, unquoted(column.name)) for text, arguments in texts)
    )


def _texts(tables: set[Identity], side: Catalog) -> Iterator[tuple[str, str]]:
    """What the functions of BEFORE triggers that an UPDATE fires say, and with which arguments they are called."""
    for trigger in map(Trigger.of, side.rows[Trigger.KIND].values()):
        head, _, call = trigger.definition.rpartition(" EXECUTE ")
        if trigger.within() not in tables or trigger.enabled == "D" or not trigger.on_update or " BEFORE " not in head:
            continue
        routines = (side.get(needed) for needed in side.dependencies.needs[trigger.id])
        yield "\n".join(one.definition for one in routines if isinstance(one, Routine)), call.partition("(")[2]


def _names(text: str, arguments: str, column: str) -> bool:
    named = re.escape(column)
    behind_new = rf"""\bnew\s*\.\s*(?:{named}\b|"{re.escape(column.replace('"', '""'))}")"""
    return (
        re.search(behind_new, text, re.IGNORECASE) is not None
        or f"'{column.replace(chr(39), 2 * chr(39))}'" in arguments
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
