"""The rows that accompany a rehearsal: put into the copy before, compared after each direction."""

from dataclasses import replace

import psycopg

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.sides import Sides
from schemadiff.errors import ScratchError
from schemadiff.planning.archive.types import lost_labels
from schemadiff.plans.model import BothWays, Opinion, Script, TableRows
from schemadiff.plans.wording import summary
from schemadiff.proof.rows.judging.announced import altered_rows
from schemadiff.proof.rows.judging.backfilled import Backfilled
from schemadiff.proof.rows.judging.causes import Causes
from schemadiff.proof.rows.judging.comparison import Comparison
from schemadiff.proof.rows.judging.loss import Loss, inserted_and_lost
from schemadiff.proof.rows.judging.snapshot import Snapshot, SnapshotColumn, TableSnapshot, take_snapshot
from schemadiff.proof.rows.making.filling import Filler
from schemadiff.proof.rows.making.sampling import Sample
from schemadiff.proof.rows.refused_rows import (
    caused_by_rows,
    delete_listed,
    delete_suspects,
    may_fail_on_rows,
    says_it_may_fail,
)
from schemadiff.proof.rows.rows_role import RowsRole
from schemadiff.proof.rows.shape import Connection, Shape
from schemadiff.proof.rows.shape_queries import read_shape
from schemadiff.proof.rows.touched import touched_tables
from schemadiff.proof.rows.unused_sequences import begin_anew
from schemadiff.proof.rows.user_changes.simulation import change_as_users
from schemadiff.proof.rows.user_changes.user_changes import UserChanges
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY
from schemadiff.shadow.rehearsing.failed_step import Failure

ROWS = "rows"
"""What this judge is called."""

_MOST_REMOVALS = 8


class RehearsalRows:
    """Rows in the shadow database COPY, from which rehearsals are cloned; `coverage` says how many, and where none.

    There are none where the server allows none, such as a given one on which roles cannot be created.
    """

    def __init__(self, scripts: BothWays, sides: Sides, shadow: ShadowDatabases, sample: Sample | None = None) -> None:
        self._scripts, self._sides = scripts, sides
        self._altered_rows = altered_rows(scripts.up, sides.live)
        self._backfilled = Backfilled.of(scripts, sides)
        self._shape = Shape({}, {})
        self._before = self._after_up = Snapshot({}, {}, {})
        self._coverage: tuple[TableRows, ...] = ()
        self._sampled: frozenset[int] = frozenset()
        """Tables with rows of live's, by OID."""
        self._removed: dict[Quoted, list[str]] = {}
        """Why rows of a table were deleted again."""
        self._removals = 0
        self._changes = UserChanges()
        self._refusal: str | None = None
        """Why down is rehearsed without changes by users."""
        try:
            self._role = RowsRole(shadow.server, shadow.role, COPY)
            self._fill(sample)
        except (psycopg.Error, ScratchError) as error:
            reason = f"the scratch server allows no rows: {type(error).__name__}"
            names = sorted(touched_tables(scripts, sides.live))
            self._coverage = tuple(TableRows(name, 0, reason) for name in names)

    @property
    def real(self) -> bool:
        """Whether some of the rows are live's own: no value may be shown then."""
        return bool(self._sampled)

    @property
    def coverage(self) -> tuple[TableRows, ...]:
        """How many rows each table had, why it had none, and why some were deleted again."""
        return tuple(self._with_notes(covered) for covered in self._coverage)

    def _with_notes(self, covered: TableRows) -> TableRows:
        reasons = [covered.reason] if covered.reason else []
        notes = self._removed.get(Quoted(covered.table), [])
        return replace(covered, reason="; ".join([*reasons, *notes])) if notes else covered

    def delete_refused(self, failure: Failure, script: Script) -> bool:
        """Delete made-up rows from the copy that made a statement fail, as rows may.

        Whether the rehearsal is worth another attempt, from a new clone.
        """
        statement = summary(failure.step)
        if not says_it_may_fail(failure, script):
            statement += ", which does not say that rows may make it fail"
        if script is self._scripts.down and self._changes.tables:
            self._changes = UserChanges()
            self._refusal = f"rows inserted or changed after up are refused by: {statement}"
            return True
        if not self._before.tables or self._removals >= _MOST_REMOVALS or not may_fail_on_rows(failure, script):
            return False
        self._removals += 1
        with self._role.session(COPY, writes=True) as connection:
            cleared = delete_suspects(connection, self._shape, failure, set(self._sampled))
            for table in cleared:
                self._note(table, f"rows were deleted, since they made this fail: {statement}")
            self._look(connection)
        return bool(cleared)

    def hint(self, failure: Failure) -> str:
        """What a reader of a failure must know about the rows; empty where they do not matter."""
        if not self._before.tables or not caused_by_rows(failure, in_function=True):
            return ""
        rows = "sampled from live" if self.real else "made up; such rows may not exist in live"
        return f"\n(rows in the rehearsal are {rows})"

    def judge_up(self, database: str) -> Opinion | None:
        """Whether the rows and values of what stays are there after up; None without rows to look at."""
        if not self._before.tables:
            return None
        with self._role.session(database) as connection:
            names = [table.name for table in self._before.tables.values()]
            self._after_up = take_snapshot(connection, self._before.tables, names)
            comparison = Comparison(self._before, self._after_up, connection)
            losses = comparison.losses(self._leave_after_up, complete=False, grown=bool(self._backfilled.tables))
        causes = Causes.after_up(self._scripts, self._sides.live, self._backfilled)
        return self._opinion(losses, causes)

    def judge_down(self, database: str) -> Opinion | None:
        """Whether every row and value is there again after down; None without rows to look at.

        What users did between up and down is as they left it.
        """
        return self._judge_back(database, self._changes)

    def judge_back(self, database: str) -> Opinion | None:
        """Whether every row and value is there again, where no user did anything; None without rows to look at."""
        return self._judge_back(database, UserChanges())

    def _judge_back(self, database: str, changes: UserChanges) -> Opinion | None:
        if not self._before.tables:
            return None
        with self._role.session(database) as connection:
            names = [table.name for table in self._before.tables.values()]
            after = take_snapshot(connection, self._before.tables, names)
            comparison = Comparison(changes.expected(self._before), after, connection)
            grown = bool(self._backfilled.tables or changes.inserted)
            found = comparison.losses(self._leave_after_down, complete=True, grown=grown)
            losses = [loss for loss in found if not self._was_drawn_from(loss)]
            losses += [inserted_and_lost(table, number) for table, number in changes.missing(after)]
        opinion = self._opinion(losses, Causes.after_down(self._scripts, self._sides.live, self._backfilled))
        return replace(opinion, details=(*opinion.details, self._refusal)) if self._refusal else opinion

    def change_as_users(self, database: str) -> None:
        """Insert, change and delete rows as users may between up and down, as far as the rollback allows."""
        self._changes = UserChanges()
        if not self._before.tables or self._refusal:
            return
        with self._role.session(database, writes=True) as connection:
            with connection.transaction():
                connection.execute("SET LOCAL search_path = ''")
                shape = read_shape(connection, [table.name for table in self._after_up.tables.values()])
            ends = (self._before, self._after_up)
            self._changes = change_as_users(connection, (self._shape, shape), ends, self._scripts.down.preflights)

    @property
    def used(self) -> int:
        """How many tables were used between up and down."""
        return len(self._changes.tables)

    def _fill(self, sample: Sample | None) -> None:
        with self._role.session(COPY, writes=True) as connection:
            with connection.transaction():
                connection.execute("SET LOCAL search_path = ''")
                self._shape = read_shape(connection, touched_tables(self._scripts, self._sides.live))
            sampled = sample.copy_into(connection, self._shape) if sample else {}
            self._sampled = frozenset(oid for oid, number in sampled.items() if number)
            self._coverage = Filler(connection, self._shape).fill()
            for preflight in self._scripts.up.preflights:
                for table, number in delete_listed(connection, self._shape, preflight, set(self._sampled)).items():
                    rows = "1 row was" if number == 1 else f"{number} rows were"
                    self._note(table, f"{rows} deleted, in the way of {preflight.object}: {preflight.problem}")
            self._look(connection)

    def _look(self, connection: Connection) -> None:
        """Remember the rows of the copy, with which a new clone begins."""
        begin_anew(connection, self._shape)
        self._before = take_snapshot(connection, [table.oid for table in self._shape.holders()])
        counts = {table.name: len(table.rows) for table in self._before.tables.values()}
        self._coverage = tuple(
            replace(covered, rows=counts.get(Quoted(covered.table), 0)) for covered in self._coverage
        )

    def _note(self, table: Quoted, reason: str) -> None:
        reasons = self._removed.setdefault(table, [])
        if reason not in reasons:
            reasons.append(reason)

    def _leave_after_up(self, table: TableSnapshot, old: SnapshotColumn, new: SnapshotColumn) -> bool:
        """Values that are computed, that a backfill sets, whose parts change, or that the user says how to convert."""
        if new.generated or self._backfilled.sets(table.name, new.name):
            return True
        if Identity(Column.KIND, Quoted(f"{table.name}.{old.name}")) in self._altered_rows:
            return True
        now = self._after_up.table_like(table) or table
        identity = Identity(Column.KIND, Quoted(f"{now.name}.{new.name}"))
        column = self._sides.desired.get(identity)
        if not isinstance(column, Column) or column.using is None:
            return False
        return old.type != new.type or lost_labels(identity, *self._sides)

    def _leave_after_down(self, table: TableSnapshot, old: SnapshotColumn, new: SnapshotColumn) -> bool:
        return self._backfilled.sets(table.name, old.name)

    def _ancestors(self, name: Quoted) -> list[Quoted]:
        """The tables that a table is a partition or child of, at any distance."""
        parents = [oid for table in self._shape.tables.values() if table.name == name for oid in table.parents]
        names = [self._shape.tables[oid].name for oid in parents if oid in self._shape.tables]
        return [*names, *(ancestor for parent in names for ancestor in self._ancestors(parent))]

    def _opinion(self, losses: list[Loss], causes: Causes) -> Opinion:
        """Agrees if the plan shows why each loss happens; the details say what is lost."""
        told = []
        for loss in losses:
            ancestors = [name for holder in loss.holders for name in self._ancestors(holder)]
            cause = causes.of(loss, ancestors, self._before, self._after_up)
            told.append((loss.words(reveal=not self.real), cause))
        if any(cause is None for _, cause in told):
            return Opinion(ROWS, False, tuple(words for words, cause in told if cause is None))
        return Opinion(ROWS, True, tuple(f"{words} ({cause})" for words, cause in told))

    def _was_drawn_from(self, loss: Loss) -> bool:
        """Whether a sequence has only advanced with rows that users inserted."""
        inserted = {table.name for oid, table in self._before.tables.items() if oid in self._changes.inserted}
        return loss.advanced and bool(inserted.intersection(loss.holders))
