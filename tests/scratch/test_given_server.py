"""A given server: unique databases, nothing left and nothing changed there."""

from collections.abc import Iterator

import psycopg
import pytest

from schemadiff.connection_string import holds_secret
from schemadiff.errors import ScratchError
from schemadiff.scratch.baseline.baseline import copy_baseline
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

CONTENT = """
SELECT datname::text FROM pg_database
UNION ALL
SELECT concat(r.rolname, r.rolsuper, r.rolcanlogin, s.setconfig)
FROM pg_roles AS r LEFT JOIN pg_db_role_setting AS s ON s.setrole = r.oid
UNION ALL
SELECT concat(roleid::regrole, ' to ', member::regrole) FROM pg_auth_members
ORDER BY 1
"""


@pytest.fixture(params=[15, 17])
def given(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    """A server of its own whose databases, roles and settings are the same afterwards."""
    with scratch_server(major=request.param) as server:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE ROLE local_role")
            before = connection.execute(CONTENT).fetchall()
            yield server
            assert connection.execute(CONTENT).fetchall() == before


def test_databases_get_unique_names_and_are_dropped(given: ScratchServer) -> None:
    url = given.url("postgres")
    with scratch_server(url=url) as one, scratch_server(url=url) as two:
        for server in (one, two):
            server.create_database("same")
            psycopg.connect(server.url("same")).close()
        assert one.url("same") != two.url("same")
        assert one.origin == "given URL"
        assert one.version_num == given.version_num


def test_the_platform_is_loaded_and_taken_away(given: ScratchServer) -> None:
    with scratch_server(url=given.url("postgres"), profile="supabase") as server:
        server.create_database("app", template=server.platform_template, owner="postgres")
        with psycopg.connect(server.url("app")) as connection:
            assert connection.execute("SELECT count(*) FROM auth.users").fetchone() == (0,)


def test_the_loader_logs_in_with_a_password_of_its_own(given: ScratchServer) -> None:
    with scratch_server(major=given.version_num // 10000) as source:
        source.create_database("live")
        with psycopg.connect(source.url("live"), autocommit=True) as live:
            live.execute("CREATE ROLE given_loader; CREATE ROLE group_role; GRANT group_role TO given_loader")
            with scratch_server(url=given.url("postgres")) as server:
                server.create_database("app")
                copy_baseline(live, server, "app", "given_loader", profile="plain")
                url = server.url("app", "given_loader")
                assert holds_secret(url)
                with psycopg.connect(url) as loader:
                    loader.execute("CREATE SCHEMA s; ALTER SCHEMA s OWNER TO group_role")
                    assert loader.execute("SHOW is_superuser").fetchone() == ("off",)


def test_no_role_there_can_grant_itself_one_that_reaches_out(given: ScratchServer) -> None:
    with scratch_server(major=given.version_num // 10000) as source:
        source.create_database("live")
        with psycopg.connect(source.url("live"), autocommit=True) as live:
            live.execute("CREATE ROLE given_loader CREATEROLE; CREATE ROLE given_other CREATEROLE")
            live.execute("GRANT given_other TO given_loader")
            with scratch_server(url=given.url("postgres")) as server:
                server.create_database("app")
                copy_baseline(live, server, "app", "given_loader", profile="plain")
                with psycopg.connect(server.url("app", "given_loader"), autocommit=True) as loader:
                    for role in ("given_loader", "given_other"):
                        loader.execute(f"SET ROLE {role}".encode())
                        with pytest.raises(psycopg.errors.InsufficientPrivilege):
                            loader.execute(f"GRANT pg_execute_server_program TO {role}".encode())


def test_a_role_that_cannot_log_in_there_is_an_error(given: ScratchServer) -> None:
    with (
        psycopg.connect(given.url("postgres")) as live,
        scratch_server(url=given.url("postgres")) as server,
    ):
        server.create_database("app")
        with pytest.raises(ScratchError, match="'local_role' exists on the given scratch server"):
            copy_baseline(live, server, "app", "local_role", profile="plain")


def test_an_unreachable_server_is_an_error_without_the_password() -> None:
    with (
        pytest.raises(ScratchError, match="cannot be used") as caught,
        scratch_server(url="postgresql://someone:hunter2@/postgres?host=/nowhere"),
    ):
        raise AssertionError("unreachable")
    assert "hunter2" not in str(caught.value)
