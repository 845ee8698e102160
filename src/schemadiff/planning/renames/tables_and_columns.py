"""Tables and columns: what hold data, and look like one under two names."""

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.table import Table


def looks_of_column(identity: Identity, catalog: Catalog) -> object:
    """Columns of one type in one table look alike; None for what is no column."""
    column = catalog[identity]
    return (Column.KIND, column.table, column.type) if isinstance(column, Column) else None


def looks_of_table(identity: Identity, catalog: Catalog) -> object:
    """Tables with columns of the same names and types look alike; None for what is no table, or has no column."""
    if identity.kind != Table.KIND:
        return None
    users = (catalog[user] for user in catalog.dependencies.needed_by.get(identity, ()))
    shape = frozenset((column.name, column.type) for column in users if isinstance(column, Column))
    return (Table.KIND, shape) if shape else None
