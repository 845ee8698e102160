"""What ALTER COLUMN ... SET sets of a column: how values are stored, and what the planner is told of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Self

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.kinds.shared.foreign_options import changed
from schemadiff.catalog.kinds.table import changed_options
from schemadiff.catalog.kinds.type_conversion.column_type import COMPRESSIONS, STORAGES
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import Purpose, RawChange
from schemadiff.catalog.statements.statement import Clause, Statement, changing


class ColumnSettings(CatalogObject):
    """The part of a column that holds its settings; its fields are the column's."""

    __slots__ = ()

    type: Sql
    collation: Quoted | None
    storage: str
    compression: str
    statistics: int
    options: tuple[str, ...]
    foreign_options: tuple[str, ...]
    name: Quoted
    table: Quoted
    relation_kind: str
    default_storage: str

    def alter_storage(self, before: Self) -> tuple[Statement, ...]:
        if self._gets_type(before) and self.storage == self.default_storage:
            return ()
        return (self._alter_column(f"SET STORAGE {STORAGES[self.storage]}"),)

    def alter_compression(self, before: Self) -> tuple[Statement, ...]:
        if self._gets_type(before) and not self.compression:
            return ()
        return (self._alter_column(f"SET COMPRESSION {COMPRESSIONS.get(self.compression, 'default')}"),)

    def alter_statistics(self, before: Self) -> tuple[Statement, ...]:
        return (self._alter_column(f"SET STATISTICS {self.statistics}"),)

    def alter_options(self, before: Self) -> Iterator[Statement]:
        for words in changed_options(before.options, self.options):
            yield self._alter_column(words)

    def alter_foreign_options(self, before: Self) -> tuple[Statement, ...]:
        return (
            self._alter_column(
                f"OPTIONS ({changed(before.foreign_options, self.foreign_options, f'column {self.identity}')})"
            ),
        )

    def _kept_settings(self, before: Self) -> Iterator[Statement]:
        """A new type puts its own storage and compression in the place of the column's."""
        if self.storage == before.storage != self.default_storage:
            yield from _kept(self.alter_storage(self), RawChange("storage", None, self.storage))
        if self.compression == before.compression != "":
            yield from _kept(self.alter_compression(self), RawChange("compression", None, self.compression))

    def _planner_settings(self) -> Iterator[Statement]:
        if self.statistics >= 0:
            yield from changing(self.alter_statistics(self), "statistics")
        yield from changing(map(self._alter_column, changed_options((), self.options)), "options")

    def _gets_type(self, before: Self) -> bool:
        return (self.type, self.collation) != (before.type, before.collation)

    def _alter_column(self, action: str, *hazards: Hazard) -> Statement:
        return self._alter_table(f"ALTER COLUMN {self.name} {action}", *hazards)

    def _alter_table(self, action: str, *hazards: Hazard) -> Statement:
        return Statement(self._clause(action).whole, hazards)

    def _clause(self, action: str) -> Clause:
        return Clause(Sql(f"ALTER {self.relation_kind.upper()} {self.table}"), Sql(action), self.name)

    def _retyped(self, action: str, *hazards: Hazard) -> Statement:
        """A change of type, which can share its statement with others where it rewrites the table.

        SET EXPRESSION cannot: Postgres (17, 18) fails on it beside a change of type.
        """
        clause = self._clause(f"ALTER COLUMN {self.name} {action}")
        return Statement(clause.whole, hazards, clause=clause if Hazard.TABLE_REWRITE in hazards else None)


def _kept(statements: Iterable[Statement], change: RawChange) -> Iterator[Statement]:
    """The statements as ones that say again what a new type has put out of force."""
    yield from (replace(made, purpose=Purpose(fields=(), changes=(change,))) for made in statements)
