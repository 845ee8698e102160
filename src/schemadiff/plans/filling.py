"""What the steps of a segment that runs in batches are for."""

from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import Segment, Step

_FILLING = (StepOperation.BACKFILL, StepOperation.RESTORE_VALUES, StepOperation.RUN)


def filling(segment: Segment) -> Step:
    """The step that changes the rows; the others note what it changes."""
    return next((step for step in segment.steps if step.operation in _FILLING), segment.steps[0])


def archives(segment: Segment) -> bool:
    """Whether its batches put values into the archive, and change nothing else."""
    return segment.backfill is not None and filling(segment).operation is StepOperation.SAVE_VALUES


def gives_back(segment: Segment) -> bool:
    """Whether its batches undo those of a backfill."""
    return segment.backfill is not None and filling(segment).operation is StepOperation.RESTORE_VALUES
