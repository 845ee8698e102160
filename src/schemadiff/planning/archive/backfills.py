"""Columns whose values a backfill writes over: these are noted while it runs, and come back last of all."""

from collections.abc import Iterable, Iterator, Sequence
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
from schemadiff.planning.archive.saved.contents import CLOSING
from schemadiff.planning.archive.saved.guard import checking, opening
from schemadiff.planning.archive.saved.noted import NotedValues
from schemadiff.planning.archive.saved.rows import Rows
from schemadiff.planning.archive.triggers import written_by_triggers
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import Recovery, Script, Segment, Step


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
) -> tuple[tuple[Segment, ...], tuple[NotedValues, ...]]:
    """The backfills' segments with what notes the values that they write over, and these values."""
    segments: list[Segment] = []
    noted: list[NotedValues] = []
    for segment in backfills:
        values = tuple(_overwritten(segment.backfill, work, places)) if segment.backfill else ()
        if values:
            preparing = (step for one in values for step in _steps(one, one.prepare()))
            segments.append(Segment((*map(step_by_itself, opening()), *preparing)))
            before = [step for one in values for step in _steps(one, [one.note()])]
            after = [step for one in values for step in _steps(one, one.note_outcome())]
            segment = replace(segment, steps=(*before, *segment.steps, *after))
        segments.append(segment)
        noted += values
    return tuple(segments), tuple(noted)


def giving_back(down: Script, noted: Sequence[NotedValues]) -> Script:
    """The script, which ends with the values as they were before the backfills."""
    if not noted:
        return down
    asked = tuple(replace(asked, statement=one.restore().sql) for one in noted for asked in one.restore().preflights)
    batches = (
        Segment(tuple(_steps(one, one.rows.updated([one.restore()]))), backfill=one.undoing())
        for one in reversed(noted)
    )
    removed = (step for one in reversed(noted) for step in _steps(one, one.place.remove()))
    segments = (
        Segment(tuple(map(step_by_itself, checking()))),
        *batches,
        Segment((*removed, step_by_itself(CLOSING))),
    )
    return Script((*down.segments, *segments), (*down.preflights, *asked))


def undoing(back: Script, noted: tuple[NotedValues, ...], up: Script, done: Sequence[Segment]) -> Script:
    """A way back from the middle of `up`, of which `done` is committed, that undoes what backfills wrote until then.

    A backfill may have stopped between its batches: each of these has noted what it wrote.
    """
    places = {one.backfill.name: place for place, one in enumerate(up.segments) if one.backfill}
    # the segment before the backfill has made the table of its notes
    return giving_back(back, [one for one in noted if len(done) >= places[one.backfill.name]])


def _overwritten(backfill: Backfill, work: Work, places: Places) -> Iterator[NotedValues]:
    """The columns that were there before, in a table whose rows can be found again."""
    table, keys = Quoted(backfill.table), backfill.keys
    rows = rows_by(table, keys, work) if backfill.columns else None
    names = backfill.columns if rows is None else (*backfill.columns, *_beside(backfill, rows, work))
    for name in names:
        identity = Identity(Column.KIND, Quoted(f"{table}.{name}"))
        column = work.live.get(identity)
        if rows is not None and isinstance(column, Column) and identity in work.desired and name not in keys:
            yield NotedValues(places.free(identity), rows, name, column.type, backfill)


def _beside(backfill: Backfill, rows: Rows, work: Work) -> Iterator[Quoted]:
    """The columns that triggers write as well, such as the time of a change."""
    for name in written_by_triggers(Identity(Table.KIND, rows.table), work):
        if name not in backfill.columns:
            yield name


def _steps(values: NotedValues, statements: Iterable[Statement]) -> Iterator[Step]:
    for statement in statements:
        yield step_by_itself(statement, holder=f"table {values.rows.table}")
