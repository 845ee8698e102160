"""schemadiff snapshot: write what planning asks of live to a file."""

from pathlib import Path

import click

from schemadiff.cli.settings.options import Session, roles_option, scratch_options, session_command, target_options


@click.command("snapshot")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("live.schemadiff"), metavar="FILE",
    show_default=True, help="Where it is written; only you can read it.",
)  # fmt: skip
@click.option(
    "--bodies", is_flag=True,
    help="With the bodies of functions and procedures, which plans need that change or drop some.",
)  # fmt: skip
@roles_option
@scratch_options
@target_options
@session_command
def command(session: Session, *, out: Path, bodies: bool) -> None:
    """Write what planning asks of the live database to a file: schema, roles, sizes and ledger, and no rows.

    Whoever has the file plans with --live FILE and needs no password.
    """
    output, target, project = session.output, session.target, session.project
    output.say(f"live: {target.shown}")
    from schemadiff.api import snapshot

    with output.progress() as progress:
        snapshot(target.url, project, out, bodies=bodies, progress=progress)
    output.result(str(out))
