"""What was read is what runs: review.md is what its plan says."""

import re
from collections.abc import Callable, Iterator

from schemadiff.errors import ScriptChanged
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.directory.serialization import REVIEW
from schemadiff.review.markdown import review_markdown

_COMMAND = re.compile(r"^schemadiff rollback (.+)$", re.MULTILINE)


def refuse_other_review(plan_file: PlanFile) -> None:
    """Errors: ScriptChanged where review.md says anything else than the plan does; there need not be one."""
    review = plan_file.review
    if review is None:
        return
    if not any(review_markdown(plan_file.plan, plan_file.approval, where) == review for where in _places(plan_file)):
        raise ScriptChanged(
            f"{REVIEW} of {plan_file.directory} does not say what the plan does: restore it from version control, or "
            f"have it rewritten by 'schemadiff prove {plan_file.directory}'"
        )


def reviewed(confirm: Callable[[PlanFile], None]) -> Callable[[PlanFile], None]:
    """`confirm`, which is asked only where review.md is what its plan says. Errors: those of `refuse_other_review`."""

    def confirm_reviewed(plan_file: PlanFile) -> None:
        refuse_other_review(plan_file)
        confirm(plan_file)

    return confirm_reviewed


def _places(plan_file: PlanFile) -> Iterator[str]:
    """Where the plan lay for whoever wrote the review: the commands in it name that."""
    yield str(plan_file.directory)
    for found in _COMMAND.finditer(plan_file.review or ""):
        if found[1].replace("\\", "/").rpartition("/")[2] == plan_file.name:
            yield found[1]
