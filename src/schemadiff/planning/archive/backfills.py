"""Columns whose values a backfill writes over: these are saved before it runs, and come back last of all."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.statement import Statement
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.planning.archive.archive import Places
from schemadiff.planning.archive.keys import rows_by
from schemadiff.planning.archive.saved.columns import SavedValues
from schemadiff.planning.archive.saved.contents import CLOSING, opening
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import BothWays, Recovery, Script, Segment, Step


def graded(backfills: tuple[Segment, ...], live: Catalog) -> tuple[Segment, ...]:
    """The backfills' segments with what the rollback cannot undo: rows that they delete, or insert beside live's."""
    return tuple(replace(one, steps=tuple(_graded(step, one, live) for step in one.steps)) for one in backfills)


def _graded(step: Step, segment: Segment, live: Catalog) -> Step:
    if segment.backfill is None or Identity(Table.KIND, Quoted(segment.backfill.table)) not in live:
        return step
    if segment.backfill.deletes:
        return _irreversible(step, "backfill.delete", Hazard.DATA_LOSS)
    if segment.backfill.inserts:
        return _irreversible(step, "backfill.insert")
    return step


def _irreversible(step: Step, rule: str, *hazards: Hazard) -> Step:
    risks = tuple(Risk(hazard, rule) for hazard in (*hazards, Hazard.IRREVERSIBLE))
    return replace(step, risks=risks, recovery=Recovery.IMPOSSIBLE)


def keeping(
    backfills: tuple[Segment, ...], work: Work, places: Places
) -> tuple[tuple[Segment, ...], tuple[SavedValues, ...]]:
    """The backfills' segments with what saves the values that they write over, and these values."""
    segments: list[Segment] = []
    saved: list[SavedValues] = []
    for segment in backfills:
        overwritten = tuple(_overwritten(segment.backfill, work, places)) if segment.backfill else ()
        if overwritten:
            saving = (step for values in overwritten for step in _steps(values, values.save()))
            segments.append(Segment((*map(step_by_itself, opening(work.live)), *saving)))
        segments.append(segment)
        if overwritten:
            outcome = (step for values in overwritten for step in _steps(values, values.record_outcome()))
            segments.append(Segment(tuple(outcome)))
        saved += overwritten
    return tuple(segments), tuple(saved)


def giving_back(ways: BothWays, saved: tuple[SavedValues, ...]) -> BothWays:
    """Both scripts, the second of which ends with the values as they were before the backfills."""
    if not saved:
        return ways
    restored = [(values, tuple(values.give_back())) for values in reversed(saved)]
    asked = tuple(
        replace(asked, statement=statement.sql)
        for _, statements in restored
        for statement in statements
        for asked in statement.preflights
    )
    steps = [step for values, statements in restored for step in _steps(values, statements)]
    last = Segment((*steps, step_by_itself(CLOSING)))
    down = Script((*ways.down.segments, last), (*ways.down.preflights, *asked))
    return BothWays(ways.up, down)


def _overwritten(backfill: Backfill, work: Work, places: Places) -> Iterator[SavedValues]:
    """The columns that were there before, in a table whose rows can be found again."""
    table, key = Quoted(backfill.table), Quoted(backfill.key)
    rows = rows_by(table, key, work)
    for name in backfill.columns if rows is not None else ():
        identity = Identity(Column.KIND, Quoted(f"{table}.{name}"))
        column = work.live.get(identity)
        if rows is not None and isinstance(column, Column) and identity in work.desired and name != key:
            yield SavedValues(places.free(identity), rows, name, column.type, None, lock=False)


def _steps(values: SavedValues, statements: Iterable[Statement]) -> Iterator[Step]:
    for statement in statements:
        yield step_by_itself(statement, holder=f"table {values.rows.table}")
