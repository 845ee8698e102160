"""schemadiff lint: what all rules find in a schema."""

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

_WORST = {"error": ("error",), "warn": ("error", "warning")}
"""The severities at which each choice of --fail-on exits with 2."""


@click.command("lint")
@live_option
@click.option("--fail-on", type=click.Choice(tuple(_WORST)), help="Exit with 2 where a finding is as bad as this.")
@format_option("text", "json")
@roles_option
@scratch_options
@target_options
@session_command
def command(session: Session, *, of_live: bool, fail_on: str | None, format_: str) -> None:
    """Show what the rules find in the desired schema, with the place in the files and the SQL that fixes it.

    What the configuration lists under [lint] ignore is left out.
    """
    from schemadiff.api import lint_findings
    from schemadiff.review.summary import advised

    output, project = session.output, session.project
    live = session.live if of_live else session.live_or_nothing
    with output.progress() as progress:
        advice = lint_findings(live, project, of_live=of_live, progress=progress)
    if format_ == "json":
        output.result_document({"findings": [asdict(one) for one in advice]})
    else:
        for one in advice:
            output.result(output.redacted(f"{one.severity.value:<7} {one.rule}: {advised(one)}"))
        if not advice:
            output.say("no finding")
    if fail_on and any(one.severity.value in _WORST[fail_on] for one in advice):
        click.get_current_context().exit(2)
