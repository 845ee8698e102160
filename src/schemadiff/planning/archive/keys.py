"""Primary keys, unique constraints and unique indexes: how rows are found again when their values come back."""

from collections.abc import Iterable

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted
from schemadiff.planning.archive.saved.rows import Rows
from schemadiff.planning.archive.triggers import fired_by_updates
from schemadiff.planning.work.work import Work


def rows_of(name: Quoted, changed: set[Identity], work: Work) -> Rows | None:
    """The rows of a table by a key that both sides have; None where it has none, or children that share it.

    Columns in `changed` are no part of the key. Children that are dropped go before.
    """
    table = work.live.get(Identity(Table.KIND, name))
    if not isinstance(table, Table) or _children(table, work.live) - work.drops:
        return None
    key = _key(table, changed, work)
    return None if key is None else _rows(name, key, work)


def rows_by(name: Quoted, key: tuple[Quoted, ...], work: Work) -> Rows | None:
    """The rows of a table on both sides by columns that somebody says are unique together and never NULL."""
    for part in key:
        identity = Identity(Column.KIND, Quoted(f"{name}.{part}"))
        column, same = work.live.get(identity), work.desired.get(identity)
        if not isinstance(column, Column) or not isinstance(same, Column) or column.type != same.type:
            return None
    table = work.live.get(Identity(Table.KIND, name))
    if not isinstance(table, Table) or _children(table, work.live):
        return None
    return _rows(name, key, work)


def tell_rows_apart(columns: Iterable[Column], table: Quoted, side: Catalog) -> bool:
    """Whether no two rows of a table can have the same values in these columns: a key lies in them."""
    named = {str(column.name): column for column in columns}
    needing = {user for column in named.values() for user in side.dependencies.needed_by.get(column.id, ())}
    users = [user for user in map(side.get, needing) if isinstance(user, Constraint | Index)]
    return any(
        user.table == table
        and named.keys() >= set(map(str, _keys(user)))
        and _is_key(side, user.id, [named[str(name)] for name in _keys(user)])
        for user in users
    )


def _keys(user: Constraint | Index) -> tuple[str, ...]:
    """What of a key tells rows apart; INCLUDE adds to what it needs, not to this."""
    return user.columns if isinstance(user, Constraint) else user.keys


def _rows(name: Quoted, key: tuple[Quoted, ...], work: Work) -> Rows | None:
    table, after = work.live.get(Identity(Table.KIND, name)), work.desired.get(Identity(Table.KIND, name))
    if not isinstance(table, Table) or not isinstance(after, Table):
        return None
    forced = after.force_row_security or table.force_row_security
    return Rows(name, key, forced, tuple(fired_by_updates(table.id, work)))


def _children(table: Table, live: Catalog) -> set[Identity]:
    """The children by INHERITS, whose rows are read with the table's."""
    if table.partition_key is not None:
        return set()
    joins = (Inheritance.of(values) for values in live.rows[Inheritance.KIND].values())
    return {join.within() for join in joins if table.identity in join.parents}


def _key(table: Table, changed: set[Identity], work: Work) -> tuple[Quoted, ...] | None:
    """The columns of the primary key, or of the first other key whose columns are never NULL."""
    users = set(work.live.dependencies.needed_by.get(table.id, set()))
    for column in {user for user in users if user.kind == Column.KIND}:
        users |= work.live.dependencies.needed_by.get(column, set())
    for identity in sorted(users, key=lambda identity: _preference(work.live, identity)):
        user = work.live.get(identity)
        if user is None or user.within() != table.id:
            continue
        columns = _columns(identity, work.live)
        if not _is_key(work.live, identity, columns):
            continue
        if columns and all(column.id not in changed and _stays(column, work) for column in columns):
            return tuple(column.name for column in columns)
    return None


def _preference(live: Catalog, identity: Identity) -> tuple[object, ...]:
    constraint = live.get(identity)
    type_ = constraint.type if isinstance(constraint, Constraint) else ""
    return ({"p": 0, "u": 1}.get(type_, 2), identity)


def _columns(identity: Identity, live: Catalog) -> list[Column]:
    """The columns that a constraint or an index needs, in the order of the table."""
    needed = (live.get(other) for other in live.dependencies.needs[identity])
    return sorted((column for column in needed if isinstance(column, Column)), key=Column.sort_key)


def _is_key(live: Catalog, identity: Identity, columns: list[Column]) -> bool:
    """Whether an object lets no two rows have the same values in its columns."""
    user = live[identity]
    if isinstance(user, Constraint):
        return user.type in "pu" and not user.period
    if not isinstance(user, Index):
        return False
    plain = user.predicate is None and set(map(str, user.keys)) == {str(column.name) for column in columns}
    return user.unique and user.valid and plain


def _stays(column: Column, work: Work) -> bool:
    """Whether a column has the same values on both sides, and never NULL."""
    after = work.desired.get(column.id)
    if not isinstance(after, Column) or column.id in work.drops or column.id in work.releases:
        return False
    return column.not_null and (column.type, column.collation) == (after.type, after.collation)
