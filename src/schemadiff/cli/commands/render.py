"""schemadiff render: the SQL that a template stands for."""

from pathlib import Path

import click

from schemadiff.cli.settings.options import Session, session_command, variables_option


@click.command("render")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@variables_option
@session_command
def command(session: Session, *, file: Path) -> None:
    """Print the SQL that FILE, one of the desired files, stands for.

    Templates are rendered in their sandbox; no database is needed.
    """
    from schemadiff.api import rendered

    session.output.result_sql(rendered(file.absolute(), session.project).rstrip("\n"))
