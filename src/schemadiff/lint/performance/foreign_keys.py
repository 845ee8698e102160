"""Foreign keys that no index serves, or that point where the platform may change things."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.sql import Quoted, qualifier
from schemadiff.lint.rule import Finding, Side

_FINDS_EQUALS = frozenset({"btree", "hash", "gist"})
"""Access methods whose indexes find the rows with given values."""

Indexes = Mapping[Quoted, Sequence[tuple[Quoted | None, ...]]]
"""By table, the columns of each index that can find any of its rows."""


def unindexed_foreign_keys(side: Side) -> Iterator[Finding]:
    """Foreign keys whose columns no index leads with: whoever deletes a row that they point at reads the table."""
    catalog = side.catalog
    indexes = _indexes(catalog)
    for key in catalog.having(Constraint, "type", "f"):
        if key.enforced and not key.inherits and not _is_served(key, indexes, catalog):
            columns = ", ".join(key.columns)
            message = (
                f"no index of {key.table} begins with ({columns}): deleting a row of {key.target}, or changing its "
                "key, reads the whole table"
            )
            yield Finding(key, message, f"CREATE INDEX ON {key.table} ({columns});")


def fkey_to_auth_unique(side: Side) -> Iterator[Finding]:
    """Foreign keys to columns of the platform's users that are no primary key, which the platform may take away."""
    for key in side.catalog.having(Constraint, "type", "f"):
        if qualifier(key.target or "") == "auth" and key.target_columns not in (None, ("id",)):
            message = f"it points at a unique constraint of {key.target}, which the platform may change"
            fix = f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name};"
            yield Finding(key, message, fix)


def _is_served(key: Constraint, indexes: Indexes, catalog: Catalog) -> bool:
    """Whether an index finds its rows: one of the table or, if that is partitioned, one of every partition."""
    leading = (columns[: len(key.columns)] for columns in indexes.get(key.table, ()))
    if any(set(columns) == set(key.columns) for columns in leading):
        return True
    parts = [catalog[part] for part in catalog.children_of.get(key.id, ())] if key.partitioned else []
    return bool(parts) and all(isinstance(part, Constraint) and _is_served(part, indexes, catalog) for part in parts)


def _indexes(catalog: Catalog) -> Indexes:
    by_table: dict[Quoted, list[tuple[Quoted | None, ...]]] = defaultdict(list)
    for index in catalog.having(Index, "partial", False):
        if index.valid and index.whole and index.method in _FINDS_EQUALS:
            by_table[index.table].append(index.columns)
    for kind in "pu":
        for constraint in catalog.having(Constraint, "type", kind):
            if constraint.whole:
                by_table[constraint.table].append(constraint.columns)
    return by_table
