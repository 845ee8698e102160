"""Running the segment of a backfill: batch by batch, each in a transaction of its own."""

import time
from collections.abc import Callable
from dataclasses import replace

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.errors import ExecutionError
from schemadiff.execution.events import BackfillLeft
from schemadiff.execution.gates.rows.references import alias_of, references
from schemadiff.execution.gates.rows.row_security import hidden_rows, shows_all_rows
from schemadiff.execution.running.batches import Batches
from schemadiff.execution.running.left_rows import BatchStatements
from schemadiff.execution.running.pace import Pace
from schemadiff.execution.running.retry import roll_back
from schemadiff.execution.running.watch import Watch
from schemadiff.execution.script_run import ScriptRun
from schemadiff.plans.filling import archives, filling, gives_back
from schemadiff.plans.model import Segment
from schemadiff.plans.scripts.reading import ScriptSegment
from schemadiff.session import looking_up

Retried = Callable[[Callable[[], None]], None]
"""Runs an attempt again for as long as locks are in the way."""


def fill(run: ScriptRun, run_id: int, segment: ScriptSegment, retried: Retried, watch: Watch) -> int:
    """Run the batches of a segment that are not done yet; returns how many rows changed.

    Errors: ExecutionError for hidden rows or a missing key; psycopg.Error.
    """
    planned = run.planned.segments[segment.number - 1]
    batches = _batches(run, segment, planned)
    _refuse_hidden_rows(run, planned, batches)
    batches.open()
    pace = Pace(run.connection, batches.backfill, run.progress)
    run.ledger.start_segment(run_id, segment.number)
    finished = False

    def attempt() -> None:
        nonlocal finished
        try:
            run.connection.execute("BEGIN")
            record = batches.next()
            finished = record is None
            if finished:
                run.ledger.finish_segment(run_id, segment.number)
            run.connection.execute("COMMIT")
            batches.committed(record)
        except BaseException:
            roll_back(run.connection)
            raise

    while not finished:
        run.require_alone()
        begin = time.monotonic()
        retried(attempt)
        seconds = time.monotonic() - begin
        run.progress(batches.progress())
        if not finished and not batches.looked:
            batches.size = pace.next_size(batches.size, seconds, in_the_way=watch.blocks_others)
            pace.rest(seconds, in_the_way=watch.blocks_others)
    if left := batches.still_meant():
        run.progress(BackfillLeft(batches.backfill.name, left))
    return batches.rows_now


def _batches(run: ScriptRun, segment: ScriptSegment, planned: Segment) -> Batches:
    """The batches of a segment with its statements as the script holds them, which are those of the plan."""
    assert segment.backfill is not None
    texts = tuple(statement.sql for statement in segment.statements if statement.counted)
    main = planned.steps.index(filling(planned))
    noted = [
        Quoted(one.name)
        for step in planned.steps
        if step.operation is StepOperation.SAVE_VALUES and not archives(planned)
        for one in references(step.sql)
        if one.schema == ARCHIVE_SCHEMA
    ]
    target = _target(planned, texts[main]) if gives_back(planned) else None
    own = gives_back(planned) or archives(planned)
    statements = BatchStatements(texts, main, tuple(noted), own, target)
    backfill = replace(run.plan_file.backfill(segment.backfill), sql=texts[main])
    return Batches(run.connection, run.ledger, run.plan_file.name, backfill, statements, run.users_path)


def _target(planned: Segment, text: Sql) -> Quoted | None:
    """What a statement that gives values back calls the table that gets them."""
    kind, _, table = (filling(planned).holder or "").partition(" ")
    return alias_of(table, text) if kind == "table" else None


def _refuse_hidden_rows(run: ScriptRun, planned: Segment, batches: Batches) -> None:
    if shows_all_rows(planned):
        return
    with looking_up(run.connection, run.users_path):
        hidden = hidden_rows(run.connection, batches.backfill, batches.backfill.sql)
    if hidden:
        raise ExecutionError(hidden)
