"""Every step of every history, up, down and up again, as the role that a Supabase project gives its owner."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from histories.history import DEFAULT_GRANTS, HISTORIES, History
from properties.judge import Failed, Side, apply, there_and_back
from schemadiff.catalog.scope import Scope
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server


@pytest.fixture(scope="module", params=[15, 17])
def platform(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    """A server with the platform pack."""
    with scratch_server(major=request.param, profile="supabase") as server:
        yield server


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_every_step(platform: ScratchServer, history: History) -> None:
    with _database(platform, "live", history.states[0], history.rows) as live:
        for number, state in enumerate(history.states[1:], 2):
            with _database(platform, "wanted", state) as wanted:
                try:
                    up, _ = there_and_back(platform.version_num // 10000, live, wanted, Scope.of("supabase"))
                    apply("again", live.connection, up)
                except Failed as failed:
                    pytest.fail(f"state {number}: {failed.failure.signature}\n{failed.failure.text}", pytrace=False)


@contextmanager
def _database(server: ScratchServer, name: str, *texts: str) -> Iterator[Side]:
    """A database with the platform and `texts`, loaded by the role postgres."""
    server.create_database(name, template=server.platform_template, owner="postgres")
    try:
        with psycopg.connect(server.url(name), autocommit=True) as admin:
            admin.execute(DEFAULT_GRANTS.encode())
        with psycopg.connect(server.url(name, "postgres"), autocommit=True) as connection:
            connection.execute("SET client_min_messages = error")
            for text in filter(str.strip, texts):
                connection.execute(text.encode())
            yield Side(connection, server.url(name))
    finally:
        server.drop_database(name)
