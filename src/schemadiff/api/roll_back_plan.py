"""Taking an applied plan back."""

from pathlib import Path

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import Refused
from schemadiff.execution.events import Progress, silent
from schemadiff.execution.gates.admission import Terms
from schemadiff.execution.run import Outcome, Runner, runner
from schemadiff.execution.running.retry import Patience


def rollback(
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
    """Run down.sql of the plan in `directory` on the database at `url`; arguments and errors as `apply`.

    The plan's backfills count as undone afterwards. A plan that is taken back already is left alone.
    Errors besides: Refused when the plan is not applied there, or only in part.
    """
    terms = Terms(approve, allow, proof_required, Patience(lock_timeout, lock_retries), runner_wait)
    with runner(directory, url, "down", progress=progress, terms=terms) as work:
        latest = work.latest()
        if latest is None:
            raise Refused(f"plan {work.plan_file.name} was never applied to this database: nothing is to be taken back")
        if latest.direction == "up":
            _require_applied(work, latest.state == "done")
            outcome = work.run(None)
        elif latest.state == "done":
            return work.nothing_to_do()
        else:
            outcome = work.run(None if work.outdated(latest) else latest)
        work.require_reached()
        return outcome


def _require_applied(work: Runner, done: bool) -> None:
    if not done:
        raise Refused(
            f"plan {work.plan_file.name} is applied only in part: finish it with "
            f"'schemadiff apply {work.plan_file.directory}' and take it back then, "
            "or plan from the state as it is with 'schemadiff plan'"
        )
