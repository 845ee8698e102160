"""The ledger: what was applied to a database, kept in that database in schema schemadiff.

SQLAlchemy declares the tables and writes the statements, psycopg runs them on the connection whose
work they record, so that both commit together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
from sqlalchemy import ClauseElement, Select, delete, exists, func, null, select, update
from sqlalchemy.dialects.postgresql import insert

from schemadiff import __version__
from schemadiff.connection import Connection
from schemadiff.errors import ExecutionError, LedgerUnreadable, Refused
from schemadiff.execution.approvals.approvers import Approver
from schemadiff.execution.record.archive import Archived, Purging
from schemadiff.execution.record.records import KeptTexts, RunNote
from schemadiff.execution.record.standing import create_private, standing
from schemadiff.execution.record.tables import (
    ALL,
    APPROVAL,
    BACKFILL,
    DIALECT,
    DOCUMENT,
    FIRST,
    NOTE,
    PURGED,
    RUN,
    RUNNER,
    SCHEMA,
    SEGMENT,
)
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile

RunState = Literal["running", "done", "failed"]
SegmentState = Literal["started", "done"]

_MADE_MEANWHILE = (psycopg.errors.DuplicateSchema, psycopg.errors.DuplicateTable, psycopg.errors.UniqueViolation)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One apply or rollback as the ledger tells it; `state` running without a runner means interrupted.

    `effective` is false for a run that ended before any of its segments was committed or begun.
    """

    id: int
    plan: str
    approval: str
    direction: Direction
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    who: str
    tool_version: str
    effective: bool


@dataclass(frozen=True, slots=True)
class BackfillRecord:
    """How far a backfill is: `last_key` as text, `rows` written, `passed` rows of the table looked at."""

    last_key: str | None
    rows: int
    passed: int
    done_at: datetime | None


class Ledger:
    """The ledger of the database behind `connection`; every write belongs to its current transaction.

    Whoever only reads it trusts the role `applying`, which applies plans.
    """

    def __init__(self, connection: Connection, applying: str | None = None) -> None:
        self._connection = connection
        self._applying = applying
        self._there: frozenset[str] = frozenset()
        self._beside: Mapping[int, Sequence[Callable[[], None]]] = {}

    def exists(self) -> bool:
        """Whether the database has a ledger.

        Errors: Refused where it is another's or not as schemadiff makes it; LedgerUnreadable where this role may not
        read it.
        """
        if not self._there:
            there = standing(self._connection, SCHEMA, ALL, reading=True, applying=self._applying)
            self._require_whole(there)
            self._there = there or frozenset()
        return bool(self._there)

    def prepare(self) -> None:
        """Make the ledger for its owner alone, or what one of an older version lacks, before anything is recorded.

        Errors: those of `exists`, for everybody but the current role and superusers; ExecutionError without the right.
        """
        try:
            self._require_whole(standing(self._connection, SCHEMA, ALL))
            create_private(self._connection, SCHEMA, ALL)
        except _MADE_MEANWHILE:
            self._require_whole(standing(self._connection, SCHEMA, ALL))
        except psycopg.errors.InsufficientPrivilege as error:
            raise ExecutionError(
                f"this role may not create schema {SCHEMA}, where the ledger stands: nothing was run; "
                "grant it CREATE on the database, or use the role that owns the database"
            ) from error
        parts = [{"part": "lock"}, {"part": "work"}]
        self._run(insert(RUNNER).values(parts).on_conflict_do_nothing())
        self._there = frozenset(table.name for table in ALL)

    def runs(self, limit: int | None = None) -> tuple[RunRecord, ...]:
        """Runs, the latest first."""
        return tuple(self._records(select(*_RUN_COLUMNS).order_by(RUN.c.id.desc()).limit(limit)))

    def latest(self, plan: str | None = None) -> RunRecord | None:
        """The latest effective run, of all or of one plan."""
        newest = self._newest() if plan is None else self._newest().where(RUN.c.plan == plan)
        return next(iter(self._records(newest)), None)

    def run_before(self, run: RunRecord) -> RunRecord | None:
        """The latest effective run of the same plan before `run`."""
        earlier = select(*_RUN_COLUMNS).where(_EFFECTIVE, RUN.c.plan == run.plan, RUN.c.id < run.id)
        return next(iter(self._records(earlier.order_by(RUN.c.id.desc()).limit(1))), None)

    def begin_run(self, plan_file: PlanFile, direction: Direction) -> int:
        """Record that a run begins and return its id; unfinished runs of other plans are over with that."""
        with self._connection.transaction():
            self._run(update(RUN).where(RUN.c.state == "running").values(state="failed"))
            row = self._run(
                insert(RUN)
                .values(
                    plan=plan_file.name,
                    approval=plan_file.approval,
                    direction=direction.value,
                    state="running",
                    tool_version=__version__,
                    up_sql=plan_file.up_text,
                    down_sql=plan_file.down_text,
                )
                .returning(RUN.c.id)
            ).fetchone()
            assert row is not None
            self._run(insert(DOCUMENT).values(run=row[0], plan_json=plan_file.plan_text))
        return int(row[0])

    def kept(self, plan: str) -> KeptTexts | None:
        """What the latest run that applied a plan, or began to, had before it; None where it never ran."""
        run = next(iter(self._records(self._newest().where(RUN.c.plan == plan, RUN.c.direction == "up"))), None)
        if run is None:
            return None
        document = select(DOCUMENT.c.plan_json).where(DOCUMENT.c.run == RUN.c.id).scalar_subquery()
        knows = document if DOCUMENT.name in self._there else null()
        one = select(RUN.c.approval, RUN.c.up_sql, RUN.c.down_sql, knows).where(RUN.c.id == run.id)
        row = self._run(one).fetchone()
        return KeptTexts(*row) if row else None

    def add_note(self, run: int, note: RunNote) -> None:
        """Record what there is to say of a run."""
        known = select(func.coalesce(func.max(NOTE.c.number), 0) + 1).where(NOTE.c.run == run).scalar_subquery()
        self._run(insert(NOTE).values(run=run, number=known, kind=note.kind, words=note.words))

    def notes(self) -> dict[int, tuple[RunNote, ...]]:
        """What there is to say of each run, by the run's number; nothing in a ledger of an older version."""
        found: dict[int, tuple[RunNote, ...]] = {}
        if NOTE.name in self._there:
            rows = select(NOTE.c.run, NOTE.c.kind, NOTE.c.words).order_by(*NOTE.primary_key)
            for run, kind, words in self._run(rows):
                found[run] = (*found.get(run, ()), RunNote(kind, words))
        return found

    def record_approvers(self, run: int, approvers: Iterable[Approver]) -> None:
        """Record who has signed the plan that a run works on."""
        for approver in approvers:
            values = {"run": run, "principal": approver.principal, "key": approver.key}
            self._run(insert(APPROVAL).values(values).on_conflict_do_nothing())

    def approvers(self) -> dict[int, tuple[str, ...]]:
        """Who had signed the plan of each run, by the run's number; nobody in a ledger of an older version."""
        found: dict[int, tuple[str, ...]] = {}
        if APPROVAL.name in self._there:
            for run, principal in self._run(
                select(APPROVAL.c.run, APPROVAL.c.principal).order_by(*APPROVAL.primary_key)
            ):
                found[run] = (*found.get(run, ()), principal)
        return found

    def set_run_state(self, run: int, state: RunState) -> None:
        """Record how a run stands."""
        finished = None if state == "running" else func.clock_timestamp()
        self._run(update(RUN).where(RUN.c.id == run).values(state=state, finished_at=finished))

    def segments(self, run: int) -> dict[int, SegmentState]:
        """The segments of a run that were started or are done, by number."""
        rows = self._run(select(SEGMENT.c.number, SEGMENT.c.state).where(SEGMENT.c.run == run))
        return dict(rows.fetchall())

    def start_segment(self, run: int, number: int) -> None:
        """Record that a segment outside of transactions begins."""
        values = {"run": run, "number": number, "state": "started"}
        self._run(insert(SEGMENT).values(values).on_conflict_do_nothing())

    def beside(self, actions: Mapping[int, Sequence[Callable[[], None]]]) -> None:
        """What to do, from now on, when the segment of a number is recorded as done, in the same transaction."""
        self._beside = actions

    def finish_segment(self, run: int, number: int) -> None:
        """Record that a segment is done."""
        for action in self._beside.get(number, ()):
            action()
        done = {"state": "done", "finished_at": func.clock_timestamp()}
        values = {"run": run, "number": number} | done
        self._run(insert(SEGMENT).values(values).on_conflict_do_update(index_elements=["run", "number"], set_=done))

    def forget_segment(self, run: int, number: int) -> None:
        """Take back `start_segment`: the statement was refused before it did anything."""
        self._run(delete(SEGMENT).where(SEGMENT.c.run == run, SEGMENT.c.number == number))

    def backfill(self, name: str, sha256: str) -> BackfillRecord | None:
        """How far a backfill is; None when it never began."""
        columns = (BACKFILL.c.last_key, BACKFILL.c.rows, BACKFILL.c.passed, BACKFILL.c.done_at)
        one = select(*columns).where(BACKFILL.c.name == name, BACKFILL.c.sha256 == sha256)
        row = self._run(one).fetchone()
        return BackfillRecord(*row) if row else None

    def save_backfill(self, name: str, sha256: str, plan: str, record: BackfillRecord) -> None:
        """Record how far a backfill is."""
        progress = {"last_key": record.last_key, "rows": record.rows, "passed": record.passed}
        values = {"name": name, "sha256": sha256, "plan": plan} | progress
        self._run(
            insert(BACKFILL).values(values).on_conflict_do_update(index_elements=["name", "sha256"], set_=progress)
        )

    def finish_backfill(self, name: str, sha256: str) -> None:
        """Record that a backfill is done."""
        one = update(BACKFILL).where(BACKFILL.c.name == name, BACKFILL.c.sha256 == sha256)
        self._run(one.values(done_at=func.clock_timestamp()))

    def forget_backfills(self, plan: str, names: Sequence[str] | None = None) -> None:
        """Record that the backfills of a plan, or those of these names, are undone, so that they run again with it."""
        undone = delete(BACKFILL).where(BACKFILL.c.plan == plan)
        for one in [undone] if names is None else [undone.where(BACKFILL.c.name == name) for name in names]:
            self._run(one)

    def forget_batches(self, backfills: Iterable[tuple[str, str]]) -> None:
        """Forget batches by name and sha256, whichever plan ran them: those of another plan say nothing of this one."""
        for name, sha256 in backfills:
            self._run(delete(BACKFILL).where(BACKFILL.c.name == name, BACKFILL.c.sha256 == sha256))

    def finished_backfills(self) -> frozenset[tuple[str, str]]:
        """Name and sha256 of every backfill that is done: a new plan leaves these out."""
        done = select(BACKFILL.c.name, BACKFILL.c.sha256).where(BACKFILL.c.done_at.is_not(None))
        return frozenset((name, sha256) for name, sha256 in self._run(done))

    def remember_purged(self, entries: Iterable[Archived]) -> None:
        """Record what is removed from the archive for good."""
        for entry in entries:
            values = {"name": entry.name, "object": entry.object, "archived_at": entry.archived_at}
            self._run(insert(PURGED).values(values))

    def purged(self) -> dict[str, Purging]:
        """What was removed from the archive last under each name: since when it was there, and until when."""
        rows = self._run(select(PURGED.c.name, PURGED.c.archived_at, PURGED.c.purged_at).order_by(PURGED.c.purged_at))
        return {name: (archived, purged) for name, archived, purged in rows}

    @staticmethod
    def _newest() -> "Select[Any]":
        return select(*_RUN_COLUMNS).where(_EFFECTIVE).order_by(RUN.c.id.desc()).limit(1)

    def _records(self, query: ClauseElement) -> list[RunRecord]:
        return [_record(row) for row in self._run(query)]

    def _run(self, statement: ClauseElement) -> "psycopg.Cursor[tuple[Any, ...]]":
        compiled = statement.compile(dialect=DIALECT)
        return self._connection.execute(str(compiled), dict(compiled.params))

    def _require_whole(self, there: frozenset[str] | None) -> None:
        """Whether the tables that every ledger has are `there`, and may be read, if there is a ledger at all."""
        lacking = sorted({table.name for table in FIRST} - there) if there else []
        if lacking:
            raise Refused(
                f"schema {SCHEMA} is not the ledger: it has no table {' and no table '.join(lacking)}; if it is "
                f"something else, move it away: ALTER SCHEMA {SCHEMA} RENAME TO ..."
            )
        if there and self._connection.execute(_USABLE, [SCHEMA]).fetchone() != (True,):
            raise LedgerUnreadable(
                f"schema {SCHEMA} holds the ledger and this role may not read it: use the role that applied the first "
                f"plan, or let it grant that: GRANT USAGE ON SCHEMA {SCHEMA} TO ...; GRANT SELECT ON ALL TABLES IN "
                f"SCHEMA {SCHEMA} TO ..."
            )


_USABLE = "SELECT pg_catalog.has_schema_privilege(%s, 'USAGE')"


def _record(row: Sequence[Any]) -> RunRecord:
    values = dict(zip(RunRecord.__slots__, row, strict=True))
    return RunRecord(**values | {"direction": Direction(values["direction"])})


_EFFECTIVE = (RUN.c.state == "done") | exists().where(SEGMENT.c.run == RUN.c.id)

_RUN_COLUMNS = (
    *(RUN.c[name] for name in RunRecord.__slots__ if name != "effective"),
    _EFFECTIVE.label("effective"),
)


def finished_backfills(connection: Connection, applying: str | None = None) -> frozenset[tuple[str, str]]:
    """Name and sha256 of every backfill that is done in a database, none when it has no ledger."""
    ledger = Ledger(connection, applying)
    return ledger.finished_backfills() if ledger.exists() else frozenset()
