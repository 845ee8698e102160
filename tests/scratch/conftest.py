"""Servers with the platform pack."""

from collections.abc import Iterator

import pytest

from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server


@pytest.fixture(scope="session", params=[15, 17])
def platform_server(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    """A server of the profile supabase."""
    with scratch_server(major=request.param, profile="supabase") as server:
        yield server
