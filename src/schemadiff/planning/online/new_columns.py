"""How new columns are added whose rows get their values in batches of the plan's own."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.default_value import DefaultValue
from schemadiff.catalog.kinds.sequence import SERIAL
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement, concerning
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writing import Writing


def filled_in_batches(column: CatalogObject, writing: Writing) -> Iterator[Statement] | None:
    """ADD COLUMN without a value, what new rows get, and NOT NULL and the like behind the batches."""
    if not isinstance(column, Column):
        return None
    made = (one for one in writing.fills.backfills if one.made and Quoted(one.table) == column.table)
    return _created(column, writing) if any(column.name in one.columns for one in made) else None


def _created(column: Column, writing: Writing) -> Iterator[Statement]:
    clauses = writing.clauses(Act(Operation.CREATE, column.id))
    yield from column.create_in_batches(clauses)
    default = default_of(column, writing.work)
    if default is not None and SERIAL not in clauses:
        yield from concerning(default.id, default.create(), StepOperation.CREATE)
    yield from column.require_filled()


def default_of(column: Column, work: Work) -> DefaultValue | None:
    """The default of a column in the end."""
    default = work.desired.get(Identity(DefaultValue.KIND, column.identity))
    return default if isinstance(default, DefaultValue) else None
