"""What the documentation shows is what the code does."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import psycopg
import pytest

import schemadiff
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.cli.main import COMMANDS
from schemadiff.lint.rules import RULES
from schemadiff.scratch.server import ScratchServer

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


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
    assert re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE) == [rule.__name__.replace("_", "-") for rule in RULES]


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


def test_the_example_of_the_library(
    server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text(), re.DOTALL)
    space: dict[str, object] = {}
    exec(compile(example, "library.md", "exec"), space)
    (tmp_path / "desired_schema").mkdir()
    (tmp_path / "desired_schema" / "app.sql").write_text("CREATE SCHEMA app; CREATE TABLE app.t (id bigint);")
    url = fresh_database(server17)
    migrate = space["migrate"]
    assert callable(migrate)
    migrate(url, tmp_path)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('app.t')").fetchone() == (None,)
        runs = connection.execute("SELECT direction FROM schemadiff.run ORDER BY started_at").fetchall()
    assert runs == [("up",), ("down",)]


def test_names_of_the_library() -> None:
    text = (ROOT / "docs" / "library.md").read_text()
    for name in schemadiff.__all__:
        assert getattr(schemadiff, name).__doc__
        assert name[0].isupper() or f"schemadiff.{name}" in text or f"`{name}(" in text
    with pytest.raises(AttributeError, match="no attribute 'migrate'"):
        schemadiff.migrate  # noqa: B018


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys, schemadiff; print([name for name in sys.modules if name.startswith('schemadiff.')])"
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
