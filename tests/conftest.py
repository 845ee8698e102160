"""Servers and databases shared by all tests."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server


def pytest_sessionstart() -> None:
    """Where changes are judged, no other version may stand in for Postgres 15.

    A run in the background of a shell ignores signals, which the processes under test must not inherit.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    if os.environ.get("CI") and find_binaries(15).major != 15:
        raise pytest.UsageError("PostgreSQL 15 is not installed: install the package postgresql-15")


@pytest.fixture(scope="session")
def second_judge() -> Iterator[SecondJudge]:
    """One process of migra's for all tests that prove without the library, since it takes long to start."""
    with SecondJudge() as judge:
        yield judge


@pytest.fixture(scope="session")
def server15() -> Iterator[ScratchServer]:
    """A Postgres 15 of the profile plain, or what stands in for it on a machine without one."""
    with scratch_server(major=15) as server:
        yield server


@pytest.fixture(scope="session")
def server17() -> Iterator[ScratchServer]:
    """A Postgres 17 of the profile plain, or what stands in for it on a machine without one."""
    with scratch_server(major=17) as server:
        yield server


@pytest.fixture(params=["server15", "server17"])
def server(request: pytest.FixtureRequest) -> ScratchServer:
    """One of the servers: a test that takes it runs on each."""
    chosen: ScratchServer = request.getfixturevalue(request.param)
    return chosen


_NUMBERS = count(1)


@pytest.fixture
def fresh_database() -> Iterator[Callable[..., str]]:
    """Creates a database on a server and returns its URL; it is dropped after the test.

    The URL is the superuser's, or with `owner` that of a role that owns the database and is no superuser.
    """
    created: list[tuple[ScratchServer, str]] = []

    def create(server: ScratchServer, *, template: str | None = None, owner: str | None = None) -> str:
        name = f"test_{next(_NUMBERS)}"
        if owner:
            server.create_role(owner, "LOGIN CREATEDB CREATEROLE")
        server.create_database(name, template=template, owner=owner)
        created.append((server, name))
        return server.url(name, owner)

    yield create
    for server, name in created:
        server.drop_database(name)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that every user can enter; pytest's own ones are private to the caller."""
    folder = Path(tempfile.mkdtemp(prefix="schemadiff-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
