"""schemadiff drift: where live is not what the files declare."""

from dataclasses import asdict

import click

from schemadiff.cli.settings.live import snapshot_option
from schemadiff.cli.settings.options import (
    Session,
    format_option,
    roles_option,
    scratch_options,
    session_command,
    target_options,
)


@click.command("drift")
@format_option("text", "json")
@click.option("--exit-code", is_flag=True, help="Exit with 2 when there is drift.")
@roles_option
@scratch_options
@snapshot_option
@target_options
@session_command
def command(session: Session, *, format_: str, exit_code: bool) -> None:
    """Show every object of the live database that is not what the desired files declare."""
    output, live, project = session.output, session.live, session.project
    output.say(f"live: {session.live_shown}")
    from schemadiff.api import drift

    with output.progress() as progress:
        drifted = drift(live, project, progress=progress)
    if format_ == "json":
        changes = [asdict(change) for change in drifted.changes]
        output.result_document({"drift": bool(changes), "changes": changes, "unfinished": drifted.unfinished})
    elif drifted.changes:
        output.result_marked("\n".join(drifted.sentences))
    if drifted.unfinished:
        output.say(f"note: {drifted.unfinished}")
    if not drifted.changes:
        output.say("no drift: the database is what the files declare")
    elif exit_code:
        click.get_current_context().exit(2)
