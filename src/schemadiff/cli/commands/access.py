"""schemadiff access: what roles can really do with every object."""

from dataclasses import asdict

import click

from schemadiff.cli.settings.live import live_option
from schemadiff.cli.settings.options import (
    Session,
    format_option,
    roles_option,
    scratch_options,
    session_command,
    target_options,
)


@click.command("access")
@click.option("--role", "asked", multiple=True, metavar="NAME", help="Only this role; may be given several times.")
@live_option
@format_option("text", "json")
@roles_option
@scratch_options
@target_options
@session_command
def command(session: Session, *, asked: tuple[str, ...], of_live: bool, format_: str) -> None:
    """Show what roles can really do with every object: by privileges, schemas, row-level security and views.

    Without --role: PUBLIC, anon, authenticated and service_role where they are there, and the roles that the
    configuration names under [access].
    """
    from schemadiff.api import access_matrix
    from schemadiff.review.access_matrix import matrix_table

    output, project = session.output, session.project
    live = session.live if of_live else session.live_or_nothing
    with output.progress() as progress:
        cells = access_matrix(live, project, of_live=of_live, roles=asked, progress=progress)
    if format_ == "json":
        output.result_document({"access": [asdict(cell) for cell in cells]})
    else:
        output.result_rendered(matrix_table(cells))
