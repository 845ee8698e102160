"""What apply and rollback share: show, ask, run, report."""

from dataclasses import asdict, dataclass

from schemadiff.api import Hazard, Outcome, apply, rollback
from schemadiff.cli.approval import require_yes
from schemadiff.cli.options import Session
from schemadiff.cli.plan_argument import plan_directory
from schemadiff.cli.run_report import RunReport
from schemadiff.connection_string import without_password
from schemadiff.execution.gates.admission import Terms, admitted
from schemadiff.plans.reading import Direction
from schemadiff.review.summary import size
from schemadiff.review.terminal import plan_summary, rollback_summary


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the options of apply and rollback say."""

    auto_approve: bool
    approve: str | None
    allow: frozenset[Hazard]
    proof: bool
    lock_timeout: str | None
    format: str


def run_plan(session: Session, plan: str, direction: Direction, options: RunOptions) -> None:
    """Show one direction of a plan, ask, run it and print what it did.

    Errors: Refused and its kin, ExecutionError, PlanFileError, ConnectionFailed.
    """
    output, target = session.output, session.target
    directory = plan_directory(plan, session.project)
    terms = Terms(options.approve, options.allow, options.proof)
    plan_file, _ = admitted(directory, direction, terms)
    output.say(f"live: {target.shown}")
    if not options.auto_approve and options.approve is None:
        output.show((plan_summary if direction == "up" else rollback_summary)(plan_file.plan))
        verb = "run" if direction == "up" else "take back"
        what = f"{verb} {plan_file.name} ({size(plan_file.planned(direction))})"
        require_yes(output, f"\n{what} on {without_password(target.url)}?")
    with RunReport(output) as report:
        outcome = (apply if direction == "up" else rollback)(
            directory,
            target.url,
            progress=report,
            approve=options.approve,
            allow=options.allow,
            proof_required=options.proof,
            lock_timeout=options.lock_timeout or session.project.lock_timeout,
        )
    if options.format == "json":
        output.result_json(_as_json(outcome))
    if direction == "up" and not outcome.already:
        output.say(f"\nto take it back: schemadiff rollback {directory}")


def _as_json(outcome: Outcome) -> dict[str, object]:
    checks = [asdict(check) | {"holds": check.holds} for check in outcome.checks]
    return asdict(outcome) | {"checks": checks}
