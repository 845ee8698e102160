"""Inherited columns that are a table's own as well, whatever was declared: no statement makes them inherited alone.

Source: Postgres docs, ALTER TABLE (INHERIT wants the columns to be there), and pg_attribute.attislocal.
"""

from collections.abc import Iterator

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted, qualifier
from schemadiff.difference.sides import Sides


def stay_own(sides: Sides) -> Iterator[Identity]:
    """Columns of tables that join parents which will then be both inherited and the table's own."""
    joined = dict(_joining(sides))
    for name in sides.desired.rows.get(Column.KIND, {}) if joined else ():
        column = sides.desired[Identity(Column.KIND, Quoted(name))]
        if not isinstance(column, Column) or column.table not in joined or not column.made_with_parent():
            continue
        before = sides.live.get(column.id)
        if isinstance(before, Column) and before.made_with_parent() and _source(before) in joined[column.table]:
            continue
        yield column.id


def _joining(sides: Sides) -> Iterator[tuple[Quoted, tuple[Quoted, ...]]]:
    """The tables that get other parents by INHERIT, each with the parents that it stays joined to."""
    live, desired = sides
    for name in desired.rows.get(Inheritance.KIND, {}):
        after = desired[Identity(Inheritance.KIND, Quoted(name))]
        if not isinstance(after, Inheritance) or after.bound is not None or after.within() not in live:
            continue
        before = live.get(after.id)
        kept = after.kept(before) if isinstance(before, Inheritance) else ()
        if kept != after.parents:
            yield after.identity, kept


def _source(column: Column) -> Quoted | None:
    return qualifier(column.inherits) if column.inherits else None
