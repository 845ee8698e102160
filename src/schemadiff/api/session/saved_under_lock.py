"""Large tables whose rows or values are archived while nobody can write to them."""

from collections.abc import Iterator

from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.notes import Note, NoteKind
from schemadiff.planning.sizes import Sizes
from schemadiff.plans.model import Script
from schemadiff.plans.quantities import described


def saved_under_lock(up: Script, sizes: Sizes) -> Iterator[Note]:
    """Notes on tables that the script locks to archive what it destroys, and that are large. Raises psycopg.Error."""
    locked = (Quoted(step.identity) for step in up.steps if step.operation is StepOperation.LOCK)
    for table in dict.fromkeys(locked):
        load: TableLoad | None = sizes.of(table)
        if sizes.is_large(table):
            yield Note.of(NoteKind.SAVED_UNDER_LOCK, described(table, load))
