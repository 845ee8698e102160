"""Fifteen typical changes: what a reader asks first is answered where each form of a review begins."""

import html
import re
from collections.abc import Callable, Mapping
from io import StringIO

import pytest
from rich.console import Console

from schemadiff.plans.model import Plan
from schemadiff.review.markdown import review_markdown
from schemadiff.review.page.html import review_page
from schemadiff.review.terminal import plan_summary
from schemadiff.scratch.server import ScratchServer

from .typical import CHANGES, by_name, planned_together

APPROVAL = "c" * 64
NOTHING_REFUSES, NOTHING_LOST = 6, 9
"""Questions that may have no answer, by their place among the ten."""


@pytest.fixture(scope="module")
def plans(server17: ScratchServer, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Plan]:
    server17.create_database("typical")
    try:
        return by_name(planned_together(server17.url("typical"), tmp_path_factory.mktemp("typical")))
    finally:
        server17.drop_database("typical")


def on_the_terminal(plan: Plan) -> str:
    stream = StringIO()
    Console(file=stream, width=80, markup=False, highlight=False, emoji=False).print(plan_summary(plan))
    assert max(map(len, stream.getvalue().splitlines())) <= 80
    return stream.getvalue()


def first_of_the_review(plan: Plan) -> str:
    """What stands before the folds, at most 48 lines of it: as Markdown shows it."""
    before, *_ = review_markdown(plan, APPROVAL).split("<details>")
    lines = before.splitlines()
    assert len(lines) <= 48
    return re.sub(r"\\(.)", r"\1", "\n".join(lines[:40]))


def on_the_page(plan: Plan) -> str:
    text = review_page(plan, APPROVAL, "plans/x")
    body = text.partition("<main>")[0].partition("<header>")[2] + text.partition("<main>")[2]
    return html.unescape(re.sub(r"<[^>]*>", " ", body.replace('<span class="mark">', "")))


FORMS: tuple[Callable[[Plan], str], ...] = (on_the_terminal, first_of_the_review, on_the_page)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("name", CHANGES)
def test_ten_questions(name: str, form: Callable[[Plan], str], plans: Mapping[str, Plan]) -> None:
    text = " ".join(form(plans[name]).split())
    assert len(CHANGES[name].answers) == 10
    for number, answer in enumerate(CHANGES[name].answers):
        if answer:
            assert answer in text, number
        elif number == NOTHING_REFUSES:
            assert "refused if" not in text.lower() and "in the way" not in text.lower()
        else:
            assert number == NOTHING_LOST and "its hazards" not in text and "written there since" not in text


def test_equal_plans_are_told_alike(plans: Mapping[str, Plan]) -> None:
    for plan in plans.values():
        assert review_markdown(plan, APPROVAL) == review_markdown(plan, APPROVAL)


def test_changes_have_their_lines_in_the_files(plans: Mapping[str, Plan]) -> None:
    """A column has its own line, what is dropped from a table that table's, what is gone none."""
    places = plans["add"].places
    for name, line in {
        "column ty_add.orders.channel": "add.sql:5:1",
        "column ty_rename.customers.email": "rename.sql:5:1",
        "column ty_not_null.customers.email": "not_null.sql:4:1",
        "column ty_split.people.street": "split.sql:2:1",
        "policy write ON ty_policy.documents": "policy.sql:5:1",
        "function ty_function.price(numeric)": "function.sql:2:1",
        "enum ty_enum.state": "enum.sql:2:1",
        "view ty_view.large": "view.sql:3:1",
    }.items():
        assert places[name] == f"desired_schema/{line}"
    assert "table ty_drop.legacy_notes" not in places
