"""Roles declared in files: planned, rehearsed, applied, taken back, on a server of their own."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from schemadiff.scratch.starting import scratch_server

from .shell import Shell

ROLES = """
CREATE ROLE app_owner;
CREATE ROLE app_reader NOINHERIT;
CREATE ROLE old_clerk LOGIN CONNECTION LIMIT 3 VALID UNTIL '2031-02-03 04:05:06+00';
GRANT app_reader TO old_clerk;
ALTER ROLE old_clerk SET work_mem = '8MB';
COMMENT ON ROLE app_reader IS 'reads';
"""

SCHEMA = """
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO app_reader;
GRANT USAGE, CREATE ON SCHEMA shop TO app_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA shop GRANT SELECT ON TABLES TO app_reader;
CREATE TABLE shop.customer (id bigint PRIMARY KEY, name text);
ALTER TABLE shop.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON shop.customer TO {clerk} USING (true);
GRANT SELECT ON shop.customer TO app_reader, {clerk};
ALTER TABLE shop.customer OWNER TO app_owner;
"""

WANTED = """
GRANT app_reader TO "New Clerk" WITH ADMIN OPTION;
CREATE ROLE app_owner CREATEDB;
CREATE ROLE app_reader;
CREATE USER "New Clerk" IN ROLE pg_monitor;
ALTER ROLE "New Clerk" SET search_path = "A", public;
COMMENT ON ROLE app_reader IS 'reads more';
"""

STATE = """
SELECT rolname, rolcanlogin, rolinherit, rolcreatedb, rolconnlimit, rolvaliduntil,
       shobj_description(r.oid, 'pg_authid'), (SELECT setconfig FROM pg_db_role_setting WHERE setrole = r.oid),
       (SELECT array_agg(g.rolname ORDER BY 1) FROM pg_auth_members AS m
        JOIN pg_roles AS g ON g.oid = m.roleid WHERE m.member = r.oid)
FROM pg_roles AS r WHERE rolname IN ('app_owner', 'app_reader', 'old_clerk', 'New Clerk') ORDER BY 1
"""


@pytest.fixture(params=[15, 17])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    """A database of a role that is no superuser, on a server that nobody else uses."""
    with scratch_server(request.param) as server:
        server.create_role("clerk_of_plans", "LOGIN CREATEROLE CREATEDB")
        server.create_database("live", owner="clerk_of_plans")
        shell = Shell(tmp_path, server.url("live", "clerk_of_plans"))
        shell.execute(ROLES)
        shell.execute("GRANT app_owner TO clerk_of_plans")
        shell.execute(SCHEMA.format(clerk="old_clerk"))
        with psycopg.connect(server.url("live")) as connection:
            connection.execute("ALTER ROLE old_clerk PASSWORD 'hunter2'")
            connection.execute("GRANT pg_monitor TO clerk_of_plans WITH ADMIN OPTION")
        yield shell


def as_superuser(live: Shell) -> str:
    """The URL of the server's first role, whose name is random."""
    ((name,),) = live.rows("SELECT rolname FROM pg_roles WHERE oid = 10")
    return live.url.replace("clerk_of_plans@", f"{name}@")


def test_there_and_back(live: Shell) -> None:
    before = live.rows(STATE), live.dump()
    live.write("desired_schema/roles.sql", WANTED)
    live.write("desired_schema/shop.sql", SCHEMA.format(clerk='"New Clerk"'))
    assert "--allow irreversible" in live("plan", "--roles", code=3).stderr
    plan = live.plan("--roles", "--allow", "irreversible")
    up = (live.folder / plan / "up.sql").read_text(encoding="utf-8")
    assert 'CREATE ROLE "New Clerk" LOGIN' in up and "DROP ROLE old_clerk" in up
    assert "hunter2" not in "".join(
        (live.folder / plan / name).read_text() for name in ("up.sql", "down.sql", "plan.json")
    )
    live("apply", plan, "--auto-approve", "--allow", "irreversible")
    live("drift", "--roles", "--exit-code")
    live("verify", plan)
    live.execute("ALTER ROLE app_reader CREATEDB")
    assert "app_reader" in live("drift", "--roles", "--exit-code", code=2).stdout
    live.execute("ALTER ROLE app_reader NOCREATEDB")
    live("rollback", plan, "--auto-approve")
    assert (live.rows(STATE), live.dump()) == before


def test_a_superuser_plans(live: Shell) -> None:
    """Memberships that others granted are taken back; what only a superuser may do, too."""
    superuser = Shell(live.folder, as_superuser(live))
    by = (
        " GRANTED BY app_owner"
        if superuser.rows("SELECT current_setting('server_version_num')::int >= 160000")[0][0]
        else ""
    )
    superuser.execute(f"GRANT app_reader TO app_owner WITH ADMIN OPTION; GRANT app_reader TO clerk_of_plans{by}")
    superuser.execute("CREATE ROLE chief SUPERUSER; GRANT SET ON PARAMETER log_statement TO app_owner")
    before = live.rows(STATE)
    live.write("schemadiff.toml", "roles = true\n")
    live.write(
        "desired_schema/shop.sql", "CREATE ROLE app_owner REPLICATION BYPASSRLS; CREATE ROLE clerk_of_plans LOGIN;"
    )
    plan = superuser.plan("--allow", "irreversible,data-loss")
    assert "superusers are left alone: chief" in superuser("show", plan).stdout
    superuser("apply", plan, "--auto-approve", "--allow", "irreversible,data-loss")
    superuser("drift", "--exit-code")
    assert superuser.rows("SELECT rolsuper FROM pg_roles WHERE rolname = 'chief'") == [(True,)]
    superuser("rollback", plan, "--auto-approve")
    assert live.rows(STATE) == before


@pytest.mark.parametrize("live", [17], indirect=True)
def test_a_role_used_elsewhere_is_not_dropped(live: Shell) -> None:
    """Nothing runs where Postgres would refuse in the middle."""
    superuser = as_superuser(live)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("CREATE DATABASE other OWNER old_clerk")
    with psycopg.connect(superuser.replace("/live?", "/other?")) as connection:
        connection.execute("CREATE TABLE t (); ALTER TABLE t OWNER TO old_clerk")
    live.write(
        "desired_schema/shop.sql", ROLES.partition("CREATE ROLE old_clerk")[0] + SCHEMA.format(clerk="app_owner")
    )
    plan = live("plan", "--roles", "--allow", "irreversible", code=3).stdout.strip()
    refused = live("apply", plan, "--auto-approve", "--allow", "irreversible", code=3)
    assert "role old_clerk" in refused.stderr and "1 row names another database" in refused.stderr


@pytest.mark.parametrize("live", [17], indirect=True)
def test_diff_with_proof(live: Shell) -> None:
    """Between a database and files, in both directions; and refused where databases share roles."""
    live.write("to/shop.sql", WANTED + SCHEMA.format(clerk='"New Clerk"'))
    assert 'CREATE ROLE "New Clerk"' in live("diff", "--roles", live.url, "to").stdout
    assert "CREATE ROLE old_clerk" in live("diff", "--roles", "to", live.url).stdout
    assert "share them" in live("diff", "--roles", "--scratch-url", live.url, live.url, "to", code=1).stderr
