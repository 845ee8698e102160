"""The statement that inserts one made-up row, with references to existing rows."""

from zlib import crc32

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.proof.rows.making.candidates import Candidates
from schemadiff.proof.rows.making.learned import Learned
from schemadiff.proof.rows.shape import ColumnShape, ForeignKey, Shape, TableShape

NULL = Sql("NULL")
_CONSTANT = ("'", "(", "true", "false", "ARRAY[", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


class Inserts:
    """Writes statements; `counts` has the number of rows of each table, which the caller updates."""

    def __init__(self, shape: Shape, candidates: Candidates, counts: dict[int, int]) -> None:
        self._shape, self._candidates, self._counts = shape, candidates, counts
        self.pinned: dict[int, set[int]] = {}
        """Columns by table that get a known value, since rows that are inserted earlier refer to it."""
        for table in shape.tables.values():
            for reference in table.references:
                if self._needs_pin(table, reference):
                    self.pinned.setdefault(reference.parent, set()).update(reference.parent_columns)

    def rows_of(self, oid: int) -> int:
        """The rows of a table, and of its partitions if it has any."""
        return sum(self._counts.get(holder.oid, 0) for holder in self._shape.holders_of(oid))

    def statement(self, table: TableShape, attempt: int, learned: Learned) -> Sql:
        """INSERT for the attempt with that number: the first ones are the plainest."""
        chosen: dict[int, Sql] = {}
        joins: list[str] = []
        for reference in sorted(table.references, key=lambda one: (-len(one.columns), one.name)):
            self._refer(table, reference, attempt, learned, chosen, joins)
        for column in table.columns.values():
            if column.number not in chosen and not column.generated:
                value = self._value(table, column, attempt, learned)
                if value is not None:
                    chosen[column.number] = value
        if not chosen:
            return Sql(f"INSERT INTO {table.name} DEFAULT VALUES")
        names = ", ".join(table.columns[number].name for number in chosen)
        source = "(SELECT) AS nothing" + "".join(joins)
        return Sql(
            f"INSERT INTO {table.name} ({names}) OVERRIDING SYSTEM VALUE\n"
            f"SELECT {', '.join(chosen.values())}\nFROM {source}"
        )

    def unfillable(self, table: TableShape) -> str | None:
        """Why no row can be made at all, if that is plain to see."""
        if not table.writable:
            return "it is of a kind that cannot be written"
        for reference in table.references:
            needed = all(table.columns[number].not_null for number in reference.columns)
            if needed and not self.rows_of(reference.parent) and not self._pinned(reference):
                return f"{self._shape.tables[reference.parent].name}, which it refers to, has no rows"
        for column in table.columns.values():
            optional = not column.not_null or column.default or column.identity or column.generated
            refers = any(column.number in reference.columns for reference in table.references)
            if not optional and not refers and not self._candidates.of(table, column):
                return f"no value was found for its column {column.name} of type {column.type_name}"
        return None

    def _needs_pin(self, table: TableShape, reference: ForeignKey) -> bool:
        """Whether the first row must know the key of a row that is not there yet: NOT NULL, and in a circle."""
        if not all(table.columns[number].not_null for number in reference.columns):
            return False
        return table.oid in self._ancestors(reference.parent, set())

    def _ancestors(self, oid: int, seen: set[int]) -> set[int]:
        """The table and all that its NOT NULL references lead to."""
        if oid not in seen:
            seen.add(oid)
            for reference in self._shape.tables[oid].references:
                if all(self._shape.tables[oid].columns[number].not_null for number in reference.columns):
                    self._ancestors(reference.parent, seen)
        return seen

    def _pinned(self, reference: ForeignKey) -> bool:
        return set(reference.parent_columns) <= self.pinned.get(reference.parent, set())

    def _refer(
        self, table: TableShape, reference: ForeignKey, attempt: int, learned: Learned,
        chosen: dict[int, Sql], joins: list[str],
    ) -> None:  # fmt: skip
        """Choose the values of a foreign key's columns."""
        columns = [table.columns[number] for number in reference.columns]
        open_columns = [column for column in columns if column.number not in chosen and not column.generated]
        optional = [column for column in open_columns if nullable(column, learned)]
        parent = self._shape.tables[reference.parent]
        if not open_columns:
            return
        if optional and (not self.rows_of(parent.oid) or _sometimes(table, optional[0], attempt, learned)):
            chosen.update((column.number, NULL) for column in optional)
        elif self.rows_of(parent.oid):
            self._look_up(table, reference, parent, attempt, chosen, joins)
        elif self._pinned(reference):
            for column, number in zip(columns, reference.parent_columns, strict=True):
                values = self._candidates.of(parent, parent.columns[number])
                if column.number not in chosen and values:
                    chosen[column.number] = _cast(values[attempt % len(values)], column)

    def _look_up(
        self, table: TableShape, reference: ForeignKey, parent: TableShape, attempt: int,
        chosen: dict[int, Sql], joins: list[str],
    ) -> None:  # fmt: skip
        """Choose one of the parent's rows that agrees with the values that are chosen already."""
        name = Quoted(f"r{len(joins)}")
        wanted, agreeing = [], []
        pairs = list(zip(reference.columns, reference.parent_columns, reference.operators, strict=True))
        for place, (number, parent_number, operator) in enumerate(pairs):
            column, parent_column = table.columns[number], parent.columns[parent_number]
            wanted.append(f"p.{parent_column.name} AS c{place}")
            if number in chosen:
                agreeing.append(f"p.{parent_column.name} {operator} {chosen[number]}")
            elif not column.generated:
                chosen[number] = _cast(Sql(f"{name}.c{place}"), column)
        which = attempt + (attempt // max(self.rows_of(parent.oid), 1)) * len(joins)
        condition = f" WHERE {' AND '.join(agreeing)}" if agreeing else ""
        joins.append(
            f"\nLEFT JOIN LATERAL (SELECT * FROM (SELECT {', '.join(wanted)}, count(*) OVER () AS n,"
            f" row_number() OVER (ORDER BY p.tableoid, p.ctid) - 1 AS place FROM {parent.source} AS p{condition})"
            f" AS k WHERE k.place = {which} % k.n) AS {name} ON true"
        )

    def _value(self, table: TableShape, column: ColumnShape, attempt: int, learned: Learned) -> Sql | None:
        """A value, or None to leave the column to its default."""
        pinned = column.number in self.pinned.get(table.oid, ())
        if column.fed and not pinned:
            return None
        values = self._candidates.of(table, column)
        hard = [place for place in learned.tries if column.number in table.conditions[place].columns]
        if hard:
            tried = learned.tries[hard[0]]
            digit = _dice(table, column, tried) % (len(values) + nullable(column, learned) or 1)
            return values[digit] if digit < len(values) else NULL
        if _constant(column) and attempt == 1:
            return None
        if not pinned and nullable(column, learned) and (not values or _sometimes(table, column, attempt, learned)):
            return NULL
        if not values:
            return None
        key = pinned or column.number in table.key
        return values[(attempt if key else _place(table, column, attempt)) % len(values)]


def nullable(column: ColumnShape, learned: Learned) -> bool:
    """Whether the column accepts NULL, as far as is known."""
    return not column.not_null and column.number not in learned.never_null


def _constant(column: ColumnShape) -> bool:
    """Whether the default is the same whenever it is used."""
    default = column.default
    return default is not None and default.startswith(_CONSTANT) and default.count("(") == default.count("('")


def _sometimes(table: TableShape, column: ColumnShape, attempt: int, learned: Learned) -> bool:
    """Whether it is NULL's turn: in the second row, and now and then later."""
    return attempt == 1 or (attempt > 1 and _dice(table, column, attempt) % 4 == 0)


def _place(table: TableShape, column: ColumnShape, attempt: int) -> int:
    """Which value an attempt uses: ordinary ones, and from the third row on edge cases in between."""
    edge = 5 + _dice(table, column, 0) % 5
    first = (0, 1, edge, 2, edge + 1)
    return first[attempt] if attempt < len(first) else attempt + edge


def _dice(table: TableShape, column: ColumnShape, throw: int) -> int:
    """A number that looks random and is the same in every run."""
    return crc32(f"{table.name} {column.name} {throw}".encode()) >> 4


def _cast(value: Sql, column: ColumnShape) -> Sql:
    return Sql(f"CAST({value} AS {column.type_name})")
