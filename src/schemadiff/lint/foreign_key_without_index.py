"""A foreign key whose columns no index leads with: whoever deletes a row that it points at reads its whole table."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.sql import Quoted
from schemadiff.lint.context import Context
from schemadiff.plans.advice import Advice, Severity

RULE = "foreign-key-without-index"

_FINDS_EQUALS = frozenset({"btree", "hash", "gist"})
"""Access methods whose indexes find the rows with given values."""

Indexes = Mapping[Quoted, Sequence[tuple[Quoted | None, ...]]]
"""By table, the columns of each index that can find any of its rows."""


def foreign_key_without_index(context: Context) -> Iterator[Advice]:
    """Advise an index for each foreign key of a table that the plan touches.

    Not only for those that the plan creates: it may drop the index that served an old one.
    """
    desired = context.desired
    touched = [key for key in desired.having(Constraint, "type", "f") if context.touches(key)]
    indexes = _indexes(desired) if touched else {}
    for key in touched:
        if key.enforced and not key.inherits and not _is_served(key, indexes, desired):
            columns = ", ".join(key.columns)
            message = (
                f"no index of {key.table} begins with ({columns}): deleting a row of {key.target}, or changing its "
                "key, reads the whole table"
            )
            fix = f"CREATE INDEX ON {key.table} ({columns});"
            place = context.places.of(key.table, key.name)
            yield Advice(RULE, Severity.WARNING, key.KIND, key.identity, place, message, fix)


def _is_served(key: Constraint, indexes: Indexes, desired: Catalog) -> bool:
    """Whether an index finds its rows: one of the table or, if that is partitioned, one of every partition."""
    leading = (columns[: len(key.columns)] for columns in indexes.get(key.table, ()))
    if any(set(columns) == set(key.columns) for columns in leading):
        return True
    parts = [desired[part] for part in desired.children_of.get(key.id, ())] if key.partitioned else []
    return bool(parts) and all(isinstance(part, Constraint) and _is_served(part, indexes, desired) for part in parts)


def _indexes(desired: Catalog) -> Indexes:
    by_table: dict[Quoted, list[tuple[Quoted | None, ...]]] = defaultdict(list)
    for index in desired.having(Index, "partial", False):
        if index.valid and index.whole and index.method in _FINDS_EQUALS:
            by_table[index.table].append(index.columns)
    for kind in "pu":
        for constraint in desired.having(Constraint, "type", kind):
            if constraint.whole:
                by_table[constraint.table].append(constraint.columns)
    return by_table
