"""A plan written to its directory together with review.md."""

from collections.abc import Callable, Mapping
from pathlib import Path

from schemadiff.plans.model import Plan
from schemadiff.plans.script_text import ScriptPair
from schemadiff.plans.serialization import REVIEW, plan_id
from schemadiff.plans.writing import restamp_plan, write_plan
from schemadiff.review.markdown import review_markdown


def write_reviewed_plan(plan: Plan, directory: Path) -> Path:
    """Write `plan` with its review.md into a new directory below `directory`, and return its path.

    Errors: PlanFileError when the plan's directory is there already or cannot be written.
    """
    return write_plan(plan, directory, others=_review(plan, directory / plan_id(plan)))


def restamp_reviewed_plan(plan: Plan, directory: Path, bodies: tuple[str, str]) -> ScriptPair:
    """Write anew what belongs to script `bodies` that were proven: headers, plan.json and review.md.

    Errors: PlanFileError when a file cannot be written.
    """
    return restamp_plan(plan, directory, bodies, others=_review(plan, directory))


def _review(plan: Plan, shown: Path) -> Callable[[ScriptPair], Mapping[str, str]]:
    return lambda scripts: {REVIEW: review_markdown(plan, scripts.approval, str(shown))}
