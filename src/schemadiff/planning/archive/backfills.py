"""Columns whose values a backfill writes over: these are saved before it runs, and come back last of all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

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
from schemadiff.planning.archive.saved.contents import CLOSING
from schemadiff.planning.archive.saved.guard import checking, opening
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import Recovery, Script, Segment, Step


@dataclass(frozen=True, slots=True)
class Overwritten:
    """Values of a column that a backfill writes over."""

    backfill: str
    values: SavedValues


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
) -> tuple[tuple[Segment, ...], tuple[Overwritten, ...]]:
    """The backfills' segments with what saves the values that they write over, and these values."""
    segments: list[Segment] = []
    saved: list[Overwritten] = []
    for segment in backfills:
        overwritten = tuple(_overwritten(segment.backfill, work, places)) if segment.backfill else ()
        if overwritten:
            saving = (step for values in overwritten for step in _steps(values, values.save()))
            segments.append(Segment((*map(step_by_itself, opening()), *saving)))
        segments.append(segment)
        if overwritten:
            outcome = (step for values in overwritten for step in _steps(values, values.record_outcome()))
            segments.append(Segment(tuple(outcome)))
        saved += (Overwritten(segment.backfill.name, values) for values in overwritten if segment.backfill)
    return tuple(segments), tuple(saved)


def giving_back(down: Script, saved: tuple[Overwritten, ...]) -> Script:
    """The script, which ends with the values as they were before the backfills."""
    return _ending_with(down, [(one.values, tuple(one.values.give_back())) for one in reversed(saved)])


def undoing(back: Script, saved: tuple[Overwritten, ...], up: Script, done: Sequence[Segment]) -> Script:
    """A way back from the middle of `up`, of which `done` is committed, that undoes what backfills wrote until then.

    A backfill may have stopped between its batches: what it wrote is noted first.
    """
    places = {one.backfill.name: place for place, one in enumerate(up.segments) if one.backfill}
    undone = []
    for one in reversed(saved):
        ahead = len(done) - places[one.backfill]
        if ahead >= 0:  # the segment before the backfill has saved the values, the one behind it notes the outcome
            outcome = () if ahead > 1 else one.values.record_outcome()
            undone.append((one.values, (*outcome, *one.values.give_back())))
    return _ending_with(back, undone)


def _ending_with(script: Script, restored: Sequence[tuple[SavedValues, tuple[Statement, ...]]]) -> Script:
    if not restored:
        return script
    asked = tuple(
        replace(asked, statement=statement.sql)
        for _, statements in restored
        for statement in statements
        for asked in statement.preflights
    )
    steps = [step for values, statements in restored for step in _steps(values, statements)]
    last = Segment((*map(step_by_itself, checking()), *steps, step_by_itself(CLOSING)))
    return Script((*script.segments, last), (*script.preflights, *asked))


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
