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
from schemadiff.proof.rows.judging.backfilled import Backfilled
from schemadiff.proof.rows.judging.comparison import Comparison, Loss, came_and_lost
from schemadiff.proof.rows.judging.snapshot import Snapshot, SnapshotColumn, TableSnapshot, take_snapshot
from schemadiff.proof.rows.judging.touched import Announced, announced, reshaped, touched_tables
from schemadiff.proof.rows.making.filling import Filler
from schemadiff.proof.rows.making.sampling import Sample
from schemadiff.proof.rows.refused_rows import delete_listed, delete_suspects, may_fail_on_rows, says_it_may_fail
from schemadiff.proof.rows.rows_role import RowsRole
from schemadiff.proof.rows.shape import Connection, Shape, read_shape
from schemadiff.proof.rows.user_changes.simulation import change_as_users
from schemadiff.proof.rows.user_changes.user_changes import UserChanges
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.live_copy import COPY
from schemadiff.shadow.rehearsal import Failure

ROWS = "rows"
"""What this judge is called."""

_MOST_REMOVALS = 8


class RehearsalRows:
    """Rows in the shadow database COPY, from which rehearsals are cloned; `coverage` says how many, and where none.

    Where the server allows no rows at all, there are none.
    """

    def __init__(
        self,
        scripts: BothWays,
        sides: Sides,
        shadow: ShadowDatabases,
        sample: Sample | None = None,
    ) -> None:
        live = sides.live
        self._scripts, self._sides = scripts, sides
        self._announced_up = announced(scripts.up, live, for_good=False)
        self._announced_down = announced(scripts.up, live, for_good=True)
        self._reshaped = reshaped(scripts.up, live)
        steps = (*scripts.up.steps, *scripts.down.steps)
        self._restarted = {step.object for step in steps if step.restarts_sequence}
        self._backfilled = Backfilled.of(scripts, sides)
        self._shape = Shape({}, {})
        self._before = self._after_up = Snapshot({}, {}, {})
        self._coverage: tuple[TableRows, ...] = ()
        self._real: frozenset[int] = frozenset()
        self._removed: dict[Quoted, list[str]] = {}
        self._removals = 0
        self._changes = UserChanges()
        self._refusal: str | None = None
        try:
            self._role = RowsRole(shadow.server, shadow.role, COPY)
            self._fill(sample)
        except (psycopg.Error, ScratchError) as error:
            reason = f"the scratch server allows no rows: {type(error).__name__}"
            self._coverage = tuple(TableRows(name, 0, reason) for name in sorted(touched_tables(scripts, live)))

    @property
    def real(self) -> bool:
        """Whether some of the rows are live's own: no value may be shown then."""
        return bool(self._real)

    @property
    def coverage(self) -> tuple[TableRows, ...]:
        """How many rows each table had, why it had none, and which were taken out for what."""
        return tuple(
            replace(one, reason="; ".join([*([one.reason] if one.reason else []), *notes])) if notes else one
            for one in self._coverage
            for notes in [self._removed.get(Quoted(one.table), [])]
        )

    def take_out_refused(self, failure: Failure, script: Script) -> bool:
        """Take made-up rows out of the copy that made a statement fail, as rows may.

        Whether the rehearsal is worth another attempt, from a new clone.
        """
        if script is self._scripts.down and self._changes.tables:
            expected = "" if says_it_may_fail(failure, script) else ", which does not say that rows may make it fail"
            self._changes = UserChanges()
            self._refusal = f"rows that came or changed after up are refused by: {summary(failure.step)}{expected}"
            return True
        if not self._before.tables or self._removals >= _MOST_REMOVALS or not may_fail_on_rows(failure, script):
            return False
        self._removals += 1
        with self._role.session(COPY) as connection:
            cleared = delete_suspects(connection, self._shape, failure, set(self._real))
            silence = "" if says_it_may_fail(failure, script) else ", which does not say that rows may make it fail"
            for table in cleared:
                self._note(table, f"rows were taken out, in the way of: {summary(failure.step)}{silence}")
            self._look(connection)
        return bool(cleared)

    def hint(self, failure: Failure) -> str:
        """What a reader of a failure must know about the rows; empty where they have no part in it."""
        if not self._before.tables or failure.sqlstate[:2] not in ("22", "23", "P0"):
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
        return self._opinion(losses, self._announced_up)

    def judge_down(self, database: str) -> Opinion | None:
        """Whether every row and value is there again after down; None without rows to look at.

        What users did between up and down is as they left it.
        """
        if not self._before.tables:
            return None
        with self._role.session(database) as connection:
            names = [table.name for table in self._before.tables.values()]
            after = take_snapshot(connection, self._before.tables, names)
            comparison = Comparison(self._changes.expected(self._before), after, connection)
            grown = bool(self._backfilled.tables or self._changes.came)
            found = comparison.losses(self._leave_after_down, complete=True, grown=grown)
            losses = [loss for loss in found if not self._was_drawn_from(loss)]
            losses += [came_and_lost(name, number) for name, number in self._changes.missing(after).items()]
        opinion = self._opinion(losses, self._announced_down)
        return replace(opinion, details=(*opinion.details, self._refusal)) if self._refusal else opinion

    def change_as_users(self, database: str) -> None:
        """Insert, change and delete rows as users may between up and down, within what the rollback takes."""
        self._changes = UserChanges()
        if not self._before.tables or self._refusal:
            return
        with self._role.session(database) as connection:
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
        with self._role.session(COPY) as connection:
            with connection.transaction():
                connection.execute("SET LOCAL search_path = ''")
                self._shape = read_shape(connection, touched_tables(self._scripts, self._sides.live))
            sampled = sample.copy_into(connection, self._shape) if sample else {}
            self._real = frozenset(oid for oid, number in sampled.items() if number)
            self._coverage = Filler(connection, self._shape).fill()
            for preflight in self._scripts.up.preflights:
                for table, number in delete_listed(connection, self._shape, preflight, set(self._real)).items():
                    rows = "1 row was" if number == 1 else f"{number} rows were"
                    self._note(table, f"{rows} taken out, in the way of {preflight.object}: {preflight.problem}")
            self._look(connection)

    def _look(self, connection: Connection) -> None:
        """Remember what the copy holds now, which a new clone begins with."""
        self._before = take_snapshot(connection, [table.oid for table in self._shape.holders()])
        counts = {table.name: len(table.rows) for table in self._before.tables.values()}
        self._coverage = tuple(replace(one, rows=counts.get(Quoted(one.table), 0)) for one in self._coverage)

    def _note(self, table: Quoted, words: str) -> None:
        notes = self._removed.setdefault(table, [])
        if words not in notes:
            notes.append(words)

    def _leave_after_up(self, table: TableSnapshot, old: SnapshotColumn, new: SnapshotColumn) -> bool:
        """Values that are computed, that a backfill sets, whose parts change, or that the user says how to convert."""
        if new.generated or self._backfilled.sets(table.name, new.name):
            return True
        if Identity("column", Quoted(f"{table.name}.{old.name}")) in self._reshaped:
            return True
        now = self._after_up.table_like(table) or table
        identity = Identity("column", Quoted(f"{now.name}.{new.name}"))
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
        return [*names, *(above for one in names for above in self._ancestors(one))]

    def _opinion(self, losses: list[Loss], announced: Announced) -> Opinion:
        """Agrees if all that is lost goes with what the plan takes away or converts; the details say what it is."""
        causes = [(loss.words(reveal=not self.real), self._cause(loss, announced)) for loss in losses]
        if any(cause is None for _, cause in causes):
            return Opinion(ROWS, False, tuple(words for words, cause in causes if cause is None))
        return Opinion(ROWS, True, tuple(f"{words} ({cause})" for words, cause in causes))

    def _cause(self, loss: Loss, announced: Announced) -> str | None:
        """Why something does not come back, where the plan shows it."""
        ancestors = [name for holder in loss.holders for name in self._ancestors(holder)]
        if announced.covers(loss.object, [*loss.holders, *ancestors]):
            return "as announced"
        if any(f"{kind} {name}" in self._restarted for kind, name in _owners(loss)):
            return "restarted, as the plan says"
        if loss.object.startswith("sequence "):
            if self._backfilled.tables:
                return "backfills may use it"
            made = {
                sequence.name for oid, sequence in self._before.sequences.items() if oid in self._after_up.sequences
            }
            return None if loss.object.removeprefix("sequence ") in made else "made anew on the way back"
        for table in self._before.tables.values() if announced is self._announced_up else ():
            now = self._after_up.table_like(table)
            for column in table.columns if now else ():
                if loss.object == f"column {table.name}.{column.name}" and self._retyped(table, now, column):
                    return "its type is another one in between"
        return None

    def _was_drawn_from(self, loss: Loss) -> bool:
        """Whether a sequence has but gone further with rows that users inserted."""
        used = {table.name for oid, table in self._before.tables.items() if oid in self._changes.came}
        return loss.onwards and bool(used.intersection(loss.holders))

    @staticmethod
    def _retyped(table: TableSnapshot, now: TableSnapshot | None, column: SnapshotColumn) -> bool:
        place = table.place_in(now, column) if now else None
        return place is not None and now is not None and now.columns[place].type != column.type


def _owners(loss: Loss) -> list[tuple[str, str]]:
    kind, _, name = loss.object.partition(" ")
    return [(kind, name), *(("column", name) for name in loss.holders)]
