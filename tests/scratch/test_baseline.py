"""A scratch database is like live where desired files do not speak."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from schemadiff.errors import ScratchError
from schemadiff.scratch.baseline.baseline import copy_baseline
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.stand_ins.stand_in import StandIn
from schemadiff.scratch.starting import scratch_server

ODD = 'Odd "role"\' name'

LIVE = f"""
CREATE ROLE app LOGIN SUPERUSER PASSWORD 'secret';
CREATE ROLE {Identifier(ODD).as_string(None)} NOLOGIN BYPASSRLS;
CREATE ROLE "Select" LOGIN;
CREATE ROLE reader NOINHERIT;
GRANT reader TO "Select" WITH ADMIN OPTION;
GRANT pg_execute_server_program, pg_read_all_data TO "Select";
ALTER SCHEMA public OWNER TO {Identifier(ODD).as_string(None)};
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO reader WITH GRANT OPTION;
COMMENT ON SCHEMA public IS 'it''s ours';
ALTER DEFAULT PRIVILEGES FOR ROLE {Identifier(ODD).as_string(None)} IN SCHEMA public
    GRANT SELECT ON TABLES TO reader, "Select";
ALTER DEFAULT PRIVILEGES FOR ROLE app REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT USAGE ON SEQUENCES TO reader WITH GRANT OPTION;
CREATE SCHEMA "Own Schema";
ALTER DATABASE live SET timezone = 'Europe/Berlin';
ALTER DATABASE live SET search_path = "Own Schema", public;
"""

STATE = """
SELECT 'public', pg_get_userbyid(nspowner), obj_description(oid, 'pg_namespace'), nspacl::text
FROM pg_namespace WHERE nspname = 'public'
UNION ALL
SELECT 'setting', '', name, reset_val FROM pg_settings WHERE name IN ('search_path', 'TimeZone')
ORDER BY 1, 2, 3
"""

DEFAULTS = """
SELECT pg_get_userbyid(defaclrole), concat(defaclnamespace::regnamespace, defaclobjtype), defaclacl::text
FROM pg_default_acl ORDER BY 1, 2
"""


@pytest.fixture(scope="module", params=[15, 17])
def live(request: pytest.FixtureRequest) -> Iterator[tuple[ScratchServer, int]]:
    """A server of its own with a database `live`."""
    with scratch_server(major=request.param) as server:
        server.create_database("live")
        with psycopg.connect(server.url("live"), autocommit=True) as connection:
            connection.execute(LIVE.encode())
        yield server, request.param


def test_everything_is_copied(live: tuple[ScratchServer, int]) -> None:
    original, major = live
    with (
        scratch_server(major=major) as server,
        psycopg.connect(original.url("live", "app")) as connection,
    ):
        server.create_database("scratch")
        assert copy_baseline(connection, server, "scratch", "app", profile="plain") == ()
        assert copy_baseline(connection, server, "scratch", "app", profile="plain") == ()
        with psycopg.connect(server.url("scratch", "app")) as loader:
            assert loader.execute(STATE).fetchall() == connection.execute(STATE).fetchall()
            assert loader.execute(DEFAULTS).fetchall() == [], "files declare them"
            loader.execute("CREATE SCHEMA mine; CREATE ROLE other; CREATE TABLE mine.t ()")
            for role in (ODD, "Select", "reader"):
                loader.execute(SQL("ALTER SCHEMA mine OWNER TO {}").format(Identifier(role)))
                loader.execute(SQL("SET LOCAL ROLE {}").format(Identifier(role)))
                loader.execute("RESET ROLE")


def test_the_loader_cannot_reach_out_of_the_database(live: tuple[ScratchServer, int]) -> None:
    original, major = live
    with (
        scratch_server(major=major) as server,
        psycopg.connect(original.url("live")) as connection,
    ):
        server.create_database("scratch")
        copy_baseline(connection, server, "scratch", "Select", profile="plain")
        with psycopg.connect(server.url("scratch", "Select")) as loader:
            assert loader.execute("SHOW is_superuser").fetchone() == ("off",)
            query = "SELECT rolname FROM pg_roles WHERE pg_has_role(oid, 'MEMBER') AND rolname ~ '^(pg_|reader)'"
            assert set(loader.execute(query)) >= {("pg_read_all_data",), ("reader",)}
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                loader.execute("COPY (SELECT 1) TO PROGRAM 'true'")
            loader.rollback()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                loader.execute(f"SET ROLE {server.superuser}")


def test_passwords_stay_on_live(live: tuple[ScratchServer, int]) -> None:
    original, major = live
    with (
        scratch_server(major=major) as server,
        psycopg.connect(original.url("live")) as connection,
    ):
        server.create_database("scratch")
        copy_baseline(connection, server, "scratch", "app", profile="plain")
        with psycopg.connect(server.url("scratch")) as admin:
            assert admin.execute("SELECT FROM pg_authid WHERE rolpassword IS NOT NULL").fetchall() == []
            query = "SELECT rolbypassrls, rolcanlogin, rolsuper FROM pg_roles WHERE rolname = %s"
            assert admin.execute(query, [ODD]).fetchone() == (True, False, False)


def test_a_loader_that_is_nowhere_is_an_error(server17: ScratchServer, fresh_database: Callable[..., str]) -> None:
    with psycopg.connect(fresh_database(server17)) as live, scratch_server(major=17) as server:
        server.create_database("scratch")
        with pytest.raises(ScratchError, match=r"'scratch' cannot be made like live: .*nobody_knows"):
            copy_baseline(live, server, "scratch", "nobody_knows", profile="plain")


def test_the_servers_own_superuser_as_loader_is_noted(
    server: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    with psycopg.connect(fresh_database(server)) as live:
        server.create_database("scratch")
        notes = copy_baseline(live, server, "scratch", server.superuser, profile="plain")
        server.drop_database("scratch")
    assert len(notes) == 1
    assert str(notes[0]).startswith(f"role {server.superuser} is the scratch server's superuser")


def test_differences_are_named() -> None:
    with scratch_server(major=17) as live:
        assert live.add_extension(StandIn("made_up", "1.5"))
        live.create_database("live")
        with psycopg.connect(live.url("live"), autocommit=True) as connection:
            connection.execute("CREATE ROLE loader_of_17; DROP SCHEMA public")
            connection.execute("CREATE SCHEMA extensions; CREATE EXTENSION made_up SCHEMA extensions")
            with scratch_server(major=15) as scratch:
                scratch.create_database("scratch")
                notes = copy_baseline(connection, scratch, "scratch", "loader_of_17", profile="plain")
                with psycopg.connect(scratch.url("scratch")) as admin:
                    admin.execute("CREATE SCHEMA s; CREATE EXTENSION made_up SCHEMA s")
                    query = "SELECT FROM pg_namespace WHERE nspname = 'public'"
                    assert admin.execute(query).fetchall() == []
                if scratch.version_num < 170000:
                    assert "live is PostgreSQL 17, the scratch server PostgreSQL 15" in map(str, notes)
                    assert any("the programs of PostgreSQL 17 by --scratch-binaries" in str(note) for note in notes)
    assert "extension made_up 1.5 of live is not on the scratch server: a stand-in takes its place" in map(str, notes)


def test_tablespaces_have_their_names(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    with psycopg.connect(fresh_database(server), autocommit=True) as live, scratch_server(major=17) as scratch:
        live.execute("SET allow_in_place_tablespaces = on")
        live.execute("""CREATE TABLESPACE "fast Disks" LOCATION ''""")
        live.execute("CREATE ROLE mover SUPERUSER")
        try:
            scratch.create_database("scratch")
            copy_baseline(live, scratch, "scratch", "mover", profile="plain")
            with psycopg.connect(scratch.url("scratch", "mover"), autocommit=True) as loader:
                loader.execute('CREATE TABLE t () TABLESPACE "fast Disks"')
        finally:
            live.execute("DROP ROLE mover")
            live.execute('DROP TABLESPACE "fast Disks"')


def test_the_platform_keeps_its_roles(platform_server: ScratchServer) -> None:
    platform_server.create_database("live", template=platform_server.platform_template, owner="postgres")
    with psycopg.connect(platform_server.url("live"), autocommit=True) as admin:
        admin.execute("ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON TABLES TO anon")
    major = platform_server.version_num // 10000
    with (
        psycopg.connect(platform_server.url("live", "postgres")) as live,
        scratch_server(major=major, profile="supabase") as server,
    ):
        server.create_database("scratch", template=server.platform_template, owner="postgres")
        assert copy_baseline(live, server, "scratch", "postgres", profile="supabase") == ()
        with psycopg.connect(server.url("scratch", "postgres")) as loader:
            assert loader.execute("SHOW search_path").fetchone() == (r'"\$user", public, extensions',)
            loader.execute("CREATE TABLE t (id uuid DEFAULT uuid_generate_v4())")
            assert loader.execute(STATE).fetchall() == live.execute(STATE).fetchall()
            assert loader.execute(DEFAULTS).fetchall() == live.execute(DEFAULTS).fetchall(), "the platform's hold"
    platform_server.drop_database("live")
