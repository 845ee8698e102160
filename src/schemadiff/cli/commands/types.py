"""schemadiff types: the types of the API's schemas for clients in TypeScript."""

from pathlib import Path

import click

from schemadiff.cli.settings.options import (
    Session,
    roles_option,
    scratch_options,
    session_command,
    target_options,
)


@click.command("types")
@click.option("--live", "of_live", is_flag=True, help="Of the live database, instead of what the files declare.")
@click.option("--schema", "schemas", multiple=True, metavar="NAME", help="Instead of those that the API serves.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write them to a file.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 2 where the file of --out is not up to date.")
@roles_option
@scratch_options
@target_options
@session_command
def command(session: Session, *, of_live: bool, schemas: tuple[str, ...], out: Path | None, check: bool) -> None:
    """Write the types of the schemas that the API serves, for supabase-js and other clients in TypeScript.

    They have the form of `supabase gen types`, and need neither Docker nor, without --live, a database.
    """
    from schemadiff.api import client_types
    from schemadiff.project_files import replace_file

    if check and out is None:
        raise click.UsageError("--check compares with a file: name it with --out")
    output = session.output
    target = session.target if of_live else session.target_if_named
    with output.progress() as progress:
        url = target.url if target else None
        text = client_types(url, session.project, of_live=of_live, schemas=schemas, progress=progress)
    if out is None:
        output.result(text.rstrip("\n"))
        return
    if out.is_file() and out.read_text("utf-8") == text:
        output.say(f"{out} is up to date")
    elif check:
        output.say(f"{out} is not up to date: schemadiff types --out {out}")
        click.get_current_context().exit(2)
    else:
        replace_file(out, text.encode())
        output.say(f"{out} is written")
