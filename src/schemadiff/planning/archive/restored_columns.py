"""Columns that come back with their values."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.values import SavedColumn
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing


def filled(column: CatalogObject, writing: Writing) -> Iterator[Statement]:
    """ADD COLUMN, its old values, and NOT NULL last where no default fulfils it from the beginning."""
    saved = writing.giving.saved[column.id]
    assert isinstance(column, Column) and isinstance(saved, SavedColumn)
    create = Act(Operation.CREATE, column.id)
    clauses = writing.clauses(create)
    late = column.not_null and not clauses and not column.identity_kind
    nullable = replace(column, not_null=False, not_null_constraint=None)
    yield from (nullable if late else column).create_online(clauses)
    for part in writing.parts(create):
        if part.identity in writing.giving.saved:
            yield from writing.giving.saved[part.identity].give_back()
    yield from saved.give_back()
    if late:
        for statement in column.alter_not_null(nullable):
            asked = (saved.without_value(),) if statement.questions else ()
            yield replace(statement, questions=(), preflights=asked)
