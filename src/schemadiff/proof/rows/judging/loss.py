"""Rows and values that a script lost, and whether a plan says so beforehand."""

from dataclasses import dataclass

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted, qualifier
from schemadiff.proof.rows.judging.snapshot import SequenceSnapshot, SnapshotColumn, TableSnapshot, Value


@dataclass(frozen=True, slots=True)
class Loss:
    """What differs in one table: missing or additional rows, or values of one column; or a sequence.

    `holders` names the table, or the column that a sequence belongs to; `example` shows an old and a new value.
    """

    object: Identity
    holders: tuple[Quoted, ...]
    what: str
    example: tuple[Value, Value] | None = None
    advanced: bool = False
    """Whether a sequence has only advanced."""

    def words(self, *, reveal: bool) -> str:
        """The loss in words; values only with `reveal`."""
        if self.example is None or not reveal:
            return f"{self.object}: {self.what}"
        old, new = (_shown(value) for value in self.example)
        return f"{self.object}: {self.what}, such as {old}, which is {new}"


def of_table(table: TableSnapshot, what: str) -> Loss:
    """A difference in a table as a whole."""
    return Loss(Identity(Table.KIND, table.name), (table.name,), what)


def of_column(
    table: TableSnapshot, column: SnapshotColumn, what: str, example: tuple[Value, Value] | None = None
) -> Loss:
    """A difference in the values of a column."""
    return Loss(Identity(Column.KIND, Quoted(f"{table.name}.{column.name}")), (table.name,), what, example)


def of_sequence(sequence: SequenceSnapshot, what: str, *, advanced: bool = False) -> Loss:
    """A difference in the value of a sequence."""
    column = sequence.column
    holders = () if column is None else (column, qualifier(column))
    return Loss(Identity(Sequence.KIND, sequence.name), holders, what, advanced=advanced)


def inserted_and_lost(table: TableSnapshot, count: int) -> Loss:
    """Rows that users inserted between up and down, and that are missing after down."""
    rows = "1 row that was inserted after up is" if count == 1 else f"{count} rows that were inserted after up are"
    return of_table(table, f"{rows} lost")


def rows(count: int, what: str) -> str:
    """`2 rows are lost`."""
    return f"1 row is {what}" if count == 1 else f"{count} rows are {what}"


def values(count: int, what: str) -> str:
    """`2 values are lost`."""
    return f"1 value is {what}" if count == 1 else f"{count} values are {what}"


def _shown(value: Value) -> str:
    if value is None:
        return "NULL"
    text = value.decode(errors="replace")
    return repr(text if len(text) <= 60 else text[:57] + "...")
