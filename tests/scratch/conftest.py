"""Servers with the platform pack, and a folder that every user can enter."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server


@pytest.fixture(scope="session", params=[15, 17])
def platform_server(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    """A server of the profile supabase."""
    with scratch_server(major=request.param, profile="supabase") as server:
        yield server


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that the server's user can enter; pytest's own ones are private to the caller."""
    folder = Path(tempfile.mkdtemp(prefix="schemadiff-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
