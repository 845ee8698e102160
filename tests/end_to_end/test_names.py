"""Names that need quotes everywhere, from the first command to the last."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from corpus.case import FOLDER, read_case
from schemadiff.scratch.server import ScratchServer

from .shell import Shell

ALLOWED = "data-loss,irreversible,narrows-access,widens-access,breaks-clients"


@pytest.fixture
def named(server: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path) -> Shell:
    """A project that wants the second state of the corpus' nastiest case, and a database in the first, with rows."""
    case = read_case(FOLDER / "names-everywhere")
    server.create_role("corpus Carol")
    found = Shell(tmp_path, fresh_database(server))
    with psycopg.connect(found.url, autocommit=True) as connection:
        connection.execute(case.a.encode())
        connection.execute(case.rows.encode())
    found.write("schemadiff.toml", "")
    found.write("desired_schema/all.sql", case.b)
    return found


def test_a_plan_leads_there_and_back(named: Shell) -> None:
    kept = read_case(FOLDER / "names-everywhere").kept
    before, rows = named.dump(), [named.rows(query) for query in kept]
    plan = named.plan("--renames", "never", "--allow", ALLOWED)
    named("apply", plan, "--auto-approve", "--allow", ALLOWED)
    assert [named.rows(query) for query in kept] == rows
    assert named.dump() != before
    named("drift", "--exit-code")
    named("rollback", plan, "--auto-approve")
    assert named.dump() == before
    assert [named.rows(query) for query in kept] == rows
