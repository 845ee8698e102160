"""Preflights of corpus plans: each hazard has one, each query is valid when it is asked, and no row is in the way."""

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Preflight, PreflightKind
from schemadiff.plans.model import Script


def expect_a_preflight_for_each_hazard(plan: Script) -> None:
    """A statement that may fail on rows has a question to them, or a reason why there is none."""
    guarded = {preflight.statement for preflight in plan.preflights}
    forgotten = [step.sql for step in plan.steps if Hazard.MAY_FAIL_ON_DATA in step.hazards and step.sql not in guarded]
    assert not forgotten, f"nobody asks which rows make these fail: {forgotten}"
    for preflight in plan.preflights:
        assert bool(preflight.rows) is not (preflight.kind is PreflightKind.UNASKED), preflight


def expect_no_rows(connection: Connection[TupleRow], preflights: list[Preflight]) -> None:
    """The rows of the corpus are in nobody's way."""
    for preflight in preflights:
        if preflight.kind is PreflightKind.UNASKED:
            continue
        try:
            with connection.transaction(force_rollback=True):
                rows = connection.execute(preflight.rows.encode()).fetchall()
        except psycopg.Error as error:
            pytest.fail(f"preflight of {preflight.statement} fails: {error}\n{preflight.rows}", pytrace=False)
        assert preflight.kind is PreflightKind.TRIAL or not rows, (
            f"{preflight.rows}\nfinds {rows}, before {preflight.statement}"
        )
