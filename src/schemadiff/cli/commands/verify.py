"""schemadiff verify: whether what a plan promised holds on the live database."""

from dataclasses import asdict
from pathlib import Path

import click

from schemadiff.cli.settings.options import Session, format_option, session_command, target_options
from schemadiff.cli.settings.plan_argument import plan_or_record
from schemadiff.errors import CheckFailed, Refused


@click.command("verify")
@click.argument("plan", metavar="[PLAN]", required=False)
@format_option("text", "json")
@target_options
@session_command
def command(session: Session, *, plan: str | None, format_: str) -> None:
    """Run the checks of PLAN (default: the plan applied last) and compare the database with its outcome.

    Nothing is written. Exits with 3 when something does not hold.
    """
    from schemadiff.api import verify
    from schemadiff.cli.console.run_report import checks_document, checks_table

    output, target = session.output, session.target
    output.say(f"live: {target.shown}")
    directory = plan_or_record(plan, session) if plan else _applied_last(session)
    if not directory.is_dir():
        output.say(f"{directory} is gone: the plan is taken from live's ledger")
    with output.progress() as progress:
        progress(f"checking {directory}")
        outcome = verify(directory, target.url)
    if format_ == "json":
        output.result_document(asdict(outcome) | {"holds": outcome.holds, "checks": checks_document(outcome.checks)})
    else:
        output.result_rendered(checks_table(outcome.checks))
        for sentence in outcome.sentences:
            output.result_marked(sentence)
    failed = [check.name for check in outcome.checks if not check.holds]
    if not outcome.holds:
        what = [f"failed check {name!r}" for name in failed] + ["the schema differs"] * bool(outcome.differences)
        raise CheckFailed(f"plan {outcome.plan} no longer holds: {', '.join(what)}")
    output.say(f"the database is what {outcome.plan} leads to")


def _applied_last(session: Session) -> Path:
    from schemadiff.api import status

    applied = status(session.target.url, applying=session.project.apply_as).applied
    if not applied:
        raise Refused("no plan is applied to this database: name one, or apply one first")
    return plan_or_record(applied[-1], session)
