"""schemadiff rollback: roll an applied plan back."""

from typing import Unpack

import click

from schemadiff.api import Direction, Hazard
from schemadiff.cli.settings.options import Session, session_command
from schemadiff.cli.settings.plan_argument import optional_plan_argument
from schemadiff.cli.settings.run_options import RunArguments, run_options


@click.command("rollback")
@optional_plan_argument
@run_options
@session_command
def command(session: Session, *, plan: str | None, **run: Unpack[RunArguments]) -> None:
    """Run down.sql of PLAN on the live database: the schema is again what it was before the plan.

    What was written since into what the plan added goes with it. It is refused, before it touches
    anything, when rows stand in its way.

    Without PLAN, it is the one that is half done, or the last that was applied.
    """
    from schemadiff.cli.console.lasting_streams import outlast_readers
    from schemadiff.cli.running import run_plan

    outlast_readers()
    # rolling a plan back means to lose what it added: review.md and the question before say what that is
    run_plan(session, plan, Direction.DOWN, frozenset(Hazard), run)
