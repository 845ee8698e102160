"""Bodies of routines and checks are tried before a plan is written: what cannot run is named with its place."""

from pathlib import Path

import pytest

from .shell import DESIRED, Shell

BODIES = """
CREATE FUNCTION app.total() RETURNS bigint LANGUAGE sql AS 'SELECT sum(amount) FROM app.customer';
CREATE FUNCTION app.typo() RETURNS int LANGUAGE plpgsql AS $$ BEGIN retrun 1; END $$;
CREATE PROCEDURE app.sweep() LANGUAGE sql AS 'DELETE FROM customer WHERE fax IS NULL';
CREATE FUNCTION app.old() RETURNS TABLE (email text) LANGUAGE sql SET search_path = app AS 'SELECT email FROM customer';
"""


def test_bodies_that_cannot_run_are_refused(shell: Shell, project: Path) -> None:
    (project / "desired_schema/app.sql").write_text(DESIRED + BODIES)
    told = shell("plan", "--allow", "data-loss", code=3).stderr
    assert 'desired_schema/app.sql:6:1: function app.total(): column "amount" does not exist' in told
    assert "desired_schema/app.sql:7:1: function app.typo(): syntax error" in told
    assert "sweep" not in told
    assert "app.old" not in told
    assert not (project / "plans").exists()
    plan = shell.plan("--allow", "invalid-body")
    assert "invalid-body" in (Path(plan) / "review.md").read_text()
    shell("apply", plan, "--auto-approve", code=3)
    shell("apply", plan, "--auto-approve", "--allow", "invalid-body")


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT seen AS ok FROM app.customer", 'cannot run: column "seen" does not exist'),
        ("SELECT true AS fine", "returns no column named ok"),
        ("SELECT 1 AS ok", "returns a column ok that is not a boolean"),
    ],
)
def test_checks_that_cannot_run_are_refused(shell: Shell, project: Path, sql: str, problem: str) -> None:
    (project / "desired_schema/checks/more.sql").write_text(f"-- @check name=more\n{sql};\n")
    told = shell("plan", code=1).stderr
    assert f"checks/more.sql:2:1: check more {problem}" in told
    assert not (project / "plans").exists()


def test_checks_that_may_hold_on_rows_are_no_fault(shell: Shell, project: Path) -> None:
    """There are no rows where they are tried: neither what they find nor errors about values count."""
    (project / "desired_schema/checks/more.sql").write_text(
        "-- @check name=some\nSELECT 1 / count(*) > 0 AS ok FROM app.customer;\n"
        "-- @check name=gone raises=42P01\nSELECT * FROM app.nobody;\n"
    )
    shell.plan()
