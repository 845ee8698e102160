"""schemadiff mark-applied: record that another tool has run a plan's script."""

import click

from schemadiff.cli.settings.options import (
    Session,
    auto_approve_option,
    format_option,
    session_command,
    target_options,
)
from schemadiff.cli.settings.plan_argument import plan_argument, plan_directory


@click.command("mark-applied")
@plan_argument
@click.option("--rolled-back", is_flag=True, help="It was down.sql: record that the plan is rolled back.")
@auto_approve_option
@format_option("text", "json")
@target_options
@session_command
def command(session: Session, *, plan: str, rolled_back: bool, auto_approve: bool, format_: str) -> None:
    """Record in live's ledger that up.sql of PLAN was run there by psql or another tool, and by whom it was recorded.

    Nothing is run. It is refused unless live is what the script leads to, and the plan's checks hold.
    """
    from schemadiff.api import Direction, PlanFile, mark_applied, write_migrations
    from schemadiff.cli.console.approval import require_yes
    from schemadiff.cli.console.run_report import RunReport, outcome_document
    from schemadiff.connection_string import shown

    output, target = session.output, session.target
    directory, direction = plan_directory(plan, session.project), Direction.DOWN if rolled_back else Direction.UP

    def confirm(plan_file: PlanFile) -> None:
        output.say(f"live: {target.shown}")
        if not plan_file.plan.live.moved(plan_file.plan.desired):
            output.say("the plan changes rows only: that its script was run, nothing but its checks can tell")
        if not auto_approve:
            what = f"{direction.file} of {plan_file.name} was run on {shown(target.url)}"
            require_yes(output, f"record that {what}?", "--auto-approve")

    with RunReport(output) as report:
        outcome = mark_applied(directory, target.url, rolled_back=rolled_back, progress=report, confirm=confirm)
    write_migrations(outcome.migrations, session.project)
    if format_ == "json":
        output.result_document(outcome_document(outcome))
    if outcome.already:
        output.say(f"nothing to do: the ledger says already that {outcome.plan} is {direction.done}")
    else:
        output.say(f"recorded: {outcome.plan} is {direction.done}")
