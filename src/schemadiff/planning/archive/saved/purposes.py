"""What statements around the archive are for, where they are not about what is archived itself."""

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.purpose import Purpose, StepOperation


def on_archive(operation: StepOperation) -> Purpose:
    """An operation on the archive's schema."""
    return Purpose.of(operation, Identity(Schema.KIND, Quoted(ARCHIVE_SCHEMA)))


def on_table(operation: StepOperation, table: Quoted) -> Purpose:
    """An operation on a table of which rows or values are saved or restored."""
    return Purpose.of(operation, Identity(Table.KIND, table))
