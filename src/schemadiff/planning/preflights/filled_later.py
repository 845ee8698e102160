"""New columns that backfills fill: they may be NULL until then."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing


def filled_later(column: CatalogObject, writing: Writing) -> Iterator[Statement] | None:
    """ADD COLUMN, and NOT NULL later, where rows get a value neither by themselves nor from a default."""
    if not isinstance(column, Column) or not column.not_null or column.generated or column.identity_kind:
        return None
    clauses = writing.clauses(Act(Operation.CREATE, column.id))
    if clauses or not writing.stays(column) or not writing.fills.sets(column.table, column.name):
        return None
    return None if column.comes_with_parents() else column.create_to_fill()
