"""Recording that another tool has run a plan's script."""

from pathlib import Path

from schemadiff.execution.events import Progress, silent
from schemadiff.execution.gates.admission import read_whole_plan
from schemadiff.execution.marking import mark
from schemadiff.execution.run import Confirm, Outcome, unasked
from schemadiff.plans.direction import Direction
from schemadiff.review.unchanged import refuse_other_review


def mark_applied(
    directory: Path,
    url: str,
    *,
    rolled_back: bool = False,
    progress: Progress = silent,
    confirm: Confirm = unasked,
) -> Outcome:
    """Record in the ledger of the database at `url` that up.sql of the plan in `directory` has run there.

    With `rolled_back`, that down.sql has. Only where the database is what the script leads to, and all checks hold;
    nothing of the plan is run, and its backfills count as done or undone. `already` of the outcome says that the ledger
    knew.
    Errors: PlanFileError, ScriptChanged, ConnectionFailed; Refused, naming what differs from what the script leads to.
    """
    plan_file = read_whole_plan(directory)
    refuse_other_review(plan_file)
    confirm(plan_file)
    return mark(plan_file, url, Direction.DOWN if rolled_back else Direction.UP, progress)
