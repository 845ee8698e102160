"""Rolling an applied plan back."""

from pathlib import Path

from schemadiff.errors import Refused
from schemadiff.execution.events import Progress, silent
from schemadiff.execution.run import Confirm, Outcome, Runner, runner, unasked
from schemadiff.execution.run_options import RunOptions
from schemadiff.plans.direction import Direction


def rollback(
    directory: Path,
    url: str,
    options: RunOptions | None = None,
    *,
    progress: Progress = silent,
    confirm: Confirm = unasked,
) -> Outcome:
    """Run down.sql of the plan in `directory` on the database at `url`; arguments and errors as `apply`.

    The plan's backfills count as undone afterwards. A plan that is rolled back already is left alone.
    Errors besides: Refused when the plan is not applied there, or only in part.
    """
    given = options or RunOptions()
    with runner(directory, url, Direction.DOWN, given, progress=progress, confirm=confirm) as run:
        latest = run.latest()
        if latest is None:
            name = run.plan_file.name
            raise Refused(f"plan {name} was never applied to this database: there is nothing to roll back")
        if latest.direction is Direction.UP:
            _require_applied(run, latest.state == "done")
            outcome = run.run(None)
        elif latest.state == "done":
            return run.nothing_to_do()
        else:
            outcome = run.run(None if run.outdated(latest) else latest)
        run.require_reached()
        return outcome


def _require_applied(run: Runner, done: bool) -> None:
    if not done:
        raise Refused(
            f"plan {run.plan_file.name} is applied only in part: finish it with "
            f"'schemadiff apply {run.plan_file.directory}' and roll it back then, "
            "or plan from the state as it is with 'schemadiff plan'"
        )
