"""What goes into the archive before a script destroys it, and how the other script brings it back: the SQL.

Everything lies in the schema schemadiff_archive; its table `contents` says what, since when, and the last value
of sequences.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.private_schema import DefaultGrantees
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted, Sql, last_name, literal, qualifier, quote_ident, unquoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.statement import Preflight, PreflightKind, Statement
from schemadiff.planning.archive.purposes import on_archive, on_table

CONTENTS = f"{ARCHIVE_SCHEMA}.contents"
"""The list of what is archived."""

_CONTENTS_TABLE = f"""CREATE TABLE IF NOT EXISTS {CONTENTS} (
    name text PRIMARY KEY,
    object text NOT NULL,
    archived_at timestamptz NOT NULL DEFAULT now(),
    last_value bigint
)"""


def opening(live: Catalog) -> Iterator[Statement]:
    """Before the first thing is archived: the schema, for its owner alone, and its table of contents."""
    create, *revokes = live.default_grantees.private_schema(ARCHIVE_SCHEMA)
    yield Statement(create, purpose=on_archive(StepOperation.CREATE))
    for revoke in revokes:
        yield Statement(revoke, purpose=on_archive(StepOperation.CLOSE_ARCHIVE))
    yield Statement(Sql(_CONTENTS_TABLE), purpose=on_table(StepOperation.CREATE_CONTENTS, Quoted(CONTENTS)))
    for revoke in live.default_grantees.private_table(CONTENTS):
        yield Statement(revoke, purpose=on_table(StepOperation.CLOSE_ARCHIVE, Quoted(CONTENTS)))


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
    purpose=on_archive(StepOperation.DROP_EMPTY_ARCHIVE),
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
    others: DefaultGrantees

    @property
    def relation(self) -> Quoted:
        """The archive's table."""
        return Quoted(f"{ARCHIVE_SCHEMA}.{quote_ident(self.name)}")

    def purpose(self, operation: StepOperation) -> Purpose:
        """Of a statement about what lies here."""
        return Purpose.of(operation, self.object)

    def create(self, query: str, operation: StepOperation) -> Iterator[Statement]:
        """Create its table as the result of `query`, for the owner alone."""
        yield Statement(Sql(f"CREATE TABLE {self.relation} AS\n    {query}"), purpose=self.purpose(operation))
        for revoke in self.others.private_table(self.relation):
            yield Statement(revoke, purpose=self.purpose(StepOperation.CLOSE_SAVED))

    def record(self, last_value: str | None = None) -> Statement:
        """List it, with the `last_value` of a sequence as an expression."""
        names, values = "name, object", f"{literal(self.name)}, {literal(str(self.object))}"
        if last_value is not None:
            names, values = f"{names}, last_value", f"{values}, {last_value}"
        words = Sql(f"INSERT INTO {CONTENTS} ({names}) VALUES ({values})")
        return Statement(words, purpose=self.purpose(StepOperation.RECORD))

    def presence(self) -> Preflight:
        """Whether it still lies there."""
        there = f"pg_catalog.to_regclass({literal(self.relation)}) IS NULL"
        rows = Sql(f"SELECT {literal(self.name)} AS missing WHERE {there}")
        return self._needed(PreflightKind.ARCHIVED, rows)

    def listed(self) -> Preflight:
        """Whether it is still on the list, which is all there is of it."""
        there = f"pg_catalog.to_regclass({literal(CONTENTS)}) IS NULL"
        rows = Sql(f"SELECT {literal(self.name)} AS missing WHERE {there}")
        return self._needed(PreflightKind.RECORDED, rows)

    def _needed(self, kind: PreflightKind, rows: Sql) -> Preflight:
        return Preflight(str(self.object), Problem(ProblemKind.PURGED), rows, kind=kind, archived=self.name)

    def strike(self) -> Statement:
        """Take it off the list."""
        words = Sql(f"DELETE FROM {CONTENTS} WHERE name = {literal(self.name)}")
        return Statement(words, purpose=self.purpose(StepOperation.STRIKE))

    def remove(self) -> Iterator[Statement]:
        """Remove its table from the archive, which holds nothing any more that is not elsewhere."""
        yield Statement(Sql(f"DROP TABLE {self.relation}"), purpose=self.purpose(StepOperation.DROP_SAVED))
        yield self.strike()


@dataclass(frozen=True, slots=True)
class MovedTable:
    """A table that is moved aside with its rows, indexes and keys."""

    place: Place
    table: Quoted

    def save(self) -> Iterator[Statement]:
        inside = f"{self._schema}.{quote_ident(self.place.name)}"
        hazards = (Hazard.DATA_LOSS, Hazard.BREAKS_CLIENTS)
        yield Statement(
            Sql(f"ALTER TABLE {self.table} RENAME TO {quote_ident(self.place.name)}"),
            purpose=self.place.purpose(StepOperation.RENAME_FOR_ARCHIVE),
        )
        words = Sql(f"ALTER TABLE {inside} SET SCHEMA {ARCHIVE_SCHEMA}")
        yield Statement(words, hazards, purpose=self.place.purpose(StepOperation.ARCHIVE))
        yield self.place.record()

    def give_back(self) -> Iterator[Statement]:
        inside = f"{self._schema}.{quote_ident(self.place.name)}"
        purpose = self.place.purpose(StepOperation.UNARCHIVE)
        words = Sql(f"ALTER TABLE {self.place.relation} SET SCHEMA {self._schema}")
        yield Statement(words, preflights=(self.place.presence(),), purpose=purpose)
        named = self.place.purpose(StepOperation.RENAME_BACK)
        yield Statement(Sql(f"ALTER TABLE {inside} RENAME TO {last_name(self.table)}"), purpose=named)
        yield self.place.strike()

    @property
    def _schema(self) -> str:
        return qualifier(self.table)


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


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table whose rows are copied, since it cannot leave its parents or what its columns lean on."""

    place: Place
    table: Quoted
    values: tuple[Value, ...]
    forced: bool
    counters: tuple[LastValue, ...] = ()

    def save(self) -> Iterator[Statement]:
        values = ", ".join(value.saved() for value in self.values)
        saved = self.place.create(f"SELECT {values}\n    FROM ONLY {self.table}", StepOperation.SAVE_ROWS)
        yield locked(self.table)
        yield from seeing_all_rows(self.table, self.forced, saved)
        yield self.place.record()
        for counter in self.counters:
            yield from counter.save()

    def give_back(self) -> Iterator[Statement]:
        names, values = (", ".join(part) for part in zip(*((v.name, v.restored()) for v in self.values), strict=True))
        words = f"INSERT INTO {self.table} ({names}) OVERRIDING SYSTEM VALUE\n    SELECT {values}\n    "
        restored = Statement(
            Sql(f"{words}FROM {self.place.relation}"),
            preflights=(self.place.presence(),),
            purpose=self.place.purpose(StepOperation.RESTORE_ROWS),
        )
        yield from seeing_all_rows(self.table, self.forced, [restored])
        for counter in self.counters:
            yield from counter.give_back()
        yield from self.place.remove()


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
