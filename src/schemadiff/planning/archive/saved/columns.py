"""Values of columns in the archive, with the keys of their rows, and how they come back to these."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepOperation
from schemadiff.catalog.statements.statement import Preflight, Statement
from schemadiff.planning.archive.saved.contents import Place
from schemadiff.planning.archive.saved.rows import Rows, Value, seeing_all_rows
from schemadiff.planning.archive.saved.sequences import LastValue


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
    computed: bool = False
    """Whether rows without an old value have one that was computed."""

    def save(self) -> Iterator[Statement]:
        yield from self.rows.saved(self.place, self.value.saved())
        if self.counter is not None:
            yield from self.counter.save()

    def give_back(self) -> Iterator[Statement]:
        yield from self.rows.updated(self._updates())
        yield from self.place.remove()

    def without_value(self) -> Preflight:
        """The rows that have no value in the archive, since they were inserted later."""
        empty = f"t.{self.value.name} IS NULL AND " if self.computed else ""
        rows = Sql(f"SELECT * FROM {self.rows.table} AS t WHERE {empty}{self._unknown()}")
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
            yield Statement(
                Sql(f"UPDATE {table} AS t SET {name} = DEFAULT\n    WHERE {self._unknown()}"),
                purpose=self.place.purpose(StepOperation.NUMBER_ROWS),
            )
        if self.always:
            yield self._generated("ALWAYS", RawChange("identity_kind", "d", "a"))

    def _unknown(self) -> str:
        return f"NOT EXISTS (SELECT FROM {self.place.relation} AS a WHERE {self.rows.match()})"

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
    castless: bool = False
    """Whether no cast leads back, so that a value is looked at before it is changed back."""
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

    def forget_overwritten(self) -> Iterator[Statement]:
        """Before the change back: a row that holds something else than the change made of it keeps that."""
        if self.castless:
            condition = f"{self.rows.match()}\n        AND t.{self.column}::text IS DISTINCT FROM a.otherwise"
            words = Sql(f"DELETE FROM {self.place.relation} AS a\n    USING {self.rows.table} AS t WHERE {condition}")
            purpose = self.place.purpose(StepOperation.FORGET_OVERWRITTEN)
            forgotten = Statement(words, preflights=(self.place.presence(),), purpose=purpose)
            yield from seeing_all_rows(self.rows.table, self.rows.forced, [forgotten])

    def give_back(self) -> Iterator[Statement]:
        condition = self.rows.match()
        if not self.castless:
            condition += f"\n        AND t.{self.column}::text IS NOT DISTINCT FROM a.otherwise"
        words = f"UPDATE {self.rows.table} AS t SET {self.column} = a.archived::{self.type}\n    "
        restored = Statement(
            Sql(f"{words}FROM {self.place.relation} AS a WHERE {condition}"),
            preflights=(self.place.presence(),),
            purpose=self.place.purpose(StepOperation.RESTORE_VALUES),
        )
        yield from self.rows.updated([restored])
        yield from self.place.remove()
