"""schemadiff show: a plan as a person or a program reads it."""

import click

from schemadiff.cli.settings.options import Session, format_option, session_command
from schemadiff.cli.settings.plan_argument import plan_argument, read_plan_named


def _print_schema(context: click.Context, parameter: click.Parameter, wanted: str | None) -> None:
    if wanted and not context.resilient_parsing:
        from schemadiff.cli.output_schemas import schema_text

        click.echo(schema_text(wanted), nl=False)
        context.exit()


@click.command("show")
@plan_argument
@format_option("text", "json", "markdown", "html", "sarif", "github", "sql", "rollback-sql")
@click.option("--sql", "statements", is_flag=True, help="Show the statements, too.")
@click.option(
    "--json-schema", is_flag=False, flag_value="plan.json", metavar="[COMMAND]", is_eager=True, expose_value=False,
    callback=_print_schema,
    help="Print the JSON Schema of plan.json instead, or of what COMMAND prints with --format json.",
)  # fmt: skip
@session_command
def command(session: Session, *, plan: str, format_: str, statements: bool) -> None:
    """Show PLAN: what changes, how risky it is, what waits and is lost, and how it is rolled back.

    --format html gives one file for a browser; sarif and github put hazards, advice and rows in the way beside
    the lines of the desired files.
    """
    from schemadiff.cli.console.forms import FORMS, print_form
    from schemadiff.review.document import plan_document
    from schemadiff.review.markdown import review_markdown
    from schemadiff.review.page.html import review_page
    from schemadiff.review.terminal import plan_summary

    plan_file = read_plan_named(plan, session.project)
    output = session.output
    for name in plan_file.changed:
        output.say(f"warning: {plan_file.directory / name} is not what was planned; apply refuses it")
    if format_ == "json":
        output.result_document(plan_document(plan_file.plan, plan_file.directory, plan_file.approval))
    elif format_ == "markdown":
        output.result(review_markdown(plan_file.plan, plan_file.approval, str(plan_file.directory)).rstrip())
    elif format_ == "html":
        output.result(review_page(plan_file.plan, plan_file.approval, str(plan_file.directory)).rstrip())
    elif format_ in FORMS:
        print_form(output, plan_file, format_)
    elif format_ in ("sql", "rollback-sql"):
        output.result_sql((plan_file.up_text if format_ == "sql" else plan_file.down_text).rstrip())
    else:
        output.result_rendered(plan_summary(plan_file.plan, statements=statements))
