"""Applying a plan: once, whole, resumable, and only where it was made for."""

from dataclasses import replace
from pathlib import Path

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import CheckFailed, Refused
from schemadiff.execution.events import Progress, silent
from schemadiff.execution.gates.admission import Terms
from schemadiff.execution.gates.checks import CheckResult, run_checks
from schemadiff.execution.record.ledger import RunRecord
from schemadiff.execution.run import Outcome, Runner, runner
from schemadiff.execution.running.retry import Patience


def apply(
    directory: Path,
    url: str,
    *,
    progress: Progress = silent,
    approve: str | None = None,
    allow: frozenset[Hazard] = frozenset(),
    proof_required: bool = True,
    lock_timeout: str | None = None,
    lock_retries: int = 10,
    runner_wait: float = 10.0,
) -> Outcome:
    """Run up.sql of the plan in `directory` on the database at `url`, or what an interrupted run left of it.

    `approve` is the digest that was reviewed; `lock_timeout` (a Postgres interval such as '3s') replaces
    the script's. A plan that is applied already is left alone.

    Errors: Refused and its kin before anything ran; ExecutionError for a statement that failed;
    CheckFailed when all ran but a check does not hold or the state is not the desired one.
    """
    terms = Terms(approve, allow, proof_required, Patience(lock_timeout, lock_retries), runner_wait)
    with runner(directory, url, "up", progress=progress, terms=terms) as work:
        latest = work.latest()
        if latest is not None and _stands(work, latest):
            return work.nothing_to_do()
        outcome = work.run(_interrupted(work, latest))
        work.require_reached()
        checks = run_checks(work.connection, work.plan_file.plan.checks, progress)
        _require(work.plan_file.name, checks)
        return replace(outcome, checks=checks)


def _stands(work: Runner, latest: RunRecord) -> bool:
    """Whether the plan is applied; not so when another plan has led back to where it began."""
    if latest.direction != "up" or latest.state != "done":
        return False
    plan = work.plan_file.plan
    if not work.outdated(latest) or not plan.live.moved(plan.desired):
        return True
    return bool(plan.live.moved(work.state_now()))


def _interrupted(work: Runner, latest: RunRecord | None) -> RunRecord | None:
    """The run to go on with, if there is one."""
    if latest is None or latest.state == "done" or work.outdated(latest):
        return None
    if latest.direction == "down":
        raise Refused(
            f"the rollback of plan {latest.plan} is half done: finish it with "
            f"'schemadiff rollback {work.plan_file.directory}', then apply"
        )
    return latest


def _require(plan: str, checks: tuple[CheckResult, ...]) -> None:
    failed = [f"  {check.name}: {check.problem}" for check in checks if not check.holds]
    if failed:
        what = "\n".join(failed)
        raise CheckFailed(
            f"plan {plan} is applied, but checks do not hold:\n{what}\n"
            "mend the rows and run 'schemadiff verify', or take the plan back with 'schemadiff rollback'"
        )
