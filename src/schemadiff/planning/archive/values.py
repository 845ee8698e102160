"""How values of rows that stay are saved in the archive, and how they come back to their rows: the SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Preflight, Statement
from schemadiff.planning.archive.purposes import on_trigger
from schemadiff.planning.archive.sql import LastValue, Place, Value, locked, seeing_all_rows


@dataclass(frozen=True, slots=True)
class Rows:
    """How to find the rows of a table again, and what must be quiet while values are put back into them.

    `triggers` are those that fire on UPDATE, each with the words that enable it as it was.
    """

    table: Quoted
    key: tuple[Quoted, ...]
    forced: bool
    triggers: tuple[tuple[Quoted, str], ...] = ()

    def keys(self, source: str = "") -> str:
        """The key's columns as a list."""
        return ", ".join(source + name for name in self.key)

    def match(self) -> str:
        """The condition that joins the table's rows to the archive's, `a`."""
        return " AND ".join(f"t.{name} = a.{name}" for name in self.key)

    def saved(self, place: Place, values: str, condition: str = "", *, lock: bool = True) -> Iterator[Statement]:
        """Save `values` of the rows with their keys; `lock` keeps writers out until the transaction ends."""
        source = f"FROM {self.table}{condition}"
        saved = place.create(f"SELECT {self.keys()}, {values}\n    {source}", StepOperation.SAVE_VALUES)
        if lock:
            yield locked(self.table)
        yield from seeing_all_rows(self.table, self.forced, saved)
        yield Statement(
            Sql(f"ALTER TABLE {place.relation} ADD PRIMARY KEY ({self.keys()})"),
            purpose=place.purpose(StepOperation.INDEX_SAVED),
        )
        yield place.record()

    def updated(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        """The statements with triggers silent and row security out of the way."""
        for name, _ in self.triggers:
            yield self._alter(f"DISABLE TRIGGER {name}", StepOperation.DISABLE_TRIGGER, name)
        yield from seeing_all_rows(self.table, self.forced, statements)
        for name, enable in self.triggers:
            yield self._alter(f"{enable} TRIGGER {name}", StepOperation.ENABLE_TRIGGER, name)

    def _alter(self, action: str, operation: StepOperation, trigger: Quoted) -> Statement:
        purpose = on_trigger(operation, trigger, self.table)
        return Statement(Sql(f"ALTER TABLE {self.table} {action}"), purpose=purpose)


@dataclass(frozen=True, slots=True)
class SavedColumn:
    """The values of a dropped column with the keys of their rows.

    `counts` tells that a sequence feeds the column: rows inserted since draw from it after the old values. An
    identity has a `counter`; one that is `always` generated takes no values otherwise.
    """

    place: Place
    rows: Rows
    value: Value
    counts: bool = False
    counter: LastValue | None = None
    always: bool = False

    def save(self) -> Iterator[Statement]:
        yield from self.rows.saved(self.place, self.value.saved())
        if self.counter is not None:
            yield from self.counter.save()

    def give_back(self) -> Iterator[Statement]:
        yield from self.rows.updated(self._updates())
        yield from self.place.remove()

    def without_value(self) -> Preflight:
        """The rows that have no value in the archive, since they were inserted later."""
        known = f"SELECT FROM {self.place.relation} AS a WHERE {self.rows.match()}"
        rows = Sql(f"SELECT * FROM {self.rows.table} AS t WHERE NOT EXISTS ({known})")
        problem = Problem.of(ProblemKind.INSERTED_SINCE, self.value.name)
        return Preflight(str(self.place.object), problem, rows)

    def _updates(self) -> Iterator[Statement]:
        table, name = self.rows.table, self.value.name
        if self.counter is not None:
            yield from self.counter.give_back()
        if self.always:
            yield self._generated("BY DEFAULT", RawChange("identity_kind", "a", "d"))
        yield Statement(
            Sql(
                f"UPDATE {table} AS t SET {name} = {self.value.restored('a.')}\n"
                f"    FROM {self.place.relation} AS a WHERE {self.rows.match()}"
            ),
            preflights=(self.place.presence(),),
            purpose=self.place.purpose(StepOperation.RESTORE_VALUES),
        )
        if self.counts:
            known = f"SELECT FROM {self.place.relation} AS a WHERE {self.rows.match()}"
            yield Statement(
                Sql(f"UPDATE {table} AS t SET {name} = DEFAULT\n    WHERE NOT EXISTS ({known})"),
                purpose=self.place.purpose(StepOperation.NUMBER_ROWS),
            )
        if self.always:
            yield self._generated("ALWAYS", RawChange("identity_kind", "d", "a"))

    def _generated(self, when: str, change: RawChange) -> Statement:
        words = Sql(f"ALTER TABLE {self.rows.table} ALTER COLUMN {self.value.name} SET GENERATED {when}")
        return Statement(words, purpose=Purpose.of(StepOperation.ALTER, self.place.object, change))


@dataclass(frozen=True, slots=True)
class SavedValues:
    """Values that a change of type does not carry there and back, with the keys of their rows.

    `back` is what becomes of a value on both ways; a row that holds something else by then keeps that. Where no
    expression says it beforehand, every value is saved, and after the change only those that differ.
    """

    place: Place
    rows: Rows
    column: Quoted
    type: Sql
    back: Sql | None
    lock: bool = True
    released: bool = False
    """Whether values wait as JSON while their type is replaced: they are saved as such, and come back meanwhile."""

    def save(self) -> Iterator[Statement]:
        back = "NULL::text" if self.back is None else f"({self.back})::text"
        values = f"{self._written(self.column)} AS archived, {back} AS otherwise"
        condition = "" if self.back is None else f"\n    WHERE {back} IS DISTINCT FROM {self.column}::text"
        yield from self.rows.saved(self.place, values, condition, lock=self.lock)

    def record_outcome(self) -> Iterator[Statement]:
        """After the change: record what became of the values, and forget those that stayed the same."""
        if self.back is not None:
            return
        words = f"UPDATE {self.place.relation} AS a SET otherwise = {self._written(f't.{self.column}')}\n    "
        yield Statement(
            Sql(f"{words}FROM {self.rows.table} AS t WHERE {self.rows.match()}"),
            purpose=self.place.purpose(StepOperation.RECORD_OUTCOME),
        )
        yield Statement(
            Sql(f"DELETE FROM {self.place.relation} WHERE archived IS NOT DISTINCT FROM otherwise"),
            purpose=self.place.purpose(StepOperation.FORGET_UNCHANGED),
        )

    def _written(self, value: str) -> str:
        return f"to_json({value})::text" if self.released else f"{value}::text"

    def give_back(self) -> Iterator[Statement]:
        condition = f"{self.rows.match()}\n        AND t.{self.column}::text IS NOT DISTINCT FROM a.otherwise"
        words = f"UPDATE {self.rows.table} AS t SET {self.column} = a.archived::{self.type}\n    "
        restored = Statement(
            Sql(f"{words}FROM {self.place.relation} AS a WHERE {condition}"),
            preflights=(self.place.presence(),),
            purpose=self.place.purpose(StepOperation.RESTORE_VALUES),
        )
        yield from self.rows.updated([restored])
        yield from self.place.remove()
