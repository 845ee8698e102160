"""Rows of which values are saved: how they are found again, and what must be quiet meanwhile."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql, last_name
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.saved.contents import Place
from schemadiff.planning.archive.saved.purposes import on_table


@dataclass(frozen=True, slots=True)
class Value:
    """A column whose values are saved: as they are, or as text where their type goes."""

    name: Quoted
    type: Sql
    as_text: bool = False

    def saved(self) -> str:
        """The column as the archive takes it."""
        return f"{self.name}::text AS {self.name}" if self.as_text else self.name

    def restored(self, source: str = "") -> str:
        """The archive's value as the column takes it."""
        return f"{source}{self.name}::{self.type}" if self.as_text else f"{source}{self.name}"


@dataclass(frozen=True, slots=True)
class Rows:
    """How to find the rows of a table again, and what must be quiet while values are put back into them.

    `triggers` are those that fire on UPDATE, each with the words that enable it as it was.
    """

    table: Quoted
    key: tuple[Quoted, ...]
    forced: bool
    triggers: tuple[tuple[Identity, str], ...] = ()

    def without(self, gone: Set[Identity]) -> "Rows":
        """The same rows, where the triggers that are `gone` need not be quiet."""
        return replace(self, triggers=tuple(found for found in self.triggers if found[0] not in gone))

    def keys(self) -> str:
        """The key's columns as a list."""
        return ", ".join(self.key)

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
        for trigger, _ in self.triggers:
            yield _alter(trigger, "DISABLE", StepOperation.DISABLE_TRIGGER)
        yield from seeing_all_rows(self.table, self.forced, statements)
        for trigger, enable in self.triggers:
            yield _alter(trigger, enable, StepOperation.ENABLE_TRIGGER)


def _alter(trigger: Identity, action: str, operation: StepOperation) -> Statement:
    """One of the words of ALTER TABLE about the trigger, which is identified as `name ON table`."""
    table = trigger.name.removeprefix(f"{last_name(trigger.name)} ON ")
    words = Sql(f"ALTER TABLE {table} {action} TRIGGER {last_name(trigger.name)}")
    return Statement(words, purpose=Purpose.of(operation, trigger))


def locked(table: Quoted) -> Statement:
    """Let no row change between its copy and what destroys it."""
    words = Sql(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    return Statement(words, purpose=on_table(StepOperation.LOCK, table))


def seeing_all_rows(table: Quoted, forced: bool, statements: Iterable[Statement]) -> Iterator[Statement]:
    """The statements with FORCE ROW LEVEL SECURITY off, which would hide rows from the owner."""
    if forced:
        words = Sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield Statement(words, purpose=on_table(StepOperation.SHOW_ALL_ROWS, table))
    yield from statements
    if forced:
        words = Sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        yield Statement(words, purpose=on_table(StepOperation.HIDE_ROWS_AGAIN, table))
