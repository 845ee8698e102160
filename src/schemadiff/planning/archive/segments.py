"""Where backfills and the archive stand among the segments of a script."""

from dataclasses import replace

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.saved.contents import CLOSING
from schemadiff.planning.archive.saved.guard import checking, opening
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.act import Act
from schemadiff.planning.writing.writing import Writing
from schemadiff.plans.model import Segment, Step


def destruction(statements: list[tuple[Act, Statement]], writing: Writing) -> int:
    """Where the first act stands that destroys data or archives it: backfills come before."""
    for place, (act, statement) in enumerate(statements):
        if Hazard.DATA_LOSS in statement.hazards or writing.saves(act):
            return place
    return len(statements)


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
