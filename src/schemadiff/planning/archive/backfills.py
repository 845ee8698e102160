"""Columns whose values a backfill writes over: these are saved before it runs, and come back last of all."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.table import Table
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.planning.archive.archive import Places
from schemadiff.planning.archive.keys import rows_by
from schemadiff.planning.archive.sql import CLOSING, OPENING
from schemadiff.planning.archive.values import SavedValues
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import BothWays, Recovery, Script, Segment, Step


def graded(backfills: tuple[Segment, ...], live: Catalog) -> tuple[Segment, ...]:
    """The backfills' segments with what the rollback cannot undo: rows that they delete, or insert beside live's."""
    return tuple(replace(one, steps=tuple(_graded(step, one, live) for step in one.steps)) for one in backfills)


def _graded(step: Step, segment: Segment, live: Catalog) -> Step:
    if segment.backfill is None or Identity(Table.KIND, Quoted(segment.backfill.table)) not in live:
        return step
    if segment.backfill.deletes:
        return replace(step, hazards=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE), recovery=Recovery.IMPOSSIBLE)
    if segment.backfill.inserts:
        return replace(step, hazards=(Hazard.IRREVERSIBLE,), recovery=Recovery.IMPOSSIBLE)
    return step


def keeping(
    backfills: tuple[Segment, ...], work: Work, places: Places
) -> tuple[tuple[Segment, ...], tuple[SavedValues, ...]]:
    """The backfills' segments with what keeps the values that they write over, and these values."""
    made: list[Segment] = []
    kept: list[SavedValues] = []
    for segment in backfills:
        found = tuple(_overwritten(segment.backfill, work, places)) if segment.backfill else ()
        if found:
            made.append(_segment((*OPENING, *(statement for values in found for statement in values.save()))))
        made.append(segment)
        if found:
            made.append(_segment(statement for values in found for statement in values.settle()))
        kept += found
    return tuple(made), tuple(kept)


def giving_back(ways: BothWays, kept: tuple[SavedValues, ...]) -> BothWays:
    """Both scripts, the second of which ends with the values as they were before the backfills."""
    if not kept:
        return ways
    statements = [statement for values in reversed(kept) for statement in values.give_back()]
    asked = tuple(replace(asked, statement=statement.sql) for statement in statements for asked in statement.preflights)
    down = Script((*ways.down.segments, _segment((*statements, CLOSING))), (*ways.down.preflights, *asked))
    return BothWays(ways.up, down)


def _overwritten(backfill: Backfill, work: Work, places: Places) -> Iterator[SavedValues]:
    """The columns that were there before, in a table whose rows can be found again."""
    table, key = Quoted(backfill.table), Quoted(backfill.key)
    rows = rows_by(table, key, work)
    for name in backfill.columns if rows is not None else ():
        identity = Identity(Column.KIND, Quoted(f"{table}.{name}"))
        column = work.live.get(identity)
        if rows is not None and isinstance(column, Column) and identity in work.desired and name != key:
            yield SavedValues(places.free(identity), rows, name, column.type, None, still=False)


def _segment(statements: Iterable[Statement]) -> Segment:
    place = f"schema {ARCHIVE_SCHEMA}"
    return Segment(tuple(Step(made.sql, made.summary or "", place, made.hazards) for made in statements))
