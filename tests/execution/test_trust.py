"""Questions to the rows of live never run code that others may have changed; what is ours or Postgres' is asked.

A trap warns when it is sprung. Each is first seen to spring on a session without precautions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.execution.gates.rows.asking import findings
from schemadiff.plans.finding import Finding, Unanswered
from schemadiff.scratch.server import ScratchServer

Databases = Callable[..., str]

TRAP = "LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'sprung by %', current_user; RETURN {}; END $$"

GROUND = """
CREATE SCHEMA den AUTHORIZATION burrower;
CREATE SCHEMA yard AUTHORIZATION warden;
GRANT USAGE ON SCHEMA den, yard TO PUBLIC;
SET ROLE burrower;
CREATE FUNCTION den.dig(text) RETURNS text IMMUTABLE {text};
CREATE FUNCTION den.dig(integer) RETURNS integer IMMUTABLE {integer};
CREATE FUNCTION den.holds(text, text) RETURNS boolean IMMUTABLE {boolean};
CREATE OPERATOR den.## (LEFTARG = text, RIGHTARG = text, FUNCTION = den.holds);
CREATE DOMAIN den.nut AS text CHECK (den.dig(VALUE) IS NOT NULL);
CREATE TYPE den.basket AS (nuts den.nut);
CREATE TYPE den.season AS ENUM ('wet', 'dry');
CREATE FUNCTION den.told(den.season) RETURNS text IMMUTABLE {text};
CREATE CAST (den.season AS text) WITH FUNCTION den.told AS ASSIGNMENT;
CREATE FUNCTION den.lower(varchar) RETURNS text IMMUTABLE {text};
CREATE FUNCTION den.climbs() RETURNS boolean IMMUTABLE LANGUAGE plpgsql
    AS $$ BEGIN PERFORM set_config('role', 'none', true); RAISE WARNING 'sprung by %', current_user; RETURN true;
    END $$;
RESET ROLE; SET ROLE warden;
CREATE TABLE yard.tree (id integer PRIMARY KEY, name text, sort varchar(20), season den.season, nut den.nut);
INSERT INTO yard.tree VALUES (1, 'oak', 'Leafy', 'wet'), (2, NULL, 'Bare', 'dry');
GRANT SELECT ON yard.tree TO burrower;
CREATE FUNCTION yard.plain(text) RETURNS text STABLE LANGUAGE sql AS 'SELECT lower($1)';
CREATE FUNCTION yard.moody(text) RETURNS text LANGUAGE sql AS 'SELECT lower($1)';
RESET ROLE
""".format(text=TRAP.format("'x'"), integer=TRAP.format("1"), boolean=TRAP.format("true"))

QUERIES = {
    "function": "SELECT id, den.dig(name) FROM yard.tree",
    "function that leaves its role": "SELECT id FROM yard.tree WHERE den.climbs()",
    "operator": "SELECT id FROM yard.tree WHERE name OPERATOR(den.##) 'x'",
    "cast of a type": "SELECT id FROM yard.tree WHERE season::text IS NULL",
    "check of a domain": "SELECT id FROM yard.tree WHERE name::den.nut IS NULL",
    "constant in an array of a domain": "SELECT id FROM yard.tree WHERE '{hazel}'::den.nut[] IS NULL",
    "constant of a composite type": "SELECT id FROM yard.tree WHERE '(hazel)'::den.basket IS NULL",
}
PLAIN = "SELECT id FROM yard.tree WHERE name IS NULL"
UNDER = {
    "index on a constant": "CREATE INDEX ON yard.tree (den.dig(7))",
    "predicate of an index": "CREATE INDEX ON yard.tree (id) WHERE den.dig(7) = 1",
    "statistics": "CREATE STATISTICS yard.facts ON (den.dig(7)), id FROM yard.tree",
    "index of a child": "CREATE TABLE yard.sapling () INHERITS (yard.tree); CREATE INDEX ON yard.sapling (den.dig(7))",
    "view": "ALTER TABLE yard.tree RENAME TO wood;"
    " CREATE VIEW yard.tree AS SELECT id, den.dig(name) AS name FROM yard.wood OFFSET 0",
}


@dataclass(frozen=True)
class Ground:
    """A database with traps, for one of two roles: the superuser, or the one that owns the tables."""

    url: str
    keeper: str

    def run(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.encode())

    def springs(self, query: str, path: str = "") -> bool:
        """Whether a session without precautions runs into a trap."""
        warned: list[str] = []
        with psycopg.connect(self.keeper, autocommit=True) as connection:
            connection.add_notice_handler(lambda said: warned.append(said.message_primary or ""))
            connection.execute(f"SET search_path = {path or 'pg_catalog'}".encode())
            connection.execute(query.encode())
        return any("sprung" in one for one in warned)

    def asked(self, query: str) -> Finding | None:
        """What a preflight finds, without any trap sprung."""
        preflight = Preflight("table yard.tree", Problem.of(ProblemKind.NULL, "name"), Sql(query))
        warned: list[str] = []
        with psycopg.connect(self.keeper, autocommit=True) as connection:
            connection.add_notice_handler(lambda said: warned.append(said.message_primary or ""))
            found = next(findings(connection, [preflight], "5s"), None)
        assert not warned
        return found


@pytest.fixture(params=["superuser", "owner"])
def ground(server: ScratchServer, fresh_database: Databases, request: pytest.FixtureRequest) -> Ground:
    """On both servers, for both roles."""
    for name in ("burrower", "warden"):
        server.create_role(name, "LOGIN")
    url = fresh_database(server)
    ground = Ground(url, url if request.param == "superuser" else psycopg.conninfo.make_conninfo(url, user="warden"))
    ground.run(GROUND)
    return ground


def test_code_of_others_is_not_run(ground: Ground) -> None:
    """However a query calls it: the plan says what is left to the statement itself."""
    for form, query in QUERIES.items():
        assert ground.springs(query), form
        found = ground.asked(query)
        assert found is not None and found.unanswered is Unanswered.UNTRUSTED, form
        assert found.why.startswith("it may run "), form
        assert found.why.endswith(" of role burrower, which is not trusted on live: the statement itself will tell")


@pytest.mark.parametrize("under", UNDER)
def test_code_of_others_under_a_table_is_not_run(ground: Ground, under: str) -> None:
    """A query that names nothing of others may meet it in the table."""
    ground.run(f"SET ROLE warden; {UNDER[under]}")
    assert ground.springs(PLAIN)
    found = ground.asked(PLAIN)
    assert found is not None and found.unanswered is Unanswered.UNTRUSTED


def test_functions_named_like_those_of_postgres_are_not_found(ground: Ground) -> None:
    """A better match in a schema of the search_path answers to a bare name."""
    query = "SELECT id FROM yard.tree WHERE lower(sort) IS NULL OR name IS NULL"
    assert ground.springs(query, "den, pg_catalog")
    ground.run("ALTER ROLE warden SET search_path = den, pg_catalog")
    found = ground.asked(query)
    ground.run("ALTER ROLE warden RESET search_path")
    assert found is not None and found.count == 1


def test_policies_are_not_run(ground: Ground) -> None:
    """Rows are read past them, or not at all."""
    ground.run(
        "ALTER TABLE yard.tree ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        " CREATE POLICY p ON yard.tree USING (den.dig(1) = 1)"
    )
    found = ground.asked(PLAIN)
    assert found is not None and (found.count == 1 or found.unanswered is Unanswered.ROW_SECURITY)


REACHING_OUT = (
    "lo_export(4711, '/nowhere/x') = 1",
    "query_to_xml('SELECT 1', false, false, '') IS NULL",
    "table_to_xml('yard.tree', false, false, '') IS NULL",
    "pg_read_file('/etc/hostname') IS NULL",
    "pg_ls_dir('/') IS NULL",
    "set_config('role', 'none', true) IS NULL",
    "pg_sleep(0) IS NULL",
    "pg_terminate_backend(1)",
    "nextval('pg_catalog.x') = 1",
    "xmlparse(DOCUMENT '<a/>') IS NULL",
)


def test_functions_of_postgres_that_reach_out_are_not_run(ground: Ground) -> None:
    """Whatever a file declares as a check, nothing but a look at the rows comes of it."""
    for call in REACHING_OUT:
        found = ground.asked(f"SELECT id FROM yard.tree WHERE NOT ({call})")
        assert found is not None and found.unanswered is Unanswered.UNTRUSTED, call


def test_what_is_ours_is_asked(ground: Ground) -> None:
    """Functions of Postgres, types that check nothing, and functions that only we can replace."""
    assert ground.asked("SELECT id FROM yard.tree WHERE name < 'a' OR upper(sort) = 'X' OR id + 1 < 0") is None
    ground.run("CREATE TYPE yard.size AS ENUM ('s'); CREATE DOMAIN yard.word AS text CHECK (VALUE <> '')")
    found = ground.asked("SELECT id FROM yard.tree WHERE name::yard.word IS NULL AND 's'::yard.size IS NOT NULL")
    assert found is not None and found.count == 1
    found = ground.asked("SELECT id FROM yard.tree WHERE yard.plain(name) IS NULL")
    if ground.url == ground.keeper:
        assert found is not None and found.unanswered is Unanswered.UNTRUSTED
        ground.run("ALTER FUNCTION yard.plain OWNER TO CURRENT_USER")
        found = ground.asked("SELECT id FROM yard.tree WHERE yard.plain(name) IS NULL")
    assert found is not None and found.count == 1
    found = ground.asked("SELECT id FROM yard.tree WHERE yard.moody(name) IS NULL")
    assert found is not None and found.unanswered is Unanswered.UNTRUSTED


def test_errors_show_no_value(ground: Ground) -> None:
    """They are told by their kind."""
    found = ground.asked("SELECT id FROM yard.tree WHERE no_such_function('secret', name)")
    assert found is not None and found.why == "its query fails: undefined function (SQLSTATE 42883)"
