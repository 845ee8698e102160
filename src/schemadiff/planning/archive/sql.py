"""What goes into the archive before a script destroys it, and how the other script brings it back: the SQL.

Everything lies in the schema schemadiff_archive; its table `contents` says what, since when, and the last value
of sequences.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted, Sql, last_name, literal, qualifier, quote_ident, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Preflight, Statement

CONTENTS = f"{ARCHIVE_SCHEMA}.contents"
"""The list of what is archived."""

OPENING = (
    Statement(
        Sql(f"CREATE SCHEMA IF NOT EXISTS {ARCHIVE_SCHEMA}"),
        summary="make room for what the rollback brings back",
    ),
    Statement(
        Sql(
            f"""CREATE TABLE IF NOT EXISTS {CONTENTS} (
    name text PRIMARY KEY,
    object text NOT NULL,
    archived_at timestamptz NOT NULL DEFAULT now(),
    last_value bigint
)"""
        ),
        summary="make the list of what is archived",
    ),
)
"""Before the first thing is archived."""

CLOSING = Statement(
    Sql(
        f"""DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM {CONTENTS}) THEN
        DROP TABLE {CONTENTS};
        DROP SCHEMA {ARCHIVE_SCHEMA};
    END IF;
END
$$"""
    ),
    summary="remove the archive if nothing is left in it",
)
"""After the last thing came back."""


class Saved(Protocol):
    """Something that one script saves and the other one gives back."""

    @property
    def place(self) -> "Place":
        """Where it lies."""

    def save(self) -> Iterator[Statement]:
        """What runs before the object is destroyed or changed."""

    def give_back(self) -> Iterator[Statement]:
        """What runs after the object was made or changed back."""


@dataclass(frozen=True, slots=True)
class Place:
    """The name under which something lies in the archive, and what it is."""

    name: str
    object: Identity

    @property
    def relation(self) -> Quoted:
        """The archive's table."""
        return Quoted(f"{ARCHIVE_SCHEMA}.{quote_ident(self.name)}")

    def enter(self, last_value: str | None = None) -> Statement:
        """List it, with the `last_value` of a sequence as an expression."""
        names, values = "name, object", f"{literal(self.name)}, {literal(str(self.object))}"
        if last_value is not None:
            names, values = f"{names}, last_value", f"{values}, {last_value}"
        return Statement(
            Sql(f"INSERT INTO {CONTENTS} ({names}) VALUES ({values})"), summary=f"list {self.object} in the archive"
        )

    def presence(self) -> Preflight:
        """Whether it still lies there."""
        there = f"pg_catalog.to_regclass({literal(self.relation)}) IS NULL"
        rows = Sql(f"SELECT {literal(self.name)} AS missing WHERE {there}")
        return Preflight(str(self.object), "is missing, since the archive was purged", rows, archived=self.name)

    def listed(self) -> Preflight:
        """Whether it is still on the list, which is all there is of it."""
        there = f"pg_catalog.to_regclass({literal(CONTENTS)}) IS NULL"
        rows = Sql(f"SELECT {literal(self.name)} AS missing WHERE {there}")
        return Preflight(str(self.object), "is missing, since the archive was purged", rows, archived=self.name)

    def strike(self) -> Statement:
        """Take it off the list."""
        words = Sql(f"DELETE FROM {CONTENTS} WHERE name = {literal(self.name)}")
        return Statement(words, summary=f"take {self.object} off the list")

    def remove(self) -> Iterator[Statement]:
        """Remove its table from the archive, which holds nothing any more that is not elsewhere."""
        yield Statement(Sql(f"DROP TABLE {self.relation}"), summary=f"remove {self.object} from the archive")
        yield self.strike()


@dataclass(frozen=True, slots=True)
class MovedTable:
    """A table that is moved aside with its rows, indexes and keys."""

    place: Place
    table: Quoted

    def save(self) -> Iterator[Statement]:
        inside = f"{self._schema}.{quote_ident(self.place.name)}"
        summary = f"move {self.place.object} with its rows to the archive"
        hazards = (Hazard.DATA_LOSS, Hazard.BREAKS_CLIENTS)
        yield Statement(
            Sql(f"ALTER TABLE {self.table} RENAME TO {quote_ident(self.place.name)}"),
            summary=f"name {self.place.object} as the archive does",
        )
        yield Statement(Sql(f"ALTER TABLE {inside} SET SCHEMA {ARCHIVE_SCHEMA}"), hazards, summary=summary)
        yield self.place.enter()

    def give_back(self) -> Iterator[Statement]:
        inside = f"{self._schema}.{quote_ident(self.place.name)}"
        summary = f"bring {self.place.object} back with its rows"
        words = Sql(f"ALTER TABLE {self.place.relation} SET SCHEMA {self._schema}")
        yield Statement(words, preflights=(self.place.presence(),), summary=summary)
        yield Statement(Sql(f"ALTER TABLE {inside} RENAME TO {last_name(self.table)}"), summary=summary)
        yield self.place.strike()

    @property
    def _schema(self) -> str:
        return qualifier(self.table)


@dataclass(frozen=True, slots=True)
class Value:
    """A column whose values are kept: as they are, or as text where their type goes."""

    name: Quoted
    type: Sql
    as_text: bool = False

    def kept(self) -> str:
        """The column as the archive takes it."""
        return f"{self.name}::text AS {self.name}" if self.as_text else self.name

    def back(self, source: str = "") -> str:
        """The archive's value as the column takes it."""
        return f"{source}{self.name}::{self.type}" if self.as_text else f"{source}{self.name}"


@dataclass(frozen=True, slots=True)
class Counter:
    """How far the sequence behind an identity column has counted."""

    place: Place
    table: Quoted
    column: Quoted

    def value(self) -> str:
        """The last value as an expression."""
        return f"pg_catalog.pg_sequence_last_value({self._sequence()}::pg_catalog.regclass)"

    def save(self) -> Iterator[Statement]:
        """Note the last value."""
        yield self.place.enter(self.value())

    def give_back(self) -> Iterator[Statement]:
        """Let a new sequence go on from there, for good."""
        yield self.go_on()
        yield self.place.strike()

    def go_on(self) -> Statement:
        """Let a new sequence go on from there."""
        words = f"SELECT pg_catalog.setval({self._sequence()}, last_value) FROM {CONTENTS}\n    "
        condition = f"WHERE name = {literal(self.place.name)} AND last_value IS NOT NULL"
        summary = f"let {self.place.object} count on where it was"
        return Statement(Sql(words + condition), preflights=(self.place.listed(),), summary=summary)

    def _sequence(self) -> str:
        return f"pg_catalog.pg_get_serial_sequence({literal(self.table)}, {literal(unquoted(self.column))})"


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table whose rows are copied, since it cannot leave its parents or what its columns lean on."""

    place: Place
    table: Quoted
    values: tuple[Value, ...]
    forced: bool
    counters: tuple[Counter, ...] = ()

    def save(self) -> Iterator[Statement]:
        kept = ", ".join(value.kept() for value in self.values)
        words = Sql(f"CREATE TABLE {self.place.relation} AS\n    SELECT {kept}\n    FROM ONLY {self.table}")
        summary = f"keep the rows of {self.place.object} in the archive"
        yield standing_still(self.table)
        yield from unforced(self.table, self.forced, [Statement(words, summary=summary)])
        yield self.place.enter()
        for counter in self.counters:
            yield from counter.save()

    def give_back(self) -> Iterator[Statement]:
        names, values = (", ".join(part) for part in zip(*((v.name, v.back()) for v in self.values), strict=True))
        words = f"INSERT INTO {self.table} ({names}) OVERRIDING SYSTEM VALUE\n    SELECT {values}\n    "
        made = Statement(
            Sql(f"{words}FROM {self.place.relation}"),
            preflights=(self.place.presence(),),
            summary=f"bring the rows of {self.place.object} back",
        )
        yield from unforced(self.table, self.forced, [made])
        for counter in self.counters:
            yield from counter.give_back()
        yield from self.place.remove()


def standing_still(table: Quoted) -> Statement:
    """Let no row change between its copy and what destroys it."""
    words = Sql(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    return Statement(words, summary=f"let nobody write to table {table} while its values are kept")


def unforced(table: Quoted, forced: bool, statements: Iterable[Statement]) -> Iterator[Statement]:
    """The statements with FORCE ROW LEVEL SECURITY off, which would hide rows from the owner."""
    if forced:
        words = Sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield Statement(words, summary=f"let the owner see all rows of table {table}")
    yield from statements
    if forced:
        words = Sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        yield Statement(words, summary=f"force row security of table {table} on the owner again")
