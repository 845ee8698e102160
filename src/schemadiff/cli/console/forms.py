"""The forms in which `plan` and `show` print a plan for programs and browsers."""

from pathlib import Path

from schemadiff.api import PlanFile
from schemadiff.cli.console.output import Output

FORMS = ("sarif", "github")
"""What a system that builds shows beside the lines of the desired files."""


def print_form(output: Output, plan_file: PlanFile, form: str) -> None:
    """Print the remarks on a plan as `form` has them."""
    from schemadiff.review.annotating.github import annotations
    from schemadiff.review.annotating.remarks import remarks
    from schemadiff.review.annotating.sarif import sarif

    found = remarks(plan_file.plan, plan_file.up_text, _shown(plan_file.directory / "up.sql"))
    if form == "sarif":
        output.result_json(sarif(found))
    else:
        output.result_commands(annotations(found))


def print_nothing(output: Output, form: str) -> None:
    """Print the form of a plan that has nothing to do."""
    from schemadiff.review.annotating.sarif import sarif

    if form == "sarif":
        output.result_json(sarif(()))


def _shown(path: Path) -> str:
    working = Path.cwd()
    return (path.relative_to(working) if path.is_relative_to(working) else path).as_posix()
