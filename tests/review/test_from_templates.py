"""Many objects that change because of one template: its own diff first, then what it made."""

import subprocess
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

import schemadiff
from schemadiff.plans.model import Plan
from schemadiff.review.document import plan_document
from schemadiff.review.markdown import review_markdown
from schemadiff.review.page.html import review_page
from schemadiff.review.terminal import plan_summary
from schemadiff.scratch.server import ScratchServer

TEMPLATE = """{%- macro counter(name, step) -%}
CREATE FUNCTION {{ name | qname }}(n bigint) RETURNS bigint LANGUAGE sql AS $$
  SELECT n + 1
$$
{%- endmacro -%}
"""
FILE = """{% from 'counter.sql.j2' import counter %}
CREATE SCHEMA fleet;
{{ counter('fleet.next_car', 1) }};
{{ counter('fleet.next_bus', 1) }};
CREATE VIEW fleet.first AS SELECT 1 AS number;
"""
WORDS = "2 functions changed because of templates/counter.sql.j2, compared with git HEAD"


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def plans(server17: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Plan]:
    """The plan of a change of a template, in git and where there is none."""
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "templates").mkdir()
    (folder / "desired_schema").mkdir()
    template = folder / "templates" / "counter.sql.j2"
    template.write_text(TEMPLATE)
    (folder / "desired_schema" / "fleet.sql.j2").write_text(FILE)
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "before")
    template.write_text(TEMPLATE.replace("n + 1", "n + 2"))
    server17.create_database("fleet")
    try:
        with psycopg.connect(server17.url("fleet"), autocommit=True) as connection:
            body = "(n bigint) RETURNS bigint LANGUAGE sql AS $$\n  SELECT n + 1\n$$;"
            both = f"CREATE FUNCTION fleet.next_car{body} CREATE FUNCTION fleet.next_bus{body}"
            connection.execute(f"CREATE SCHEMA fleet; {both}".encode())
        project = schemadiff.Project.default(folder)

        def made() -> Plan:
            return schemadiff.plan(server17.url("fleet"), project, name="fleet", proof=False).plan

        known = made()
        (folder / ".git").rename(folder / "no_git")
        return known, made()
    finally:
        server17.drop_database("fleet")


def on_the_terminal(plan: Plan) -> str:
    console = Console(width=80, markup=False, highlight=False, emoji=False)
    with console.capture() as capture:
        console.print(plan_summary(plan))
    return " ".join(capture.get().split())


def test_the_template_stands_first(plans: tuple[Plan, Plan]) -> None:
    plan, _ = plans
    text, terminal = review_markdown(plan, "c" * 64), on_the_terminal(plan)
    before = text.partition("<details>")[0]
    places = [before.index(words) for words in (WORDS, "-  SELECT n + 1", "+  SELECT n + 2", "next_bus", "view first")]
    assert places == sorted(places) and "{+2+}" not in before and "{+2+}" in text
    places = [terminal.index(words) for words in (WORDS, "- SELECT n + 1", "+ SELECT n + 2", "next_bus", "view first")]
    assert places == sorted(places)
    page = review_page(plan, "c" * 64, "plans/x")
    assert page.index(WORDS) < page.index("<ins>+  SELECT n + 2</ins>") < page.index("next_bus(bigint)")
    (told,) = plan_document(plan)["review"]["templates"]  # type: ignore[index,call-overload]
    assert told["words"] == WORDS and told["since"] == "git HEAD"
    assert set(plan.templates[0].objects) == {"function fleet.next_car(bigint)", "function fleet.next_bus(bigint)"}


def test_without_git_nothing_is_made_up(plans: tuple[Plan, Plan]) -> None:
    _, plan = plans
    words = "2 functions made by templates/counter.sql.j2; git does not tell what it was before"
    assert words in on_the_terminal(plan) and words in review_markdown(plan, "c" * 64)
    assert plan.templates[0].diff is None
