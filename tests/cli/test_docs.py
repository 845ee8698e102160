"""What the documentation shows is what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.cli.main import COMMANDS
from schemadiff.errors import SchemadiffError
from schemadiff.lint.rules import RULES
from schemadiff.planning.order.sorting import CyclicPlan
from schemadiff.planning.renames.policy import UnansweredRenames

ROOT = Path(__file__).parents[2]
HELP = ("settings/options.py", "settings/run_options.py", "settings/live.py", "commands/plan.py")
DOCS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), ROOT / "llms.txt"]


def hazards_table() -> str:
    rows = [
        f"| `{hazard.value}` | {hazard.consequence} | {'yes' if hazard.needs_allowing else ''} |" for hazard in Hazard
    ]
    return "\n".join(["| Hazard | Consequence | Needs `--allow` |", "|---|---|---|", *rows])


def test_the_table_of_hazards() -> None:
    text = (ROOT / "docs" / "concepts.md").read_text()
    (found,) = re.findall(r"<!-- hazards -->\n(.*)\n<!-- end of hazards -->", text, re.DOTALL)
    assert found == hazards_table()


def test_the_table_of_lint_rules() -> None:
    text = (ROOT / "docs" / "lint.md").read_text()
    found = re.findall(r"^\| `([a-z-]+)` \| (\w+) \|", text, re.MULTILINE)
    assert found == [(rule.name, rule.severity.value) for rule in RULES]


def errors_below(cls: type[SchemadiffError]) -> Iterator[type[SchemadiffError]]:
    for error in cls.__subclasses__():
        yield error
        yield from errors_below(error)


def test_every_code_of_an_error_is_explained() -> None:
    """With what the class says of itself, its exit code, and something to do."""
    text = (ROOT / "docs" / "errors.md").read_text()
    found = dict(re.findall(r"^## (\S+)\n\n(.*? Exit code \d+\.\n\n\S.*)$", text, re.MULTILINE))
    assert {UnansweredRenames.code, CyclicPlan.code} <= found.keys()
    known = {error.code: error for error in errors_below(SchemadiffError) if error.__module__.startswith("schemadiff.")}
    assert found.keys() == known.keys() | {"usage", "file", "interrupted", "unexpected"}
    for code, error in known.items():
        assert found[code].startswith(f"{' '.join((error.__doc__ or '').split())} Exit code {error.exit_code}.\n"), code


def test_the_skill_names_commands_and_options_that_are_there() -> None:
    text = (ROOT / "SKILL.md").read_text()
    named = set(re.findall(r"`schemadiff ([a-z-]+)", text))
    assert not named - COMMANDS.keys() and {"status", "drift", "pull", "lint", "plan", "apply"} <= named
    options = set(re.findall(r"(?<![-\w])--[a-z][a-z-]+", text))
    helped = "".join((ROOT / "src/schemadiff/cli" / name).read_text() for name in HELP)
    assert not [option for option in options if option not in helped]


def test_links_lead_somewhere() -> None:
    """Those of reference/ to pages that are made with the site, whose own test follows them."""
    broken = [
        f"{page.name}: {target}"
        for page in DOCS
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        if not target.startswith("reference/") and not (page.parent / target).exists()
    ]
    assert not broken


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"schemadiff {name}" not in text] == []


def test_ci_runs_the_command_of_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(re.findall(r"^python3 -m venv .*pytest", text, re.MULTILINE)) == 1
    assert "grep -E '^python3 -m venv .*pytest' README.md" in (ROOT / ".ci" / "run").read_text()
