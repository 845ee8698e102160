"""Where backfills and the archive stand among the segments of a script."""

from collections.abc import Sequence
from dataclasses import replace

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.planning.archive.saved.contents import CLOSING
from schemadiff.planning.archive.saved.guard import checking, opening
from schemadiff.planning.order.statements import Written
from schemadiff.planning.steps import step_by_itself
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing
from schemadiff.plans.model import Segment, Step

_REMOVING = (Operation.DROP, Operation.RELEASE)


def backfills_stand(written: Sequence[Written], writing: Writing) -> int:
    """Before which statement backfills run: the first that waits for them, destroys data or archives it.

    What is dropped just before that and created after it is not away meanwhile: backfills come before its drop, too.
    """
    for place, one in enumerate(written):
        loses = any(Hazard.DATA_LOSS in statement.hazards for _, statement in one.each)
        if one.waits or loses or any(writing.saves(act) for act, _ in one.each):
            return _before_drops(written, place)
    return len(written)


def _before_drops(written: Sequence[Written], place: int) -> int:
    """The place of the first of those drops directly before `place` whose objects are created again behind it."""
    behind = [one.act for one in written[place:]]
    created = {act.identity for act in behind if act.operation in (Operation.CREATE, Operation.RESTORE)}
    while place and (act := written[place - 1].act).identity in created and act.operation in _REMOVING:
        place -= 1
    return place


def with_archive(segments: tuple[Segment, ...], acts: list[Act], writing: Writing) -> tuple[Segment, ...]:
    """The segments with what opens the archive before the first step that saves, and closes it after the last to give.

    Before the first to give, it is made sure that the archive is ours. What runs in batches sees to that.

    `acts` are those of the steps, in order.
    """
    saving = [place for place, act in enumerate(acts) if writing.saves(act) and writing.at_once(act, writing.saving)][
        :1
    ]
    giving = [
        place for place, act in enumerate(acts) if writing.gives_back(act) and writing.at_once(act, writing.giving)
    ]
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
