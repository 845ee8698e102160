"""Scratch servers are used as they say themselves: no variable of libpq changes where or how."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cli.eavesdropper import eavesdropper
from schemadiff.connection_string import parameters_of
from schemadiff.errors import ScratchError
from schemadiff.scratch.starting import scratch_server

VARIABLES = {
    "PGHOST": "nowhere.invalid",
    "PGHOSTADDR": "127.0.0.2",
    "PGPORT": "1",
    "PGUSER": "somebody",
    "PGPASSWORD": "hunter2",
    "PGDATABASE": "elsewhere",
    "PGOPTIONS": "-c work_mem=13MB",
    "PGAPPNAME": "mine",
    "PGSSLMODE": "verify-full",
    "PGSSLNEGOTIATION": "direct",
    "PGSSLCERTMODE": "require",
    "PGPASSFILE": "/dev/null",
    "PGREQUIREAUTH": "scram-sha-256",
    "PGCHANNELBINDING": "require",
    "PGMINPROTOCOLVERSION": "3.2",
    "PGTARGETSESSIONATTRS": "standby",
    "PGCONNECT_TIMEOUT": "nonsense",
    "PGCLIENTENCODING": "LATIN1",
    "PGREQUIREPEER": "nobody-at-all",
    "PGGSSENCMODE": "require",
}

_OF_SESSIONS = {"PGTZ": "Asia/Tokyo", "PGDATESTYLE": "German, DMY", "PGGEQO": "off"}
"""No connection string says anything about these."""

_PROGRAM = """
import os
import psycopg
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.scratch.starting import scratch_server
with scratch_server() as server, SecondJudge() as judge:
    for name in ("one", "two"):
        server.create_database(name)
    with scratch_server(url=server.url("postgres")) as given:
        given.create_database("three")
        for url in (server.url("one"), given.url("three")):
            with psycopg.connect(url) as connection:
                for name, value in (("work_mem", "4MB"), ("application_name", ""), ("TimeZone", "UTC"),
                                    ("DateStyle", "ISO, MDY"), ("geqo", "on")):
                    assert connection.execute(f"SHOW {name}".encode()).fetchone() == (value,), name
                assert connection.info.encoding == "utf-8"
    opinion = judge.opinion(server.url("one"), server.url("two"))
    assert opinion.agrees, opinion
assert os.environ["PGTZ"] == "Asia/Tokyo"
"""


def test_no_variable_reaches_a_scratch_server() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=os.environ | VARIABLES | _OF_SESSIONS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize("name", VARIABLES)
def test_each_variable_alone(name: str, monkeypatch: pytest.MonkeyPatch, server17_socket: str) -> None:
    monkeypatch.setenv(name, VARIABLES[name])
    with psycopg.connect(server17_socket) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("4MB",)


@pytest.fixture(scope="module")
def server17_socket() -> Iterator[str]:
    """The URL of a scratch server."""
    with scratch_server() as server:
        parameters = parameters_of(server.url("postgres")) or {}
        assert Path(parameters["host"]).is_absolute() and parameters["port"] == "5432"
        yield server.url("postgres")


def test_a_given_server_hears_no_password_of_another_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    with eavesdropper() as heard:
        with pytest.raises(ScratchError), scratch_server(url=f"postgresql://u@127.0.0.1:{heard.port}/d"):
            raise AssertionError("unreachable")
        assert heard.startups
        assert not heard.passwords


def test_a_given_server_hears_its_own_password() -> None:
    with eavesdropper() as heard:
        with pytest.raises(ScratchError), scratch_server(url=f"postgresql://u:hunter2@127.0.0.1:{heard.port}/d"):
            raise AssertionError("unreachable")
        assert heard.passwords == [b"hunter2"]


def test_a_service_of_the_caller_says_nothing_about_scratch_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = tmp_path / "services"
    services.write_text(
        "[mine]\nhost=nowhere.invalid\nhostaddr=127.0.0.2\nport=1\nuser=me\npassword=hunter2\n"
        "options=-c work_mem=13MB\nsslmode=require\n"
    )
    monkeypatch.setenv("PGSERVICE", "mine")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    with scratch_server() as server, psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("4MB",)
