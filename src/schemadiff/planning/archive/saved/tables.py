"""Tables in the archive: moved there as they are, or their rows copied."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted, Sql, last_name, qualifier, quote_ident
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.saved.contents import Place
from schemadiff.planning.archive.saved.rows import Value, locked, seeing_all_rows
from schemadiff.planning.archive.saved.sequences import LastValue


@dataclass(frozen=True, slots=True)
class MovedTable:
    """A table that is moved aside with its rows, indexes and keys."""

    place: Place
    table: Quoted

    def save(self) -> Iterator[Statement]:
        hazards = (Hazard.DATA_LOSS, Hazard.BREAKS_CLIENTS)
        yield Statement(
            Sql(f"ALTER TABLE {self.table} RENAME TO {quote_ident(self.place.name)}"),
            purpose=self.place.purpose(StepOperation.RENAME_FOR_ARCHIVE),
        )
        words = Sql(f"ALTER TABLE {self._renamed} SET SCHEMA {ARCHIVE_SCHEMA}")
        yield Statement(words, hazards, purpose=self.place.purpose(StepOperation.ARCHIVE))
        yield self.place.record()

    def give_back(self) -> Iterator[Statement]:
        purpose = self.place.purpose(StepOperation.UNARCHIVE)
        words = Sql(f"ALTER TABLE {self.place.relation} SET SCHEMA {self._schema}")
        yield Statement(words, preflights=(self.place.presence(),), purpose=purpose)
        named = self.place.purpose(StepOperation.RENAME_BACK)
        yield Statement(Sql(f"ALTER TABLE {self._renamed} RENAME TO {last_name(self.table)}"), purpose=named)
        yield self.place.strike()

    @property
    def _schema(self) -> str:
        return qualifier(self.table)

    @property
    def _renamed(self) -> str:
        """The table in its own schema under its name in the archive."""
        return f"{self._schema}.{quote_ident(self.place.name)}"


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
