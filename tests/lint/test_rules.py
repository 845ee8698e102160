"""What a plan newly brings: cases of the rule that a file is named after, with live before and the files after it."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from schemadiff.access.matrix import Access
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.surroundings import read_surroundings
from schemadiff.catalog.scope import Scope
from schemadiff.desired.places import Places
from schemadiff.desired.reading.desired_statements import statements
from schemadiff.desired.reading.source import Source, Text
from schemadiff.lint.linting import advice_on, found_in, new_in
from schemadiff.lint.rule import Side
from schemadiff.scratch.server import ScratchServer

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One pair of schemas, and what the rule finds in the second and not in the first."""

    rule: str
    name: str
    live: str
    desired: str
    advice: list[list[str]]

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


CASES = [
    Case(rule=path.stem, **case)
    for path in sorted(HERE.glob("*_*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_a_plan_newly_brings(server: ScratchServer, fresh_database: Callable[..., str], case: Case) -> None:
    before, after = (found_in(_side(fresh_database(server), sql)) for sql in (case.live, case.desired))
    places = Places(statements(Source(Text("schema.sql", case.desired))), HERE)
    advice = [one for one in advice_on(new_in(after, before), places) if one.rule == case.rule.replace("_", "-")]
    assert [[one.place or "", one.object, one.fix] for one in advice] == case.advice
    assert all(one.message for one in advice)


def _side(url: str, sql: str) -> Side:
    with psycopg.connect(url, autocommit=True) as connection:
        if sql:
            connection.execute(sql.encode())
        scope = Scope.of()
        return Side(Access(inspect(connection, scope), read_surroundings(connection, scope)))
