"""Tables that share rows: a table with its parents and its children, partitions among them."""

from collections.abc import Sequence, Set

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, last_name


def related(tables: Set[Quoted], sides: Sequence[Catalog]) -> frozenset[Quoted]:
    """The tables, and those of which rows are theirs, too: children and parents, before or after a plan."""
    ties = {
        (Quoted(name), parent)
        for side in sides
        for name, values in side.rows.get(Inheritance.KIND, {}).items()
        for parent in Inheritance.of(values).parents
    }
    return frozenset(tables | _reached(tables, ties) | _reached(tables, {(parent, child) for child, parent in ties}))


def meant(name: str, sides: Sequence[Catalog]) -> set[Quoted]:
    """The tables that a statement may mean by a name; without a schema, all of that name."""
    names = {table for side in sides for table in side.rows.get(Table.KIND, ())}
    return {Quoted(table) for table in names if name in (table, last_name(table))}


def _reached(tables: Set[Quoted], ties: Set[tuple[Quoted, Quoted]]) -> set[Quoted]:
    found: set[Quoted] = set()
    while more := {there for here, there in ties if here in found or here in tables} - found:
        found |= more
    return found
