"""What apply and rollback would do now: the same gates, and nothing changed."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from schemadiff.api.running.apply_plan import stands
from schemadiff.api.running.roll_back_plan import never_applied, way_back
from schemadiff.connection import connect
from schemadiff.execution.approvals.approvers import require_approvals
from schemadiff.execution.dry_run import DryRun, ahead
from schemadiff.execution.events import Progress, silent
from schemadiff.execution.gates.admission import admitted
from schemadiff.execution.record.ledger import Ledger, RunRecord
from schemadiff.execution.run import Runner
from schemadiff.execution.run_options import RunOptions
from schemadiff.plans.direction import Direction
from schemadiff.review.unchanged import refuse_other_review
from schemadiff.session import users_path


def dry_run(
    directory: Path,
    url: str,
    direction: Direction = Direction.UP,
    options: RunOptions | None = None,
    *,
    progress: Progress = silent,
) -> DryRun:
    """What `apply` (or, with `Direction.DOWN`, `rollback`) of the plan would do on the database at `url` now.

    The plan passes the same gates, rows are asked the same questions, and whoever holds what it would wait for is
    named. The session is read-only. Errors: as `apply` and `rollback`.
    """
    given = options or RunOptions()
    plan_file, script = admitted(directory, direction, given, url)
    approvers = require_approvals(plan_file, given.approvals)
    refuse_other_review(plan_file)
    with closing(connect(url, purpose=f"schemadiff {direction.command} --dry-run {plan_file.name}")) as connection:
        ledger, path = Ledger(connection), users_path(connection)
        run = Runner(plan_file, direction, script, url, connection, ledger, None, given, progress, path, approvers)
        return direction.choose(_forward, _back)(run, run.latest())


def _forward(run: Runner, latest: RunRecord | None) -> DryRun:
    if latest is not None and stands(run, latest):
        return DryRun(run.plan_file.name, run.direction, already=True)
    if latest is None or latest.state == "done" or run.outdated(latest):
        return ahead(run, None)
    if latest.direction is Direction.UP:
        return ahead(run, latest)
    down = replace(run, direction=Direction.DOWN, script=run.plan_file.script(Direction.DOWN))
    return replace(ahead(run, None, gated=False), first=_back(down, latest))


def _back(run: Runner, latest: RunRecord | None) -> DryRun:
    if latest is None:
        raise never_applied(run)
    way = None
    if latest.direction is Direction.UP or latest.state != "done":
        way = way_back(run, latest, settling=False)
    return DryRun(run.plan_file.name, run.direction, already=True) if way is None else ahead(*way)
