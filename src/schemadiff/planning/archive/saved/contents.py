"""The archive itself: the schema schemadiff_archive, and the places in it.

Its table `contents` says what lies there, since when, and the last value of sequences.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.private_schema import DefaultGrantees
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted, Sql, literal, quote_ident
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.statement import Preflight, PreflightKind, Statement
from schemadiff.planning.archive.saved.purposes import on_archive

CONTENTS = f"{ARCHIVE_SCHEMA}.contents"
"""The list of what is archived."""

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

    def create(self, query: str, operation: StepOperation, options: str = "") -> Iterator[Statement]:
        """Create its table as the result of `query`, for the owner alone."""
        words = Sql(f"CREATE TABLE {self.relation}{options} AS\n    {query}")
        yield Statement(words, purpose=self.purpose(operation))
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
