"""How far sequences have counted, as the archive's table of contents keeps it."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted, Sql, literal, unquoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.saved.contents import CONTENTS, Place


@dataclass(frozen=True, slots=True)
class LastValue:
    """How far a sequence has counted; `sequence` is its name as an expression."""

    place: Place
    sequence: Sql

    @classmethod
    def of(cls, place: Place, sequence: Quoted) -> "LastValue":
        """Of a sequence by its name."""
        return cls(place, literal(sequence))

    @classmethod
    def behind(cls, place: Place, table: Quoted, column: Quoted) -> "LastValue":
        """Of the sequence behind an identity column, whatever that is called."""
        found = f"pg_catalog.pg_get_serial_sequence({literal(table)}, {literal(unquoted(column))})"
        return cls(place, Sql(found))

    def save(self) -> Iterator[Statement]:
        """Record the last value."""
        yield self.place.record(f"pg_catalog.pg_sequence_last_value({self.sequence}::pg_catalog.regclass)")

    def give_back(self) -> Iterator[Statement]:
        """Let the new sequence go on from there."""
        words = f"SELECT pg_catalog.setval({self.sequence}, last_value) FROM {CONTENTS}\n    "
        condition = f"WHERE name = {literal(self.place.name)} AND last_value IS NOT NULL"
        purpose = self.place.purpose(StepOperation.RESTORE_LAST_VALUE)
        yield Statement(Sql(words + condition), preflights=(self.place.listed(),), purpose=purpose)
        yield self.place.strike()
