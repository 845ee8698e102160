"""schemadiff rollback: take an applied plan back."""

import click

from schemadiff.api import Hazard
from schemadiff.cli.options import (
    Session,
    approval_options,
    format_option,
    lock_timeout_option,
    session_command,
    target_options,
)
from schemadiff.cli.plan_argument import plan_argument


@click.command("rollback")
@plan_argument
@approval_options
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
    no_proof: bool,
    lock_timeout: str | None,
    format_: str,
) -> None:
    """Run down.sql of PLAN on the live database: the schema is again what it was before the plan.

    What was written since into what the plan added goes with it. It is refused, before it touches
    anything, when rows stand in its way.
    """
    from schemadiff.cli.running import RunOptions, run_plan

    # taking a plan back means to lose what it added: review.md and the question before say what that is
    allow = frozenset(Hazard)
    options = RunOptions(auto_approve, approve, allow, not no_proof, lock_timeout, format_)
    run_plan(session, plan, "down", options)
