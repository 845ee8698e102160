"""What the backfills of a plan may make true of rows: demands on these come after the backfills."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.problems import ON_UNIQUENESS
from schemadiff.catalog.statements.questions import Listing, Question
from schemadiff.catalog.statements.statement import Statement
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.planning.preflights.relatives import meant, related
from schemadiff.planning.work.work import Work
from schemadiff.plans.filling import archives
from schemadiff.plans.model import Segment

_NAME = re.compile(r'"(?:[^"]|"")+"|[\w$]+')


@dataclass(frozen=True, slots=True)
class Filled:
    """Tables whose rows a backfill changes, and the columns that it sets there: any, where `columns` is None."""

    tables: frozenset[Quoted]
    columns: frozenset[Quoted] | None = None
    upserts: bool = False
    """Whether the backfill itself needs the unique keys of the tables."""

    def satisfies(self, question: Question) -> bool:
        """Whether fewer rows may be in the way behind the backfill than before it."""
        if self.tables.isdisjoint(question.tables) or (self.upserts and question.problem.kind in ON_UNIQUENESS):
            return False
        return self.columns is None or not isinstance(question, Listing) or self._names(question)

    def _names(self, question: Listing) -> bool:
        """Whether a query has the name of a column that is set."""
        return not set(_NAME.findall(question.query((), Sql("")))).isdisjoint(self.columns or ())


@dataclass(frozen=True)
class Fills:
    """What the backfills fill on the way that `work` leads."""

    work: Work
    backfills: tuple[Backfill, ...] = ()
    there: bool = False
    """Whether anything runs in batches: what destroys data comes behind it."""

    @classmethod
    def of(cls, work: Work, segments: Sequence[Segment]) -> "Fills":
        """The backfills of `segments`, without those that only archive."""
        found = (one.backfill for one in segments if one.backfill is not None and not archives(one))
        return cls(work, tuple(found), bool(segments))

    def sets(self, table: Quoted, column: Quoted) -> bool:
        """Whether a backfill may give the column of the table its values."""
        return any(table in one.tables and (one.columns is None or column in one.columns) for one in self._filled)

    def satisfies(self, statement: Statement) -> bool:
        """Whether the statement only demands something of rows, and a backfill may see to it."""
        return any(self.answers(question) for question in statement.questions)

    def answers(self, question: Question) -> bool:
        """Whether the rows in question are asked for behind the backfills."""
        return question.problem.kind.demands and any(one.satisfies(question) for one in self._filled)

    @cached_property
    def _filled(self) -> tuple[Filled, ...]:
        return tuple(filled for backfill in self.backfills for filled in self._of(backfill))

    def _of(self, backfill: Backfill) -> Iterator[Filled]:
        tables = related({Quoted(backfill.table)}, self._sides)
        known = backfill.columns and not (backfill.inserts or backfill.deletes or backfill.writes)
        if known and not any(self._has_triggers(table) for table in tables):
            yield Filled(tables, frozenset(backfill.columns))
        else:
            written = {table for name in backfill.writes for table in meant(name, self._sides)}
            yield Filled(tables | related(written, self._sides), upserts=backfill.upserts)

    def _has_triggers(self, table: Quoted) -> bool:
        return any(True for side in self._sides for _ in side.having(Trigger, "table", table))

    @property
    def _sides(self) -> tuple[Catalog, Catalog]:
        return self.work.live, self.work.desired
