"""Which of two conditions lets more rows through, as the server prints them."""

import pytest

from schemadiff.access.conditions import gains_by_conditions, parts
from schemadiff.access.reach import Extent, Reach, Rule
from schemadiff.catalog.sql import Quoted


def _reach(permits: str, demands: str = "") -> Reach:
    asked = frozenset({Rule(Quoted("q"), demands)} if demands else ())
    return Reach(Extent.SOME, permits=frozenset({Rule(Quoted("p"), permits)}), demands=asked)


@pytest.mark.parametrize(
    ("old", "new", "wider"),
    [
        ("(a = 1)", "((a = 1) OR (b = 2))", True),
        ("((a = 1) AND (b = 2))", "(b = 2)", True),
        ("((a = 1) OR (b = 2))", "((b = 2) OR (a = 1))", False),
        ("((a = 1) OR (b = 2))", "(a = 1)", False),
        ("(a = 1)", "(a = 2)", False),
        ("(a = 1)", "((a = 2) OR (b = 2))", False),
        ("(a = 'x OR (y')", "((a = 'x OR (y') OR b)", True),
        ("((a) AND (NOT (b)))", "((a) AND (NOT (b)) AND (c))", False),
    ],
)
def test_permissive(old: str, new: str, wider: bool) -> None:
    assert gains_by_conditions(_reach(old), _reach(new)) is wider


def test_restrictive_ones_let_more_through_the_same_way() -> None:
    assert gains_by_conditions(_reach("(a)", "((b) AND (c))"), _reach("(a)", "(b)"))
    assert gains_by_conditions(_reach("(a)", "(b)"), _reach("(a)", "((b) OR (c))"))
    assert not gains_by_conditions(_reach("(a)", "(b)"), _reach("((a) OR (d))", "((b) AND (c))"))


def test_parts() -> None:
    assert parts("((a = ANY (ARRAY[(1 OR 2)])) OR ((b)))", "OR") == {"a = ANY (ARRAY[(1 OR 2)])", "b"}
