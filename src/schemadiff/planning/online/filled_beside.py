"""The segments that fill columns of a new type beside the old ones, with all that has to stand on them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement, concerning
from schemadiff.planning.archive.saved.guard import opening
from schemadiff.planning.online.in_batches import in_silence
from schemadiff.planning.online.successions import indexes_of, on_new_columns
from schemadiff.planning.online.successor import Successor
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import Script, Segment, Step

Successors = Mapping[Identity, Successor]
"""By the column whose place each takes."""


def filled_beside(work: Work) -> Iterator[Segment]:
    """The segments that make and fill the new columns, with all that has to stand on them before the swap."""
    found = [one for _, one in sorted(work.successors.items())]
    for one in found:
        yield Segment((*map(step_by_itself, opening()), *_steps(one.after, one.prepare())))
        yield in_silence(one.filling(), one.rows)
        yield from (Segment(tuple(_steps(one.after, part))) for part in _apart(one.require()))
    for built in indexes_of(found, work):
        build = _build(built, found)
        yield Segment(tuple(_steps(built, [build])), transactional=False)


def given_up(back: Script, up: Successors, swapped: Successors, script: Script, done: Sequence[Segment]) -> Script:
    """A way back from the middle of `script`, of which `done` is committed, without what was filled until then.

    What has taken the place of another column by then is among the `swapped`. Columns and triggers are no part of
    what the way back leads to, and so have gone.
    """
    places = {one.backfill.name: place for place, one in enumerate(script.segments) if one.backfill}
    given = [one for name, one in up.items() if name not in swapped and len(done) >= places[one.filling().name]]
    if not given:
        return back
    waiting = {one.waiting.id for one in given}
    segments = tuple(
        replace(segment, steps=tuple(replace(step, risks=()) if step.id in waiting else step for step in segment.steps))
        for segment in back.segments
    )
    steps = tuple(step for one in given for step in _steps(one.after, one.abandon()))
    return replace(back, segments=(*segments, Segment(steps)))


def _build(built: Constraint | Index, successors: Iterable[Successor]) -> Statement:
    found = on_new_columns(built, successors)
    assert found is not None
    build, *_ = found.exchange(())
    (statement,) = concerning(built.id, [replace(build, questions=(), hazards=(Hazard.LONG_SCAN,))])
    return statement


def _apart(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """Those of one phase together."""
    found: list[list[Statement]] = []
    for statement in statements:
        if not found or found[-1][0].phase is not statement.phase:
            found.append([])
        found[-1].append(statement)
    yield from found


def _steps(built: CatalogObject, statements: Iterable[Statement]) -> Iterator[Step]:
    holder = built.within()
    for statement in statements:
        yield step_by_itself(statement, holder=str(holder) if holder else None)
