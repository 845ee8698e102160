"""Rolling a plan back, from where it ended or from where it stopped."""

from dataclasses import replace
from pathlib import Path

from schemadiff.errors import Refused
from schemadiff.execution.events import Progress, silent
from schemadiff.execution.record.ledger import RunRecord
from schemadiff.execution.run import Confirm, Outcome, Runner, runner, unasked
from schemadiff.execution.run_options import RunOptions
from schemadiff.execution.running.unfinished import finished_segments
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.halfway import halfway
from schemadiff.review.unchanged import reviewed


def rollback(
    directory: Path,
    url: str,
    options: RunOptions | None = None,
    *,
    progress: Progress = silent,
    confirm: Confirm = unasked,
) -> Outcome:
    """Run down.sql of the plan in `directory` on the database at `url`; arguments and errors as `apply`.

    A plan that stopped in the middle is rolled back from there, by the way back that was rehearsed with it, which
    `confirm` is shown, too. The plan's backfills count as undone afterwards. A plan that is rolled back already is
    left alone.
    Errors besides: Refused when the plan is not applied there, or stopped where no way back was rehearsed.
    """
    given = options or RunOptions()

    with runner(directory, url, Direction.DOWN, given, progress=progress, confirm=reviewed(confirm)) as run:
        latest = run.latest()
        if latest is None:
            raise never_applied(run)
        if latest.direction is Direction.DOWN and latest.state == "done":
            return run.nothing_to_do()
        return roll_back_from(run, latest, confirm)


def roll_back_from(run: Runner, latest: RunRecord, confirm: Confirm) -> Outcome:
    """Roll back what the run `latest` of the plan has done, or go on with it if it is a rollback itself.

    Errors: as `rollback`.
    """
    way = way_back(run, latest)
    if way is None:
        return run.nothing_to_do()
    back, interrupted = way
    if back is not run:
        confirm(back.plan_file)
    outcome = back.run(interrupted)
    back.require_reached()
    return outcome


def way_back(run: Runner, latest: RunRecord, *, settling: bool = True) -> tuple[Runner, RunRecord | None] | None:
    """The runner that leads back from what the run `latest` left, and the rollback that it goes on with, if any.

    None where nothing stands. What a statement left half done outside of transactions is settled, unless not
    `settling`. Errors: Refused where no way back was rehearsed.
    """
    interrupted, applied = None, latest
    if latest.direction is Direction.DOWN:
        interrupted = None if run.outdated(latest) else latest
        applied = run.ledger.run_before(latest) or latest
    if applied.direction is Direction.UP and applied.state != "done":
        behind = finished_segments(run, applied, settling=settling)
        if not behind:
            return None
        if behind < len(run.plan_file.plan.up.segments):
            return _halfway(run, behind), interrupted
    return run, interrupted


def never_applied(run: Runner) -> Refused:
    """The refusal where the ledger knows no run of the plan: what another tool applied can be recorded first."""
    plan_file = run.plan_file
    never = f"plan {plan_file.name} was never applied to this database"
    if plan_file.plan.desired.moved(run.state_now()) or not plan_file.plan.live.moved(plan_file.plan.desired):
        return Refused(f"{never}: there is nothing to roll back")
    return Refused(
        f"{never} as far as its ledger knows, though the database is what the plan leads to: if another tool ran its "
        f"up.sql, or the ledger was lost, record that with 'schemadiff mark-applied {plan_file.directory}', then run "
        f"'{run.again}' again"
    )


def _halfway(run: Runner, behind: int) -> Runner:
    """The runner of the way back from behind so many segments. Errors: Refused where none was rehearsed."""
    plan_file = halfway(run.plan_file, behind)
    if plan_file is None:
        total = len(run.plan_file.plan.up.segments)
        raise Refused(
            f"plan {run.plan_file.name} is applied only in part ({behind} of {total} segments), and no way back from "
            f"there was rehearsed: finish it with 'schemadiff apply {run.plan_file.directory}' and roll it back then, "
            "or plan from the state as it is with 'schemadiff plan'"
        )
    return replace(run, plan_file=plan_file, script=plan_file.script(Direction.DOWN))
