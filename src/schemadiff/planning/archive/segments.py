"""Where backfills and the archive stand among the segments of a script."""

from dataclasses import replace

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.saved.contents import CLOSING
from schemadiff.planning.archive.saved.guard import checking, opening
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing
from schemadiff.plans.model import Segment, Step

_REMOVING = (Operation.DROP, Operation.RELEASE)


def destruction(statements: list[tuple[Act, Statement]], writing: Writing) -> int:
    """Where the first act stands that destroys data or archives it: backfills come before.

    What is dropped just before that and created after it is not away meanwhile: backfills come before its drop, too.
    """
    for place, (act, statement) in enumerate(statements):
        if Hazard.DATA_LOSS in statement.hazards or writing.saves(act):
            return _before_drops(statements, place, writing)
    return len(statements)


def _before_drops(statements: list[tuple[Act, Statement]], place: int, writing: Writing) -> int:
    """The place of the first of those drops directly before `place` whose objects are created again behind it."""
    created = {act.identity for act, _ in statements[place:] if act.operation in (Operation.CREATE, Operation.RESTORE)}
    while place and (act := statements[place - 1][0]).identity in created and act.operation in _REMOVING:
        place -= 1
    return place


def with_archive(segments: tuple[Segment, ...], acts: list[Act], writing: Writing) -> tuple[Segment, ...]:
    """The segments with what opens the archive before the first step that saves, and closes it after the last to give.

    Before the first to give, it is made sure that the archive is ours.

    `acts` are those of the steps, in order.
    """
    saving = [place for place, act in enumerate(acts) if writing.saves(act)][:1]
    giving = [place for place, act in enumerate(acts) if writing.gives_back(act)]
    opened, place = [], 0
    for segment in segments:
        steps: list[Step] = []
        for step in segment.steps:
            steps += map(step_by_itself, opening()) if place in saving else ()
            steps += map(step_by_itself, checking()) if place in giving[:1] else ()
            steps.append(step)
            steps += [step_by_itself(CLOSING)] if place in giving[-1:] else []
            place += 1
        opened.append(replace(segment, steps=tuple(steps)))
    return tuple(opened)
