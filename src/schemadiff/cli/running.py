"""What the commands apply and rollback share: show, ask, run, report."""

import os
from dataclasses import asdict, replace
from pathlib import Path

from schemadiff.api import (
    Direction,
    Hazard,
    LockBudget,
    PlanFile,
    RunOptions,
    apply,
    dry_run,
    rollback,
    write_migrations,
)
from schemadiff.cli.after_apply import run_after
from schemadiff.cli.console.approval import require_yes
from schemadiff.cli.console.dry_run_report import dry_run_lines
from schemadiff.cli.console.event_lines import event_lines
from schemadiff.cli.console.run_report import RunReport, outcome_document
from schemadiff.cli.settings.options import Session
from schemadiff.cli.settings.plan_argument import plan_directory, plan_or_record, plan_to_run
from schemadiff.cli.settings.run_options import RunArguments
from schemadiff.cli.settings.signing import required_approvals
from schemadiff.config import seconds_of
from schemadiff.connection_string import shown
from schemadiff.review.summary import size
from schemadiff.review.terminal import plan_summary, rollback_summary


def run_plan(
    session: Session,
    plan: str | None,
    direction: Direction,
    allow: frozenset[Hazard],
    run: RunArguments,
    then: tuple[str, ...] = (),
) -> None:
    """Show one direction of a plan, ask, run it and print what it did; without `plan`, of the one whose turn it is.

    Behind a plan that is applied, commands follow: `then`, or what else the caller has set.
    Errors: Refused and its kin, ExecutionError, PlanFileError, ConnectionFailed.
    """
    output, target = session.output, session.target
    directory = _named(plan, direction, session) if plan else plan_to_run(direction, session)
    if not plan:
        output.say(f"plan: {directory}")
    if not directory.is_dir():
        output.say(f"{directory} is gone: the plan is taken from live's ledger")
    locks = LockBudget(run["lock_timeout"] or session.project.lock_timeout)
    if run["max_wait"] is not None:
        locks = replace(locks, max_wait=seconds_of(run["max_wait"]))
    approvals = required_approvals(session, run, directory)
    options = RunOptions(run["approve"], allow, not run["no_proof"], locks, approvals=approvals, secrets=os.environ)

    if run["dry_run"]:
        _look(session, directory, direction, options, run["format_"])
        return

    def confirm(plan_file: PlanFile) -> None:
        output.say(f"live: {target.shown}")
        if not run["auto_approve"] and run["approve"] is None:
            output.show(direction.choose(plan_summary, rollback_summary)(plan_file.plan))
            what = f"{plan_file.name} ({size(plan_file.planned(direction))})"
            require_yes(output, f"\n{direction.choose('run', 'roll back')} {what} on {shown(target.url)}?")

    with RunReport(output) as report:
        command = direction.choose(apply, rollback)
        progress = event_lines(output, report) if run["format_"] == "jsonl" else report
        outcome = command(directory, target.url, options, progress=progress, confirm=confirm)
    for path in write_migrations(outcome.migrations, session.project):
        output.say(f"migration of the Supabase CLI: {path.name}")
    if run["format_"] != "text":
        output.result_document(outcome_document(outcome))
    if direction is Direction.UP and not outcome.already:
        output.say(f"\nto roll it back: schemadiff rollback {directory}")
        run_after(session, then)


def _named(plan: str, direction: Direction, session: Session) -> Path:
    """The plan of that name; what is rolled back may be in live's ledger alone."""
    if direction is Direction.DOWN:
        return plan_or_record(plan, session)
    return plan_directory(plan, session.project)


def _look(session: Session, directory: Path, direction: Direction, options: RunOptions, format_: str) -> None:
    """Show what would run, and change nothing."""
    output = session.output
    output.say(f"live: {session.target.shown}\ndry run: nothing is changed")
    with RunReport(output) as report:
        found = dry_run(directory, session.target.url, direction, options, progress=report)
    if format_ != "text":
        output.result_document(asdict(found))
        return
    for line in dry_run_lines(found, options.locks.max_wait):
        output.result(output.redacted(line))
