"""schemadiff apply: run a plan on the live database."""

from typing import Unpack

import click

from schemadiff.api import Direction, Hazard
from schemadiff.cli.settings.options import Session, allow_option, session_command
from schemadiff.cli.settings.plan_argument import optional_plan_argument
from schemadiff.cli.settings.run_options import RunArguments, run_options


@click.command("apply")
@optional_plan_argument
@allow_option
@click.option(
    "--then", metavar="COMMAND", multiple=True,
    help="Run this when the plan is applied, in the project's folder, by the shell; several run in their order, up to "
    "the first that fails (also: SCHEMADIFF_AFTER_APPLY).",
)  # fmt: skip
@run_options
@session_command
def command(
    session: Session,
    *,
    plan: str | None,
    allow: frozenset[Hazard],
    then: tuple[str, ...],
    **run: Unpack[RunArguments],
) -> None:
    """Run up.sql of PLAN on the live database, exactly as it was reviewed.

    It is refused when the database is no longer what the plan was made for, or when a script was changed.
    It may be interrupted anywhere: started again, it finishes what is left.

    Without PLAN, it is the one that is half done, or the newest that is not applied.
    """
    from schemadiff.cli.console.lasting_streams import outlast_readers
    from schemadiff.cli.running import run_plan

    outlast_readers()
    run_plan(session, plan, Direction.UP, allow, run, then)
