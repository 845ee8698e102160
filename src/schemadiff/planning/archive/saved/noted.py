"""Values that a backfill writes over: noted batch by batch, in the transaction that changes them, and given back so."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Statement
from schemadiff.desired.data_steps.batch import BATCH
from schemadiff.desired.data_steps.own_rows import has_own_condition
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.planning.archive.saved.contents import Place
from schemadiff.planning.archive.saved.rows import Rows


@dataclass(frozen=True, slots=True)
class NotedValues:
    """The values of a column that a backfill writes over, with the keys of their rows and what became of them.

    A row that holds something else by the time of the rollback keeps that: somebody wrote it since.
    """

    place: Place
    rows: Rows
    column: Quoted
    type: Sql
    backfill: Backfill

    def prepare(self) -> Iterator[Statement]:
        """Before the backfill: the archive's table, in which nothing stands yet."""
        values = f"{self.rows.keys()}, {self.column}::text AS archived, {self.column}::text AS otherwise"
        query = f"SELECT {values}\n    FROM {self.rows.table} WITH NO DATA"
        # each note is written twice: the second time finds room beside the first, and no index entry is needed
        yield from self.place.create(query, StepOperation.PREPARE_NOTES, " WITH (fillfactor = 45)")
        yield Statement(
            Sql(f"ALTER TABLE {self.place.relation} ADD PRIMARY KEY ({self.rows.keys()})"),
            purpose=self.place.purpose(StepOperation.INDEX_SAVED),
        )
        yield self.place.record()

    def note(self) -> Statement:
        """Before a batch is changed: what it holds, which nobody else changes until the batch is committed."""
        keys, qualified = self.rows.keys(), ", ".join(f"t.{name}" for name in self.rows.key)
        return Statement(
            Sql(
                f"INSERT INTO {self.place.relation} AS a ({keys}, archived)\n"
                f"    SELECT {qualified}, t.{self.column}::text FROM {self.rows.table} AS t WHERE {BATCH}\n"
                f"    ORDER BY {qualified} FOR NO KEY UPDATE\n"
                f"    ON CONFLICT ({keys}) DO UPDATE SET archived = excluded.archived"
            ),
            purpose=self.place.purpose(StepOperation.SAVE_VALUES),
        )

    def note_outcome(self) -> Iterator[Statement]:
        """After a batch was changed: what became of it. Rows that the backfill passed over are forgotten."""
        source = f"{self.rows.table} AS t WHERE {self.rows.match()}"
        yield Statement(
            Sql(
                f"UPDATE {self.place.relation} AS a SET otherwise = t.{self.column}::text\n"
                f"    FROM {source} AND {BATCH}"
            ),
            purpose=self.place.purpose(StepOperation.RECORD_OUTCOME),
        )
        if has_own_condition(self.backfill.sql):
            yield Statement(
                Sql(
                    f"DELETE FROM {self.place.relation} AS a USING {source}\n"
                    f"        AND a.archived IS NOT DISTINCT FROM a.otherwise AND {BATCH}"
                ),
                purpose=self.place.purpose(StepOperation.FORGET_UNCHANGED),
            )

    def restore(self) -> Statement:
        """Give a batch of noted values back to their rows."""
        return Statement(
            Sql(
                f"UPDATE {self.rows.table} AS t SET {self.column} = a.archived::{self.type}\n"
                f"    FROM {self.place.relation} AS a WHERE {self.rows.match()}\n"
                f"        AND t.{self.column}::text IS NOT DISTINCT FROM a.otherwise\n"
                f"        AND a.archived IS DISTINCT FROM a.otherwise AND {BATCH}"
            ),
            preflights=(self.place.presence(),),
            purpose=self.place.purpose(StepOperation.RESTORE_VALUES),
        )

    def undoing(self) -> Backfill:
        """How the values come back: along the archive's rows."""
        sql, key = self.restore().sql, Sql(self.rows.keys())
        name = f"undo of {self.backfill.name} ({self.column})"
        digest = hashlib.sha256("\0".join((sql, self.place.relation, key)).encode()).hexdigest()
        size, adapts, pause = self.backfill.batch_size, self.backfill.adapts, self.backfill.pause
        return Backfill(name, sql, Sql(self.place.relation), key, size, digest, adapts=adapts, pause=pause)
