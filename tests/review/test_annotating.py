"""Remarks at the lines of the desired files: SARIF, and GitHub's annotations."""

from typing import Any

import pytest

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.plans.advice import Advice, Severity
from schemadiff.plans.finding import Finding
from schemadiff.plans.model import Opinion, Plan, Proof
from schemadiff.plans.scripts.writing import script_pair
from schemadiff.review.annotating.github import annotations
from schemadiff.review.annotating.remarks import Level, Place, place_of, remarks
from schemadiff.review.annotating.sarif import sarif

from .made_plan import made_plan

ADVICE = Advice(
    "a-rule", Severity.INFO, "index", "app.i", "desired schema/a%b.sql:7:3", "it is slow", "DROP INDEX app.i"
)


def plan(**changes: object) -> Plan:
    found = Finding("column app.contact.email", Problem.of(ProblemKind.NULL, "email"), Sql("SELECT 1"), 3)
    places = {"column app.contact.email": "desired_schema/app.sql:4:5", "index app.contact_synced": "b.sql:9:1"}
    return made_plan(**({"findings": (found,), "advice": (ADVICE,), "places": places} | changes))


def test_each_remark_has_its_place() -> None:
    made = plan()
    found = {(one.rule, one.object): one for one in remarks(made, script_pair(made).up, "plans/x/up.sql")}
    rows = found["rows-in-the-way", "column app.contact.email"]
    assert (rows.level, rows.place) == (Level.ERROR, Place("desired_schema/app.sql", 4, 5))
    assert "3 rows have no email; list them: SELECT 1" in rows.message
    scan = found["long-scan", "index app.contact_synced"]
    assert (scan.level, scan.place) == (Level.NOTE, Place("b.sql", 9, 1))
    lost = found["data-loss", "column app.contact.fax"]
    assert lost.place is not None and lost.place.file == "plans/x/up.sql"
    assert script_pair(made).up.splitlines()[lost.place.line - 1].startswith("-- 1.2 - drop column")
    assert (lost.level, found["breaks-clients", "column app.contact.fax"].level) == (Level.ERROR, Level.WARNING)
    assert "It is refused without --allow data-loss." in lost.message
    assert found["a-rule", "index app.i"].level is Level.NOTE


def test_sarif() -> None:
    log: Any = sarif(remarks(plan(proof=Proof((Opinion("migra", False, ("it differs",)),), (), "", 1.0))))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["proof-does-not-hold", "rows-in-the-way", "data-loss", "breaks-clients", "long-scan", "a-rule"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]
    (place,) = next(one for one in run["results"] if one["ruleId"] == "a-rule")["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "desired%20schema/a%25b.sql"},
        "region": {"startLine": 7, "startColumn": 3},
    }
    prints = [one["partialFingerprints"]["schemadiff/v1"] for one in run["results"]]
    assert len(set(prints)) == len(prints)


def test_annotations() -> None:
    found = list(annotations(remarks(plan())))
    assert (
        "::notice file=desired schema/a%25b.sql,line=7,col=3,title=schemadiff%3A a-rule::index app.i: it is slow. "
        "DROP INDEX app.i"
    ) in found
    assert [one for one in found if one.startswith("::error title=schemadiff%3A data-loss::- contact.fax ")]


@pytest.mark.parametrize("name", ["x\n::error::y", "x\r\n::set-env name=A::b", "a,b:c::d%0A::error::e"])
def test_a_name_ends_no_command_and_begins_none(name: str) -> None:
    advice = Advice(name, Severity.ERROR, "index", name, f"{name}.sql:1:1", name, name)
    (found,) = [one for one in annotations(remarks(plan(advice=(advice,)))) if "y" in one or "b" in one][-1:]
    assert "\n" not in found and "\r" not in found
    properties = found.removeprefix("::error ").partition("::")[0]
    assert [one.partition("=")[0] for one in properties.split(",")] == ["file", "line", "col", "title"]
    assert "%0A" not in found.replace("%250A", "")


def test_places() -> None:
    assert place_of("a:b.sql:3:4") == Place("a:b.sql", 3, 4)
    assert place_of(None) is None
