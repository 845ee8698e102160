"""schemadiff approve: sign a plan, so that those who run it know who agreed."""

from dataclasses import asdict

import click

from schemadiff.cli.settings.options import Session, format_option, session_command
from schemadiff.cli.settings.plan_argument import plan_argument, plan_directory


@click.command("approve")
@plan_argument
@click.option(
    "--key", metavar="FILE",
    help="The SSH key to sign with, or its public half if an agent holds it (also: SCHEMADIFF_SIGNING_KEY, "
    "user.signingkey of your own Git configuration).",
)  # fmt: skip
@click.option("--digest", metavar="SHA", help="Do not ask; sign only a plan with this digest (see review.md).")
@format_option("text", "json")
@session_command
def command(session: Session, *, plan: str, key: str | None, digest: str | None, format_: str) -> None:
    """Sign the digest of PLAN with your SSH key.

    The signature is kept beside the plan, for apply --require-approvals. It counts for the plan as it stands: whoever
    edits the plan needs new approvals. Live is not asked.
    """
    from schemadiff.api import Direction, PlanFile, approve
    from schemadiff.cli.console.approval import at_a_terminal, require_yes
    from schemadiff.cli.settings.signing import signing_key
    from schemadiff.review.summary import size
    from schemadiff.review.terminal import plan_summary

    output = session.output
    directory = plan_directory(plan, session.project)
    chosen = signing_key(session, key)

    def confirm(plan_file: PlanFile) -> None:
        if digest is None:
            output.show(plan_summary(plan_file.plan))
            what = f"{plan_file.name} ({size(plan_file.planned(Direction.UP))}), digest {plan_file.approval}"
            require_yes(output, f"\napprove {what}?", "--digest SHA (review.md and the headers of the scripts have it)")

    made = approve(directory, chosen, digest=digest, confirm=confirm, at_a_terminal=at_a_terminal())
    if format_ == "json":
        output.result_document(asdict(made) | {"file": str(made.file)})
        return
    output.say(f"approved {made.plan} ({made.digest}) with key {made.key}")
    output.result(str(made.file))
