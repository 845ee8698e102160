"""Writing a plan where people review it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from schemadiff.plans.directory.serialization import REVIEW, plan_id
from schemadiff.plans.directory.writing import write_plan
from schemadiff.plans.model import Plan
from schemadiff.plans.scripts.writing import ScriptPair
from schemadiff.review.markdown import review_markdown


def write(plan: Plan, folder: Path) -> Path:
    """Write `plan` with its review.md into a new directory below `folder`, and return its path.

    Errors: PlanFileError when the plan's directory is there already or cannot be written.
    """
    return write_plan(plan, folder, others=review_of(plan, folder / plan_id(plan)))


def review_of(plan: Plan, directory: Path) -> Callable[[ScriptPair], Mapping[str, str]]:
    """review.md of a plan that lies in `directory`, once the texts of its scripts are known."""
    return lambda scripts: {REVIEW: review_markdown(plan, scripts.approval, str(directory))}
