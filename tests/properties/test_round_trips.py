"""Random pairs of schemas: the plans between them lead there and back, exactly, and keep the rows.

SCHEMADIFF_TEST_EXAMPLES asks for more pairs, SCHEMADIFF_TEST_SEED for other ones; `python -m properties.hunt`
looks for longer and writes what it finds as corpus cases.
"""

import os
from contextlib import closing

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from properties.judge import judge
from properties.minimizing import minimized
from properties.roles import create_roles
from properties.schemas import Pair, pairs
from schemadiff.scratch.server import ScratchServer

EXAMPLES = int(os.environ.get("SCHEMADIFF_TEST_EXAMPLES", "40"))
SEED = os.environ.get("SCHEMADIFF_TEST_SEED")
PARTS = 4
"""Tests that share the examples, so that they run side by side."""


@pytest.mark.parametrize("part", range(PARTS))
def test_there_and_back(request: pytest.FixtureRequest, part: int) -> None:
    server: ScratchServer = request.getfixturevalue(("server15", "server17")[part % 2])
    with closing(psycopg.connect(server.url("postgres"), autocommit=True)) as connection:
        create_roles(connection)
    counts = {"offered": 0, "accepted": 0, "steps": 0}

    @seed(int(SEED or 0) * PARTS + part)
    @settings(
        max_examples=max(1, EXAMPLES // PARTS),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(pairs())
    def holds(pair: Pair) -> None:
        verdict = judge(server, pair)
        if verdict.failure:
            _, found = minimized(server, pair, verdict.failure, seconds=60)
            failure = found.failure or verdict.failure
            texts = (";\n".join(found.first), ";\n".join(found.second))
            pair_of_files = f"-- a.sql\n{texts[0]};\n-- b.sql\n{texts[1]};"
            pytest.fail(f"{failure.signature}\n{failure.text}\n{pair_of_files}", pytrace=False)
        counts["offered"] += verdict.offered
        counts["accepted"] += len(verdict.first) + len(verdict.second)
        counts["steps"] += verdict.steps

    holds()
    assert counts["accepted"] > 0.7 * counts["offered"], "the server refuses too much of the SQL that is drawn"
    assert counts["steps"] > 0, "nothing was planned"
