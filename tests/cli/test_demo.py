"""The demo, kept and ended."""

import re
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session
from schemadiff.scratch.standing import stop_standing_server

ROWS = {"hubspot_bookings": 4000, "hubspot_contact_credits": 1500, "hubspot_mock_exams": 60}

NOT_THE_DEMO = "postgresql://nobody@127.0.0.1:1/production"


@pytest.fixture
def kept_name(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name of its own, so that a demo that somebody keeps goes on."""
    monkeypatch.setattr("schemadiff.cli.commands.demo._KEPT", "demo_test")
    return "demo_test"


def test_the_whole_way_and_a_database_to_play_with(kept_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", NOT_THE_DEMO)
    working = Path.cwd()
    try:
        shown = CliRunner().invoke(cli, ["demo", "--keep"], obj=Session())
        assert shown.exit_code == 0, shown.output
        commands = re.findall(r"^\$ schemadiff (\w+)", shown.stderr, re.MULTILINE)
        assert commands == ["plan", "show", "apply", "verify", "status", "rollback", "apply", "plan"]
        assert "nothing to do" in shown.stderr
        assert NOT_THE_DEMO not in shown.output
        assert Path.cwd() == working
        found = re.search(r"The database runs on:\s+(\S+)", shown.stderr)
        assert found is not None
        with psycopg.connect(found[1]) as connection:
            for table, rows in ROWS.items():
                query = f"SELECT count(*) FROM hubspot_sync.{table}".encode()
                assert connection.execute(query).fetchone() == (rows,)
        assert CliRunner().invoke(cli, ["demo", "--stop"]).exit_code == 0
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(found[1])
    finally:
        stop_standing_server(kept_name)
