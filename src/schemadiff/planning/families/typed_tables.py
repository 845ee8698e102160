"""Tables OF a type that leave their type for a while: they come under another one, or theirs is replaced."""

from collections.abc import Iterable, Set
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.composite_type import CompositeType
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted
from schemadiff.errors import PlanningError
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def release_typed_tables(work: Work) -> None:
    """Release tables that leave their type for a while, whose columns are columns like any others then.

    Raises PlanningError where columns would have to change places.
    """
    loose = {identity for identity in work.releases if identity.kind == Table.KIND}
    loose |= _of_another_type(work)
    for table in sorted(loose):
        _expect_order(table, work)
        if (change := work.alters.get(table)) is not None and "of_type" in change.fields:
            fields = tuple(name for name in change.fields if name != "of_type")
            work.alters[table] = replace(change, fields=fields)
            if not fields:
                del work.alters[table]
    if not loose:
        return
    work.releases |= loose
    work.live, work.desired = _with_own_columns(work.live, loose), _with_own_columns(work.desired, loose)
    for identity, change in work.alters.items():
        if change.before is not None and change.before.within() in loose and isinstance(change.before, Column):
            work.alters[identity] = replace(change, before=work.live[identity], after=work.desired[identity])


def order_columns(graph: Graph, work: Work) -> None:
    """Columns of such tables change after these left their type, and before they come under one."""
    for act in list(graph.before):
        if changes_while_released(act.identity):
            table = work.object(act).within()
            if table is not None and table in work.releases:
                graph.add(Act(Operation.RELEASE, table), act)
                graph.add(act, Act(Operation.RESTORE, table))


def changes_while_released(identity: Identity) -> bool:
    """Whether a table is released for the sake of such objects: its columns."""
    return identity.kind == Column.KIND


def retyped_with_type(act: Act, graph: Graph, work: Work) -> Act | None:
    """The act on a composite type that retypes or drops the columns of typed tables along with its attributes."""
    if act.operation not in (Operation.ALTER, Operation.DROP):
        return None
    column = work.object(act)
    fields = work.alters[act.identity].fields if act.operation is Operation.ALTER else ()
    if not isinstance(column, Column) or not column.of_type or not {"type", "collation"}.issuperset(fields):
        return None
    alter = Act(Operation.ALTER, Identity(CompositeType.KIND, column.of_type))
    return alter if alter in graph.before else None


def _of_another_type(work: Work) -> Set[Identity]:
    """Tables that come under another type, or leave it, and whose columns change meanwhile."""
    moving = {
        change.after.id
        for change in work.alters.values()
        if isinstance(change.after, Table) and "of_type" in change.fields
    }
    if not moving:
        return moving
    names = {table.name: table for table in moving}
    touched = work.drops | work.creates | work.alters.keys() | work.releases
    return {
        names[table]
        for identity in touched
        if identity.kind == Column.KIND
        for table in names
        if identity.name.startswith(f"{table}.")
    }


def _with_own_columns(catalog: Catalog, tables: Iterable[Identity]) -> Catalog:
    names = {table.name for table in tables}
    place, table_place = Column.COLUMNS.index("of_type"), Column.COLUMNS.index("table")
    columns = {
        identity: (*row[:place], None, *row[place + 1 :]) if row[table_place] in names else row
        for identity, row in catalog.rows.get(Column.KIND, {}).items()
    }
    return replace(catalog, rows={**catalog.rows, Column.KIND: columns}, _built={})


def _expect_order(table: Identity, work: Work) -> None:
    after = work.desired[table]
    if not isinstance(after, Table) or after.of_type is None:
        return
    gone, new = work.drops - work.creates, work.creates
    stays = [name for name in _columns(work.live, table.name) if Identity(Column.KIND, name) not in gone | new]
    comes = [name for name in _columns(work.desired, table.name) if Identity(Column.KIND, name) in new]
    if stays + comes != _columns(work.desired, table.name):
        raise PlanningError(
            f"columns of {table} would have to change places to follow type {after.of_type}: "
            "give the type its new attributes at the end, in the order in which the table has its columns"
        )


def _columns(catalog: Catalog, table: Quoted) -> list[Quoted]:
    rows = catalog.rows.get(Column.KIND, {})
    found = [catalog[Identity(Column.KIND, Quoted(name))] for name in rows if name.startswith(f"{table}.")]
    columns = [built for built in found if isinstance(built, Column) and built.table == table]
    return [column.identity for column in sorted(columns, key=lambda column: column.position)]
