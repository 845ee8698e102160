"""schemadiff rebase: make a reviewed plan again, and say what the review does not cover any more."""

from typing import TYPE_CHECKING, Unpack

import click

from schemadiff.api import Hazard
from schemadiff.cli.console.failed_proof import refuse_unproven
from schemadiff.cli.console.renames import RenameArguments, rename_options, with_answers
from schemadiff.cli.settings.live import snapshot_option
from schemadiff.cli.settings.options import (
    Session,
    allow_option,
    format_option,
    roles_option,
    scratch_options,
    session_command,
    target_options,
)
from schemadiff.cli.settings.plan_argument import from_here, plan_argument, plan_directory

if TYPE_CHECKING:
    from schemadiff.api import PlanProgress, Rebased, RenamePolicy


@click.command("rebase")
@plan_argument
@format_option("text", "json")
@allow_option
@rename_options
@click.option(
    "--archive", type=click.Choice(["keep", "none"]), default="keep", show_default=True,
    help="As the plan was made: with what it destroys in schema schemadiff_archive, or not.",
)  # fmt: skip
@roles_option
@scratch_options
@snapshot_option
@target_options
@session_command
def command(
    session: Session,
    *,
    plan: str,
    format_: str,
    allow: frozenset[Hazard],
    archive: str,
    **answers: Unpack[RenameArguments],
) -> None:
    """Make PLAN again where live or the files have moved on since its review.

    Where the new plan has the digest of the old one, the old one stays, with its approvals. Else the new one takes its
    place, and what changed is shown. stdout carries the path of the plan that stands.
    """
    from schemadiff.api import plan_id, rebase, write

    output, live, project = session.output, session.live, session.project
    directory = from_here(plan_directory(plan, project))
    output.say(f"live: {session.live_shown}")

    def make(policy: "RenamePolicy", progress: "PlanProgress") -> "Rebased":
        return rebase(
            directory, live, project, progress=progress, renames=policy, allow=allow, archive=archive == "keep"
        )

    rebased = with_answers(session, answers, make)
    made, folder = rebased.plan, directory.parent
    refuse_unproven(made.proof, "the plan made again does not hold", folder / f"{plan_id(made)}.report.zip")
    standing = directory
    if made.empty:
        output.say(f"nothing to do any more: live is what the files declare, and {directory} can go")
    elif not rebased.changes:
        output.say(f"{directory} stands: made again, it has the same digest, {rebased.before.approval}")
    else:
        standing = write(made, folder, project, replacing=[directory])
        output.say(f"replaced: {directory}\nsince its review, these changed:")
        for line in rebased.changes:
            output.say(f"  {line}")
        output.say(f"review {standing / 'review.md'}; approvals of the old plan do not count")
    if format_ == "json":
        output.result_document({"directory": str(standing), "empty": made.empty, "changes": list(rebased.changes)})
    elif not made.empty:
        output.result(str(standing))
