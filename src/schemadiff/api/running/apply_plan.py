"""Applying a plan: once, whole, resumable, and only where it was made for."""

from dataclasses import replace
from pathlib import Path

from schemadiff.api.running.roll_back_plan import roll_back_from
from schemadiff.errors import CheckFailed
from schemadiff.execution.events import Progress, silent
from schemadiff.execution.gates.checks import CheckResult, run_checks
from schemadiff.execution.record.ledger import RunRecord
from schemadiff.execution.run import Confirm, Outcome, Runner, runner, unasked
from schemadiff.execution.run_options import RunOptions
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.review.unchanged import reviewed


def apply(
    directory: Path,
    url: str,
    options: RunOptions | None = None,
    *,
    progress: Progress = silent,
    confirm: Confirm = unasked,
) -> Outcome:
    """Run up.sql of the plan in `directory` on the database at `url`, or what an interrupted run left of it.

    A plan that is applied already is left alone; a rollback of it that stopped in the middle is finished first.
    `confirm` is shown the plan once it may run, and raises to keep it from running.

    Errors: Refused and its kin before anything ran; ExecutionError for a statement that failed;
    CheckFailed when all ran but a check does not hold or the state is not the desired one.
    """
    given = options or RunOptions()

    with runner(directory, url, Direction.UP, given, progress=progress, confirm=reviewed(confirm)) as run:
        latest = run.latest()
        if latest is not None and stands(run, latest):
            return run.nothing_to_do()
        outcome = run.run(_interrupted(run, latest, confirm))
        run.require_reached()
        checks = run_checks(run.connection, run.plan_file.plan.checks, progress)
        _require(run.plan_file, checks)
        return replace(outcome, checks=checks)


def stands(run: Runner, latest: RunRecord) -> bool:
    """Whether the plan is applied; not so when another plan has led back to where it began."""
    if latest.direction is not Direction.UP or latest.state != "done":
        return False
    plan = run.plan_file.plan
    if not run.outdated(latest) or not plan.live.moved(plan.desired):
        return True
    return bool(set(plan.live.moved(plan.desired)).intersection(plan.live.moved(run.state_now())))


def _interrupted(run: Runner, latest: RunRecord | None, confirm: Confirm) -> RunRecord | None:
    """The run to go on with, if there is one; a rollback that stopped in the middle is finished first."""
    if latest is None or latest.state == "done" or run.outdated(latest):
        return None
    if latest.direction is Direction.DOWN:
        down = replace(run, direction=Direction.DOWN, script=run.plan_file.script(Direction.DOWN))
        roll_back_from(down, latest, confirm)
        return None
    return latest


def _require(plan_file: PlanFile, checks: tuple[CheckResult, ...]) -> None:
    failed = [f"  {check.name}: {check.problem}" for check in checks if not check.holds]
    if failed:
        what = "\n".join(failed)
        raise CheckFailed(
            f"plan {plan_file.name} is applied, but checks do not hold:\n{what}\n"
            f"fix the rows and run 'schemadiff verify {plan_file.directory}', or roll the plan back: "
            f"schemadiff rollback {plan_file.directory}"
        )
