"""Roles and what else belongs to the server or the database itself: read when asked for, changed both ways."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

import schemadiff
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds import AROUND_SCHEMAS
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import Project
from schemadiff.difference.diff import diff
from schemadiff.difference.explanation import differences
from schemadiff.planning.planner import script
from schemadiff.plans.model import Plan
from schemadiff.plans.wording import summary
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

PARAMETERS = {"work_mem", "app.key", "wal_level"}
ROLES = {name: f'"Cluster {name} {os.getpid()}"' for name in ("one", "two", "three")}
ONE, TWO, THREE = ROLES.values()
MAKE = f"CREATE ROLE {ONE}; CREATE ROLE {TWO} NOINHERIT; "


def of_database(action: str, what: str = "DATABASE") -> str:
    """ALTER DATABASE, or ALTER ROLE ... IN DATABASE, for the database at hand, whose name `run` fills in."""
    return f"ALTER {what} :here {action};"


STATES = {
    "attributes": (
        "",
        f"CREATE ROLE {ONE}",
        f"CREATE ROLE {ONE} NOINHERIT CREATEROLE CREATEDB LOGIN CONNECTION LIMIT 3 VALID UNTIL '2031-02-03 04:05+00'",
        f"CREATE ROLE {ONE} SUPERUSER REPLICATION BYPASSRLS LOGIN VALID UNTIL 'infinity'",
        f"CREATE ROLE {TWO} LOGIN PASSWORD 'not read'; COMMENT ON ROLE {TWO} IS 'it''s'",
        f"CREATE ROLE {TWO}; COMMENT ON ROLE {TWO} IS 'other'",
    ),
    "memberships": (
        MAKE,
        f"{MAKE} GRANT {ONE} TO {TWO}; GRANT pg_read_all_data TO {ONE}",
        f"{MAKE} GRANT {ONE} TO {TWO} WITH ADMIN OPTION",
        f"{MAKE} CREATE ROLE {THREE}; GRANT {TWO} TO {ONE}; GRANT {THREE} TO {TWO} WITH ADMIN OPTION",
        "",
    ),
    "options of memberships": (
        f"{MAKE} GRANT {ONE} TO {TWO} WITH INHERIT FALSE, SET TRUE",
        f"{MAKE} GRANT {ONE} TO {TWO} WITH INHERIT TRUE, SET FALSE",
        f"{MAKE} GRANT {ONE} TO {TWO} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
    ),
    "settings of roles": (
        MAKE,
        f"{MAKE} ALTER ROLE {ONE} SET work_mem = '8MB'; ALTER ROLE {ONE} SET search_path = \"A,b\", public, ''",
        f"{MAKE} ALTER ROLE {ONE} SET work_mem = '9MB'; ALTER ROLE {TWO} SET app.\"Key\" = E'100% $do$ \\\\ '';'; "
        + of_database("SET work_mem = '7MB'", f"ROLE {ONE} IN DATABASE")
        + of_database("SET app.key = '50% of $do$'", f"ROLE {TWO} IN DATABASE"),
        "",
    ),
    "settings of the database": (
        "",
        of_database("SET work_mem = '8MB'") + of_database('SET search_path = x, "Y z"'),
        of_database("SET work_mem = '9MB'") + of_database("SET timezone = 'Europe/Paris'"),
        of_database("SET search_path = ''") + of_database("SET app.key = '5% $do$ $do_$'"),
    ),
    "privileges on parameters": (
        "",
        f"{MAKE} GRANT SET ON PARAMETER work_mem TO {ONE}; GRANT ALTER SYSTEM ON PARAMETER wal_level TO PUBLIC",
        f"{MAKE} GRANT SET, ALTER SYSTEM ON PARAMETER work_mem TO {ONE} WITH GRANT OPTION; "
        f"GRANT SET ON PARAMETER app.key TO {TWO}",
        f"{MAKE} GRANT SET ON PARAMETER work_mem TO {ONE}",
    ),
    "what is theirs": (
        "CREATE SCHEMA s; CREATE TABLE s.t (a int)",
        f"{MAKE} CREATE SCHEMA s; CREATE TABLE s.t (a int); ALTER TABLE s.t OWNER TO {ONE}; "
        f"GRANT SELECT ON s.t TO {TWO}; "
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO {TWO}; "
        f"CREATE POLICY p ON s.t TO {TWO}; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; "
        f"ALTER FUNCTION s.f() OWNER TO {TWO}",
        f"CREATE ROLE {THREE}; CREATE SCHEMA s; CREATE TABLE s.t (a int); ALTER TABLE s.t OWNER TO {THREE}; "
        f"CREATE POLICY p ON s.t TO {THREE}",
    ),
}
SINCE = {"options of memberships": 160000, "privileges on parameters": 150000}

GIVEN = tuple(url for url in os.environ.get("SCHEMADIFF_TEST_SERVERS", "").split() if url)
"""As in the tests of the corpus."""


NAME = f"cluster_{os.getpid()}"


@pytest.fixture(params=GIVEN or ("server15", "server17"))
def server(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    """One of our own servers, or those at given URLs, for other versions."""
    if request.param in GIVEN:
        with scratch_server(url=request.param) as found:
            yield found
    else:
        yield request.getfixturevalue(request.param)


@pytest.fixture
def database(server: ScratchServer) -> Iterator[Connection[TupleRow]]:
    """A database on a server whose own roles are gone before and after."""
    server.create_database(NAME)
    with psycopg.connect(server.url(NAME), autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        yield connection
        clean(connection)
    server.drop_database(NAME)


def run(connection: Connection[TupleRow], sql: str) -> None:
    connection.execute(sql.replace(":here", f'"{connection.info.dbname}"').encode())


def clean(connection: Connection[TupleRow]) -> None:
    """Take away all that a state made."""
    run(connection, f"DROP SCHEMA IF EXISTS s CASCADE; {of_database('RESET ALL')}")
    if connection.info.server_version >= 150000:
        for parameter in PARAMETERS:
            connection.execute(f"REVOKE ALL ON PARAMETER {parameter} FROM PUBLIC".encode())
    for role in ROLES.values():
        if connection.execute("SELECT 1 FROM pg_roles WHERE quote_ident(rolname) = %s", [role]).fetchone():
            connection.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}".encode())


def made(connection: Connection[TupleRow], state: str) -> Catalog:
    """The catalog after `state` was made from nothing."""
    clean(connection)
    if state:
        run(connection, state)
    return inspect(connection, Scope.of().with_roles())


def apply(connection: Connection[TupleRow], before: Catalog, after: Catalog) -> None:
    for step in script(before, after).steps:
        connection.execute(step.sql.encode())


@pytest.mark.parametrize("name", STATES)
def test_there_and_back(database: Connection[TupleRow], name: str) -> None:
    if database.info.server_version < SINCE.get(name, 0):
        pytest.skip("a later major version has these")
    for first, last in pairwise(STATES[name]):
        after, before = made(database, last), made(database, first)
        assert differences(before, after), "the states do not differ"
        for start, end in ((before, after), (after, before)):
            apply(database, start, end)
            reached = inspect(database, Scope.of().with_roles())
            assert not differences(reached, end)
            assert not script(reached, end).segments


def test_every_field_differs_somewhere(database: Connection[TupleRow]) -> None:
    if database.info.server_version < max(SINCE.values()):
        pytest.skip("a later major version has these")
    seen: set[str] = set()
    for states in STATES.values():
        for first, last in pairwise([made(database, state) for state in states]):
            changes = diff(first, last)
            seen |= {f"{identity.kind}.{field}" for identity, change in changes.items() for field in change.fields}
    every = {f"{kind.KIND}.{field}" for kind in AROUND_SCHEMAS for field in (*kind.ALTERING, *kind.REPLACING)}
    assert not every - seen


def test_a_membership_is_taken_back_from_every_grantor(database: Connection[TupleRow]) -> None:
    if database.info.server_version < 160000:
        pytest.skip("before 16, a membership has one grantor")
    state = f"{MAKE} CREATE ROLE {THREE}; GRANT {ONE} TO {TWO}; "
    without = made(database, f"{MAKE} CREATE ROLE {THREE}; GRANT {ONE} TO {THREE} WITH ADMIN OPTION")
    given = made(database, f"{state} GRANT {ONE} TO {THREE} WITH ADMIN OPTION; GRANT {ONE} TO {TWO} GRANTED BY {THREE}")
    apply(database, given, without)
    assert not differences(inspect(database, Scope.of().with_roles()), without)


def test_nothing_is_read_unless_asked_for(database: Connection[TupleRow]) -> None:
    state = STATES["settings of roles"][2] + of_database("SET work_mem = '8MB'")
    made(database, f"{state}; COMMENT ON ROLE {ONE} IS 'x'")
    catalog = inspect(database, Scope.of())
    assert not any(catalog.rows[kind.KIND] for kind in AROUND_SCHEMAS)
    assert not [name for name in catalog.rows["comment"] if name.startswith("ROLE")]


def test_roles_that_stay_out(database: Connection[TupleRow]) -> None:
    made(database, f"{MAKE} CREATE ROLE {THREE}; GRANT {ONE} TO {TWO}; GRANT {THREE} TO {ONE}")
    plain = inspect(database, Scope.of().with_roles())
    assert set(plain.rows["role"]) >= {ONE, TWO, THREE}
    assert database.info.user not in plain.rows["role"]
    assert not [name for name in plain.rows["role"] if name.startswith("pg_")]
    scope = Scope.of().with_roles([TWO.strip('"')])
    assert Scope.from_lists(scope.as_lists()) == scope
    fewer = inspect(database, scope)
    assert TWO not in fewer.rows["role"]
    assert f"{ONE} TO {TWO}" not in fewer.rows["role membership"]
    assert f"{THREE} TO {ONE}" in fewer.rows["role membership"]


def test_the_password_is_told_to_be_missing(database: Connection[TupleRow]) -> None:
    before, after = made(database, ""), made(database, f"CREATE ROLE {ONE} LOGIN PASSWORD 'secret'")
    (made_step,), (dropped,) = script(before, after).steps, script(after, before).steps
    assert "secret" not in made_step.sql and "without a password" in summary(made_step)
    assert Hazard.IRREVERSIBLE in dropped.hazards


def compared(first: str, second: str, project: Project) -> Plan:
    return schemadiff.diff(first, second, project, proof=False)


def test_two_databases_with_settings(server: ScratchServer, database: Connection[TupleRow], tmp_path: Path) -> None:
    in_database = of_database("SET work_mem = '7MB'", f"ROLE {ONE} IN DATABASE")
    made(database, MAKE + of_database("SET work_mem = '8MB'") + in_database)
    other = f"cluster other {os.getpid()}"
    server.create_database(other)
    try:
        urls = server.url(other), server.url(NAME)
        project = Project.default(tmp_path)
        assert compared(*urls, project).empty
        plan = compared(*urls, replace(project, roles=True))
        assert {step.object for step in plan.up.steps} == {
            "database setting work_mem",
            f"role setting {ONE} IN DATABASE SET work_mem",
        }
        with psycopg.connect(urls[0], autocommit=True) as connection:
            for step in plan.up.steps:
                connection.execute(step.sql.encode())
        assert compared(*urls, replace(project, roles=True)).empty
    finally:
        server.drop_database(other)
