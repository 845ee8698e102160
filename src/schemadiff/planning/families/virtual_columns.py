"""Virtual columns that become plain: Postgres takes no expression away from them, so values are stored first."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.default_value import DefaultValue
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Statement, concerning
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing


def with_computed_values(column: Column, writing: Writing) -> Iterator[Statement] | None:
    """What adds a plain column with the values that were computed whenever a virtual one was read.

    None where there was none, or where nothing can compute them any more.
    """
    before = writing.work.live.get(column.id)
    plain = column.generated is None and column.identity_kind is None and column.serial is None
    if not isinstance(before, Column) or before.generated != "v" or not plain or before.type != column.type:
        return None
    if column.inherits or not writing.stays(column) or _moves(before, writing):
        return None
    return _stored_first(column, before, writing)


def _stored_first(column: Column, before: Column, writing: Writing) -> Iterator[Statement]:
    stored = replace(column, generated="s", expression=before.expression)
    yield from stored.create_online()
    words = Sql(f"ALTER TABLE {column.table} ALTER COLUMN {column.name} DROP EXPRESSION")
    yield Statement(
        words, purpose=Purpose(StepOperation.ALTER, fields=(), changes=(RawChange("generated", "s", None),))
    )
    for part in writing.parts(Act(Operation.CREATE, column.id)):
        built = writing.work.desired[part.identity]
        if isinstance(built, DefaultValue):
            yield from concerning(built.id, built.create(), StepOperation.CREATE)


def _moves(before: Column, writing: Writing) -> bool:
    """Whether the expression names something that is not as it was when the column is added."""
    work = writing.work
    rebuilt = {identity for identity, change in work.alters.items() if change.rebuilds}
    return bool(work.live.dependencies.needs[before.id] & (work.drops | work.releases | rebuilt))
