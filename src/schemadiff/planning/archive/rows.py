"""How the rows of a table are found again when their values come back from the archive."""

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.kinds.trigger import ENABLING, Trigger
from schemadiff.catalog.sql import Quoted
from schemadiff.planning.archive.values import Rows
from schemadiff.planning.work.work import Work


def rows_of(name: Quoted, changed: set[Identity], work: Work) -> Rows | None:
    """The rows of a table by a key that both sides have; None where it has none, or children that share it.

    Columns in `changed` are no part of the key.
    """
    table, after = work.live.get(Identity(Table.KIND, name)), work.desired.get(Identity(Table.KIND, name))
    if not isinstance(table, Table) or not isinstance(after, Table) or _has_children(table, work.live):
        return None
    key = _key(table, changed, work)
    if key is None:
        return None
    return Rows(name, key, after.force_row_security or table.force_row_security, tuple(_triggers(table, work)))


def rows_by(name: Quoted, key: Quoted, work: Work) -> Rows | None:
    """The rows of a table on both sides by a column that somebody says is unique and never NULL."""
    table, after = work.live.get(Identity(Table.KIND, name)), work.desired.get(Identity(Table.KIND, name))
    column, same = (side.get(Identity(Column.KIND, Quoted(f"{name}.{key}"))) for side in (work.live, work.desired))
    if not isinstance(table, Table) or not isinstance(after, Table) or _has_children(table, work.live):
        return None
    if not isinstance(column, Column) or not isinstance(same, Column) or column.type != same.type:
        return None
    return Rows(name, (key,), after.force_row_security or table.force_row_security, tuple(_triggers(table, work)))


def _has_children(table: Table, live: Catalog) -> bool:
    if table.partition_key is not None:
        return False
    parents = (Inheritance.of(values).parents for values in live.rows[Inheritance.KIND].values())
    return any(table.identity in found for found in parents)


def _key(table: Table, changed: set[Identity], work: Work) -> tuple[Quoted, ...] | None:
    """The columns of the primary key, or of the first other key whose columns are never NULL."""
    users = set(work.live.dependencies.needed_by.get(table.id, set()))
    columns = {user for user in users if user.kind == Column.KIND}
    for column in columns:
        users |= work.live.dependencies.needed_by.get(column, set())
    for identity in sorted(users, key=lambda identity: _preference(work.live, identity)):
        built = work.live.get(identity)
        if built is None or built.within() != table.id or not _is_key(work.live, identity):
            continue
        key = sorted(
            (
                found
                for needed in work.live.dependencies.needs[identity]
                if isinstance(found := work.live.get(needed), Column)
            ),
            key=Column.sort_key,
        )
        if key and all(column.id not in changed and _stays(column, work) for column in key):
            return tuple(column.name for column in key)
    return None


def _preference(live: Catalog, identity: Identity) -> tuple[object, ...]:
    built = live.get(identity)
    order = "pu".find(built.type) if isinstance(built, Constraint) and built.type in "pu" else 2
    return (order, identity)


def _is_key(live: Catalog, identity: Identity) -> bool:
    """Whether an object lets no two rows have the same values in plain columns."""
    built = live[identity]
    if isinstance(built, Constraint):
        return built.type in "pu" and "WITHOUT OVERLAPS" not in built.definition
    if not isinstance(built, Index):
        return False
    plain = built.definition.count("(") == 1 and " WHERE " not in built.definition
    return built.unique and built.valid and plain


def _stays(column: Column, work: Work) -> bool:
    """Whether a column has the same values on both sides, and never NULL."""
    after = work.desired.get(column.id)
    if not isinstance(after, Column) or column.id in work.drops or column.id in work.releases:
        return False
    return column.not_null and (column.type, column.collation) == (after.type, after.collation)


def _triggers(table: Table, work: Work) -> list[tuple[Quoted, str]]:
    """The triggers on both sides that an UPDATE fires, with what enables them as they are in `live`."""
    triggers = map(Trigger.of, work.live.rows[Trigger.KIND].values())
    return sorted(
        (trigger.name, ENABLING[trigger.enabled])
        for trigger in triggers
        if trigger.within() == table.id and trigger.id in work.desired and trigger.enabled != "D"
        if "UPDATE" in trigger.definition
    )
