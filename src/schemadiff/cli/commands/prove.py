"""schemadiff prove: prove a plan whose scripts were edited by hand."""

import click

from schemadiff.cli.console.failed_proof import refuse_unproven
from schemadiff.cli.settings.options import Session, format_option, scratch_options, session_command, target_options
from schemadiff.cli.settings.plan_argument import plan_argument, plan_directory


@click.command("prove")
@plan_argument
@format_option("text", "json")
@click.option(
    "--proof", type=click.Choice(["auto", "full"]), default="auto", show_default=True,
    help="Rehearse what the scripts can touch of a large database, or all of it.",
)  # fmt: skip
@scratch_options
@target_options
@session_command
def command(session: Session, *, plan: str, format_: str, proof: str) -> None:
    """Prove what stands in up.sql and down.sql of PLAN now, and stamp it, so that it can be applied.

    Reorder, split, change or add statements in either file, then run this: both scripts are rehearsed on a
    scratch copy of the live database, which is only read and must be as the plan was made for it. If up.sql
    still reaches the desired schema exactly and down.sql leads back exactly, headers, plan.json and review.md
    are rewritten. If not, every difference is shown and nothing is written.
    """
    from schemadiff.api import prove
    from schemadiff.review.document import plan_document
    from schemadiff.review.summary import to_allow
    from schemadiff.review.terminal import plan_summary

    output, target = session.output, session.target
    directory = plan_directory(plan, session.project)
    output.say(f"live: {target.shown}")
    with output.progress() as progress:
        reproven = prove(directory, target.url, session.project, progress=progress, whole_proof=proof == "full")
    report = directory.with_name(f"{directory.name}.report.zip")
    outcome = f"the scripts of {directory} do not do what they should on a scratch copy, so nothing was stamped"
    refuse_unproven(reproven.plan.proof, outcome, report)
    output.show(plan_summary(reproven.plan))
    if format_ == "json":
        output.result_document(plan_document(reproven.plan, directory, reproven.approval))
    else:
        output.result(str(directory))
    output.say(f"\nproven and stamped: schemadiff apply {directory}{to_allow(reproven.plan.up)}")
