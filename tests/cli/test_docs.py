"""What the documentation shows is what the code does."""

import re
from pathlib import Path

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.cli.main import COMMANDS
from schemadiff.lint.rules import RULES

ROOT = Path(__file__).parents[2]
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


def test_links_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in DOCS
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"schemadiff {name}" not in text] == []


def test_ci_runs_the_command_of_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(re.findall(r"^python3 -m venv .*pytest", text, re.MULTILINE)) == 1
    assert "grep -E '^python3 -m venv .*pytest' README.md" in (ROOT / ".ci" / "run").read_text()
