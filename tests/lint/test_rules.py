"""Every lint rule on its cases: the file of a rule's name beside this one lists them."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from schemadiff.api.session.new_plan import new_plan
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.desired.places import Places
from schemadiff.desired.reading.desired_statements import statements
from schemadiff.desired.reading.source import Source, Text
from schemadiff.difference.sides import Sides
from schemadiff.lint.context import Context
from schemadiff.lint.rules import RULES
from schemadiff.planning.both_ways import both_ways
from schemadiff.scratch.server import ScratchServer

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One pair of schemas, and what the rule says about the way between them."""

    rule: str
    name: str
    live: str
    desired: str
    advice: list[list[str]]

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


CASES = [
    Case(rule=path.stem, **case)
    for path in sorted(HERE.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


def test_every_rule_has_cases() -> None:
    assert {rule.__name__ for rule in RULES} == {case.rule for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule(server: ScratchServer, fresh_database: Callable[..., str], case: Case) -> None:
    live, desired = (_catalog(fresh_database(server), sql) for sql in (case.live, case.desired))
    plan = new_plan(
        "linted", "postgresql://", Sides(live, desired), both_ways(live, desired, archived=None).scripts, None, ()
    )
    places = Places(statements(Source(Text("schema.sql", case.desired))), HERE)
    (rule,) = (rule for rule in RULES if rule.__name__ == case.rule)
    advice = list(rule(Context(plan, live, desired, places)))
    assert [[one.place or "", one.object, one.fix] for one in advice] == case.advice
    assert all(one.message and one.rule == case.rule.replace("_", "-") for one in advice)


def _catalog(url: str, sql: str) -> Catalog:
    with psycopg.connect(url, autocommit=True) as connection:
        if sql:
            connection.execute(sql.encode())
        return inspect(connection, Scope.of())
