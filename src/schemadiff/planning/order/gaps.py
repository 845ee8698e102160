"""Objects that are away between two commits: dropped in one segment, and created again in a later one."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.planning.passes import LEANED_ON
from schemadiff.plans.model import Segment, Step


def with_gaps(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments, of which each drop that leaves such a gap says so."""
    away = set(_away(segments))
    return tuple(
        replace(segment, steps=tuple(_marked(step) if (number, step.id) in away else step for step in segment.steps))
        for number, segment in enumerate(segments)
    )


def _away(segments: tuple[Segment, ...]) -> Iterator[tuple[int, Identity]]:
    """The segments that drop what a later one creates again, each with the object."""
    dropped: dict[Identity, int] = {}
    for number, segment in enumerate(segments):
        for step in segment.steps:
            if step.kind not in LEANED_ON:
                continue
            if step.operation is StepOperation.DROP:
                dropped[step.id] = number
            elif step.operation is StepOperation.CREATE and dropped.get(step.id, number) != number:
                yield dropped[step.id], step.id


def _marked(step: Step) -> Step:
    if step.operation is not StepOperation.DROP:
        return step
    return replace(step, risks=(*step.risks, Risk(Hazard.GAP, "order.gap")))
