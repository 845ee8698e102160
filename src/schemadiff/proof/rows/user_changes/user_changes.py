"""What was done to rows between a plan and its rollback, and what must be there after it all the same."""

from dataclasses import dataclass, field, replace

from schemadiff.catalog.sql import Quoted
from schemadiff.proof.rows.judging.comparison import TOUCHED
from schemadiff.proof.rows.judging.snapshot import Row, Snapshot, TableSnapshot


@dataclass
class UserChanges:
    """What was done to tables, by their OID before the plan; keys of rows as the snapshot has them."""

    gone: dict[int, set[Row]] = field(default_factory=dict)
    changed: dict[int, dict[Row, set[Quoted]]] = field(default_factory=dict)
    came: dict[int, list[Row]] = field(default_factory=dict)
    drawn: dict[int, tuple[int, bool]] = field(default_factory=dict)
    """Where sequences stand that were drawn from."""

    @property
    def tables(self) -> set[int]:
        """The tables that were used."""
        return {*self.gone, *self.changed, *self.came}

    def expected(self, before: Snapshot) -> Snapshot:
        """What the rollback must bring back: what was there before, but for what users did."""
        tables = {oid: self._of_table(table) for oid, table in before.tables.items()}
        sequences = {
            oid: one.moved_to(self.drawn[oid]) if oid in self.drawn else one for oid, one in before.sequences.items()
        }
        return replace(before, tables=tables, sequences=sequences)

    def missing(self, after: Snapshot) -> dict[Quoted, int]:
        """How many rows that came are not there any more, by table."""
        found: dict[Quoted, int] = {}
        for oid, keys in self.came.items():
            table = after.tables.get(oid)
            if table is not None and table.key:
                there = {key_of(table, row) for row in table.rows}
                if lost := sum(key not in there for key in keys):
                    found[table.name] = lost
        return found

    def _of_table(self, table: TableSnapshot) -> TableSnapshot:
        gone, changed = self.gone.get(table.oid, set()), self.changed.get(table.oid, {})
        rows = []
        for row in table.rows:
            key = key_of(table, row)
            if key in gone:
                continue
            if key in changed:
                names = changed[key]
                unjudged = [column.generated or column.name in names for column in table.columns]
                row = tuple(TOUCHED if other else value for value, other in zip(row, unjudged, strict=True))
            rows.append(row)
        return replace(table, rows=tuple(rows))


def key_of(table: TableSnapshot, row: Row) -> Row:
    """The key's values in a row."""
    return tuple(row[place] for place in table.key)
