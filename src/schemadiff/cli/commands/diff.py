"""schemadiff diff: the SQL from one state to another."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from schemadiff.cli.console.failed_proof import refuse_unproven
from schemadiff.cli.console.renames import RenameArguments, rename_options, with_answers
from schemadiff.cli.settings.options import (
    Session,
    format_option,
    proof_option,
    roles_option,
    scratch_options,
    session_command,
)
from schemadiff.cli.settings.target import usable_url
from schemadiff.connection_string import is_connection_string
from schemadiff.errors import ConfigError

if TYPE_CHECKING:
    from schemadiff.api import Plan, PlanProgress, RenamePolicy

_REPORT = Path("schemadiff_diff.report.zip")
"""Where it is written, in the working directory, why two judges disagree."""


@click.command("diff")
@click.argument("from_side", metavar="FROM")
@click.argument("to_side", metavar="TO")
@format_option("sql", "json")
@click.option("--exit-code", is_flag=True, help="Exit with 2 when the two differ.")
@rename_options
@proof_option
@roles_option
@scratch_options
@session_command
def command(
    session: Session,
    *,
    from_side: str,
    to_side: str,
    format_: str,
    exit_code: bool,
    proof: str,
    **answers: Unpack[RenameArguments],
) -> None:
    """Print the SQL that turns FROM into TO.

    Each side is a connection string, a file that `schemadiff snapshot` wrote, or a folder or file of SQL. Nothing is
    changed.
    """
    from_side, to_side = _usable(session, from_side, "FROM"), _usable(session, to_side, "TO")
    project = session.project
    from schemadiff.api import diff

    def make(policy: "RenamePolicy", progress: "PlanProgress") -> "Plan":
        return diff(
            from_side,
            to_side,
            project,
            progress=progress,
            renames=policy,
            proof=proof != "off",
            whole_proof=proof == "full",
        )

    plan = with_answers(session, answers, make)
    refuse_unproven(plan.proof, "the SQL between the two does not do what it should on a scratch copy", _REPORT)
    if format_ == "json":
        from schemadiff.review.document import plan_document

        session.output.result_document(plan_document(plan))
    elif plan.empty:
        session.output.say("no difference")
    else:
        from schemadiff.api import script_sql  # while nothing is read any more: both servers should begin early

        session.output.result_sql(script_sql(plan.up).rstrip())
    if exit_code and not plan.empty:
        click.get_current_context().exit(2)


def _usable(session: Session, side: str, name: str) -> str:
    """A side as the library takes it. Errors: ConfigError for what is no connection string, and not on disk."""
    if Path(side).exists():
        return side
    if is_connection_string(side):
        url = usable_url(side, name, session.variables)
        session.output.conceal(url)
        return url
    named = f"{name} {side!r}" if "@" not in side else name  # what was meant as a URL may hold a password
    raise ConfigError(
        f"{named} is neither a file or folder here nor a connection string (postgresql://user@host:5432/database)"
    )
