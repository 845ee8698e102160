"""schemadiff show: a plan as a person or a program reads it."""

import click

from schemadiff.cli.options import Session, format_option, session_command
from schemadiff.cli.plan_argument import plan_argument, read_plan_named


@click.command("show")
@plan_argument
@format_option("text", "json", "markdown", "sql", "rollback-sql")
@session_command
def command(session: Session, *, plan: str, format_: str) -> None:
    """Show PLAN: what changes, in what order, how risky it is and how it is rolled back."""
    from schemadiff.review.document import plan_document
    from schemadiff.review.markdown import review_markdown
    from schemadiff.review.terminal import plan_summary

    found = read_plan_named(plan, session.project)
    output = session.output
    for name in found.changed:
        output.say(f"warning: {found.directory / name} is not what was planned; apply refuses it")
    if format_ == "json":
        output.result_json(plan_document(found.plan, found.directory, found.approval))
    elif format_ == "markdown":
        output.result(review_markdown(found.plan, found.approval, str(found.directory)).rstrip())
    elif format_ in ("sql", "rollback-sql"):
        output.result((found.up_text if format_ == "sql" else found.down_text).rstrip())
    else:
        output.result_rendered(plan_summary(found.plan))
