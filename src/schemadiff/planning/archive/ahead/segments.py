"""The segments that archive values before a script destroys them, and those that give them back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.ahead.choosing import columns_ahead
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.archive.saved.ahead import ColumnAhead
from schemadiff.planning.archive.saved.contents import CLOSING
from schemadiff.planning.archive.saved.guard import checking, opening
from schemadiff.planning.steps import step_by_itself
from schemadiff.plans.model import Script, Segment, Step


def archiving(saving: Archive) -> tuple[Segment, ...]:
    """Before what is destroyed: of each column a segment that prepares, and one that runs in batches."""
    return tuple(segment for one in columns_ahead(saving) for segment in _archiving(one))


def returning(giving: Archive) -> tuple[Segment, ...]:
    """Behind the columns that come back: their values, in batches."""
    found = columns_ahead(giving)
    checked = (Segment(tuple(map(step_by_itself, checking()))),) if found else ()
    return (*checked, *map(_returning, found))


def emptied(down: Script, giving: Archive) -> Script:
    """The script, which removes at its end what its batches gave back."""
    found = columns_ahead(giving)
    asked = tuple(
        replace(asked, statement=statement.sql)
        for one in found
        for statement in one.returning()[1]
        for asked in statement.preflights
    )
    removing = _removing((one, one.place.remove()) for one in found)
    return Script((*down.segments, *removing), (*down.preflights, *asked), down.time_zone)


def abandoned(back: Script, archive: Archive, up: Script, done: Sequence[Segment]) -> Script:
    """A way back from the middle of `up`, of which `done` is committed, that removes what was prepared until then.

    Columns that have gone by then are no part of `archive`: their values come back.
    """
    places = {one.backfill.name: place for place, one in enumerate(up.segments) if one.backfill}
    prepared = [one for one in columns_ahead(archive) if len(done) >= places[one.archiving()[0].name]]
    removing = _removing((one, one.abandon()) for one in prepared)
    return replace(back, segments=(*back.segments, *removing))


def _archiving(one: ColumnAhead) -> Iterator[Segment]:
    yield Segment((*map(step_by_itself, opening()), *_steps(one, one.prepare())))
    backfill, statement = one.archiving()
    yield Segment(tuple(_steps(one, [statement])), backfill=backfill)


def _returning(one: ColumnAhead) -> Segment:
    backfill, statements = one.returning()
    return Segment(tuple(_steps(one, statements)), backfill=backfill)


def _removing(found: Iterable[tuple[ColumnAhead, Iterable[Statement]]]) -> Iterator[Segment]:
    steps = [step for one, statements in found for step in _steps(one, statements)]
    if steps:
        yield Segment((*steps, step_by_itself(CLOSING)))


def _steps(one: ColumnAhead, statements: Iterable[Statement]) -> Iterator[Step]:
    for statement in statements:
        yield step_by_itself(statement, holder=f"table {one.rows.table}")
