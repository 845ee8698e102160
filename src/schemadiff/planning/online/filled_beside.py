"""The segments that fill columns of a new type beside the old ones, with all that has to stand on them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Phase, Preflight, Statement, concerning
from schemadiff.planning.archive.saved.guard import opening
from schemadiff.planning.online.in_batches import in_silence
from schemadiff.planning.online.successions import indexes_of, on_new_columns
from schemadiff.planning.online.successor import Successor
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.preflights.row_questions import RowQuestions
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.plans.model import Script, Segment, Step

Successors = Mapping[Identity, Successor]
"""By the column whose place each takes."""


def asked_before_filling(work: Work, rows: RowQuestions, joined: Graph) -> Iterator[Preflight]:
    """Which rows hold values that the new columns do not take."""
    written = [(Act(Operation.CREATE, name), one.addition()) for name, one in sorted(work.successors.items())]
    steps = [step_by_itself(statement) for _, statement in written]
    each = [((act, rows.with_queries(act, statement)),) for act, statement in written]
    yield from rows.preflights(each, (Segment(()), Segment(tuple(steps))), joined)


def filled_beside(work: Work, rows: RowQuestions) -> Iterator[Segment]:
    """The segments that make and fill the new columns, with all that has to stand on them before the swap."""
    found = [one for _, one in sorted(work.successors.items())]
    for _, of_table in groupby(found, key=lambda one: one.after.table):
        together = list(of_table)
        prepared = (step for one in together for step in _steps(one.after, _asked(one, rows)))
        yield Segment((*map(step_by_itself, opening()), *prepared))
        yield from (in_silence(one.filling(), one.rows) for one in together)
        for part in _apart(statement for one in together for statement in one.require()):
            yield Segment(tuple(_steps(together[0].after, part)))
    for built in indexes_of(found, work):
        build = _build(built, found)
        yield Segment(tuple(_steps(built, [build])), transactional=False)


def given_up(back: Script, up: Successors, swapped: Successors, done: Sequence[Segment]) -> Script:
    """A way back from the middle of a script, of which `done` is committed, without what was filled until then.

    What has taken the place of another column by then is among the `swapped`. Columns and triggers are no part of
    what the way back leads to, and so have gone.
    """
    added = {step.id for segment in done for step in segment.steps if step.operation is StepOperation.ADD_SUCCESSOR}
    given = [one for name, one in up.items() if name not in swapped and name in added]
    if not given:
        return back
    waiting = {one.waiting.id for one in given}
    segments = tuple(
        replace(segment, steps=tuple(replace(step, risks=()) if step.id in waiting else step for step in segment.steps))
        for segment in back.segments
    )
    steps = tuple(step for one in given for step in _steps(one.after, one.abandon()))
    return replace(back, segments=(*segments, Segment(steps)))


def _asked(one: Successor, rows: RowQuestions) -> Iterator[Statement]:
    """What prepares the column, which fails on rows only where some may be in the way."""
    return one.prepare(rows.with_queries(Act(Operation.CREATE, one.after.id), one.addition()))


def with_reasons(script: Script, refused: Mapping[Identity, str]) -> Script:
    """The script, in which each rewrite of a large table for a new type says why it has to be."""
    if not refused:
        return script

    def told(step: Step) -> Step:
        along = tuple(
            replace(one, risks=_explained(one.risks, refused.get(Identity(one.kind, Quoted(one.identity)))))
            for one in step.along
        )
        return replace(step, risks=_explained(step.risks, refused.get(step.id)), along=along)

    segments = tuple(replace(one, steps=tuple(map(told, one.steps))) for one in script.segments)
    return replace(script, segments=segments)


def _explained(risks: tuple[Risk, ...], reason: str | None) -> tuple[Risk, ...]:
    why = f"not in batches, since {reason}"
    return tuple(replace(one, why=why) if reason and one.hazard is Hazard.TABLE_REWRITE else one for one in risks)


def _build(built: Constraint | Index, successors: Iterable[Successor]) -> Statement:
    found = on_new_columns(built, successors)
    assert found is not None
    build, *_ = found.exchange(())
    (statement,) = concerning(built.id, [replace(build, questions=(), hazards=(Hazard.LONG_SCAN,))])
    return statement


def _apart(statements: Iterable[Statement]) -> list[list[Statement]]:
    """Those of one phase together, in the order of the phases."""
    found: dict[Phase, list[Statement]] = defaultdict(list)
    for statement in statements:
        found[statement.phase].append(statement)
    return [found[phase] for phase in sorted(found)]


def _steps(built: CatalogObject, statements: Iterable[Statement]) -> Iterator[Step]:
    holder = built.within()
    for statement in statements:
        yield step_by_itself(statement, holder=str(holder) if holder else None)
