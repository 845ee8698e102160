"""schemadiff apply: run a plan on the live database."""

import click

from schemadiff.api import Hazard
from schemadiff.cli.options import (
    Session,
    allow_option,
    approval_options,
    format_option,
    lock_timeout_option,
    session_command,
    target_options,
)
from schemadiff.cli.plan_argument import plan_argument


@click.command("apply")
@plan_argument
@approval_options
@allow_option
@click.option("--no-proof", is_flag=True, help="Run also a plan that was never rehearsed.")
@lock_timeout_option
@format_option("text", "json")
@target_options
@session_command
def command(
    session: Session,
    *,
    plan: str,
    auto_approve: bool,
    approve: str | None,
    allow: frozenset[Hazard],
    no_proof: bool,
    lock_timeout: str | None,
    format_: str,
) -> None:
    """Run up.sql of PLAN on the live database, exactly as it was reviewed.

    It is refused when the database is no longer what the plan was made for, or when a script was changed.
    It may be interrupted anywhere: started again, it finishes what is left.
    """
    from schemadiff.cli.running import RunOptions, run_plan

    options = RunOptions(auto_approve, approve, allow, not no_proof, lock_timeout, format_)
    run_plan(session, plan, "up", options)
