"""What users did to rows between a plan and its rollback, and what the rollback must restore nevertheless."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from schemadiff.catalog.sql import Quoted
from schemadiff.proof.rows.judging.comparison import TOUCHED
from schemadiff.proof.rows.judging.snapshot import Row, Snapshot, TableSnapshot


@dataclass
class UserChanges:
    """What was done to tables, by their OID before the plan; keys of rows as the snapshot has them."""

    deleted: dict[int, set[Row]] = field(default_factory=dict)
    updated: dict[int, dict[Row, set[Quoted]]] = field(default_factory=dict)
    inserted: dict[int, list[Row]] = field(default_factory=dict)
    drawn: dict[int, tuple[int, bool]] = field(default_factory=dict)
    """last_value and is_called of sequences that were used."""

    @property
    def tables(self) -> set[int]:
        """The tables that were changed."""
        return {*self.deleted, *self.updated, *self.inserted}

    def expected(self, before: Snapshot) -> Snapshot:
        """What the rollback must restore: what was there before, except for what users did."""
        tables = {oid: self._expected_rows(table) for oid, table in before.tables.items()}
        sequences = {
            oid: sequence.moved_to(self.drawn[oid]) if oid in self.drawn else sequence
            for oid, sequence in before.sequences.items()
        }
        return replace(before, tables=tables, sequences=sequences)

    def missing(self, after: Snapshot) -> Iterator[tuple[TableSnapshot, int]]:
        """Tables in which rows that users inserted are not there any more, with how many these are."""
        for oid, keys in self.inserted.items():
            table = after.tables.get(oid)
            if table is not None and table.key:
                there = {key_of(table, row) for row in table.rows}
                if lost := sum(key not in there for key in keys):
                    yield table, lost

    def _expected_rows(self, table: TableSnapshot) -> TableSnapshot:
        deleted, updated = self.deleted.get(table.oid, set()), self.updated.get(table.oid, {})
        rows = []
        for row in table.rows:
            key = key_of(table, row)
            if key in deleted:
                continue
            if key in updated:
                touched = [column.generated or column.name in updated[key] for column in table.columns]
                row = tuple(TOUCHED if other else value for value, other in zip(row, touched, strict=True))
            rows.append(row)
        return replace(table, rows=tuple(rows))


def key_of(table: TableSnapshot, row: Row) -> Row:
    """The key's values in a row."""
    return tuple(row[place] for place in table.key)
