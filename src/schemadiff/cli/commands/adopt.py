"""schemadiff adopt: bring the Supabase CLI's ledger, its files and the ledger of schemadiff together."""

from pathlib import Path

import click

from schemadiff.cli.settings.options import Session, format_option, scratch_options, session_command, target_options


@click.command("adopt")
@click.option(
    "--applied", metavar="VERSION", multiple=True,
    help="Record the file of this version as applied: somebody has run it by hand.",
)  # fmt: skip
@click.option(
    "--baseline", metavar="NAME",
    help="Write what live has and the migrations do not build, such as changes by hand, as a migration of this name.",
)  # fmt: skip
@format_option("text", "json")
@scratch_options
@target_options
@session_command
def command(session: Session, *, applied: tuple[str, ...], baseline: str | None, format_: str) -> None:
    """Bring files in supabase/migrations, the ledger of the Supabase CLI and that of schemadiff together.

    What only the database knows becomes a file, plans that the CLI has run are recorded as applied, and plans that it
    does not know are told to it. No migration is run on live. With --baseline, those that live has had are run on a
    scratch database first: what live has beyond them becomes one more, recorded as applied.
    """
    from schemadiff.api import adopt, write_baseline
    from schemadiff.cli.console.run_report import RunReport
    from schemadiff.errors import ConfigError

    output, target, project = session.output, session.target, session.project
    if project.migrations is None:
        raise ConfigError(
            "the plans of this project are no migrations of the Supabase CLI: set [supabase] migrations = true, or run "
            "'supabase init'"
        )
    output.say(f"live: {target.shown}")
    with RunReport(output) as report:
        adopted = adopt(target.url, project, applied=applied, progress=report)
    found: tuple[Path, ...] = ()
    if baseline is not None:
        with output.progress() as progress:
            found = write_baseline(target.url, project, baseline, progress=progress)
        if not found:
            output.say("no baseline: the migrations build what live has")
    files = [path.name for path in (*adopted.files, *found)]
    if format_ == "json":
        output.result_document(
            {"files": files, "marked": adopted.marked, "recorded": adopted.recorded, "left": adopted.left}
        )
        return
    for name in files:
        output.result(output.redacted(f"written: supabase/migrations/{name}"))
    for name in adopted.marked:
        output.result(output.redacted(f"recorded as applied: {name}"))
    for name in adopted.recorded:
        output.result(output.redacted(f"told to the Supabase CLI: {name}"))
    for words in adopted.left:
        output.result(output.redacted(f"left: {words}"))
    if not (files or adopted.marked or adopted.recorded or adopted.left or applied or baseline):
        output.say("nothing to do: files and both ledgers agree")
