"""Every statement of a plan is needed: without any one of them, the proof does not hold."""

import os
from dataclasses import replace

import pytest

from corpus.case import CASES
from schemadiff.plans.model import Opinion
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.scratch.server import ScratchServer

from .ground import ground, without

USUAL = "index-options policy-everything view-everything"
PAIRS = os.environ.get("SCHEMADIFF_TEST_SWEEP", USUAL).split()
"""Names of pairs of the corpus; more than the usual ones take a while."""


@pytest.mark.parametrize("name", PAIRS)
def test_no_statement_can_be_left_out(server17: ScratchServer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Our own inspection alone finds it, or Postgres refuses what follows."""
    monkeypatch.setattr(SecondJudge, "opinion", lambda self, *urls: Opinion("nobody", True))
    (case,) = (case for case in CASES if case.name == name)
    with ground(server17, case.a, case.b) as pair:
        made = pair.made
        assert pair.prove(made).holds
        missed = [
            f"{direction}: {step.sql}"
            for direction in ("up", "down")
            for number, step in enumerate(getattr(made, direction).steps)
            if pair.prove(replace(made, **{direction: without(getattr(made, direction), number)})).holds
        ]
    assert not missed, "\n".join(missed)
