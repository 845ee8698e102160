"""Statements that only a superuser may run: rehearsed where the role on live is one, with its rights for them alone."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from archive.project import ProjectFolder
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.desired.loading.harmless import harmless
from schemadiff.desired.reading.parse_tree import parse
from schemadiff.errors import DesiredError
from schemadiff.plans.model import BothWays, Script, Segment, Step
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.rehearsing.failed_step import Failure
from schemadiff.shadow.rehearsing.superuser_rights import Superuser

LIVE = """
CREATE SCHEMA app; CREATE SCHEMA other;
CREATE EXTENSION hstore SCHEMA app; COMMENT ON EXTENSION hstore IS 'pairs';
CREATE FOREIGN DATA WRAPPER wrapper; ALTER FOREIGN DATA WRAPPER wrapper OWNER TO live_chief;
CREATE FUNCTION app.fired() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watchful ON ddl_command_end EXECUTE FUNCTION app.fired();
CREATE EVENT TRIGGER idle ON sql_drop EXECUTE FUNCTION app.fired();
CREATE FUNCTION app.secret() RETURNS int LEAKPROOF IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION app.guess(int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT $1';
CREATE FUNCTION app.named() RETURNS int LANGUAGE sql SET log_min_messages = 'panic' AS 'SELECT 1';
CREATE TYPE app.spell AS RANGE (subtype = int4);
CREATE TEXT SEARCH TEMPLATE app.plain (LEXIZE = dsimple_lexize);
CREATE TABLE app.t (id int PRIMARY KEY);
"""

DESIRED = """
CREATE SCHEMA app; CREATE SCHEMA other;
CREATE EXTENSION hstore SCHEMA other; COMMENT ON EXTENSION hstore IS 'keys and values';
CREATE FOREIGN DATA WRAPPER wrapper OPTIONS (a 'b'); ALTER FOREIGN DATA WRAPPER wrapper OWNER TO live_root;
CREATE FUNCTION app.fired() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watchful ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION app.fired();
CREATE FUNCTION app.named() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE app.spell AS RANGE (subtype = int4); COMMENT ON TYPE app.spell_multirange IS 'several';
CREATE TABLE app.t (id int PRIMARY KEY, more int);
"""


@pytest.fixture
def bare(server: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path) -> ProjectFolder:
    """A database that is migrated by a superuser who is not the one of scratch servers."""
    for role in ("live_root", "live_chief"):
        server.create_role(role, "LOGIN SUPERUSER")
    url = fresh_database(server)
    name = url.partition("@/")[2].partition("?")[0]
    return ProjectFolder(tmp_path, server.url(name, "live_root"))


@pytest.fixture
def live(bare: ProjectFolder) -> ProjectFolder:
    """The same, with what only superusers may make."""
    bare.run(LIVE)
    return bare


def test_a_superuser_of_live_plans_what_only_superusers_may(live: ProjectFolder) -> None:
    plan = live.plan(DESIRED, allow=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE))
    assert plan.proof
    assert plan.proof.holds, plan.proof.objections


COMPILED = """
CREATE SCHEMA app;
CREATE FUNCTION app.next(int) RETURNS int LANGUAGE internal IMMUTABLE AS 'int4inc';
CREATE LANGUAGE other HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
CREATE FUNCTION app.spoken() RETURNS int LANGUAGE other AS 'BEGIN RETURN 1; END';
CREATE AGGREGATE app.ranked(VARIADIC "any" ORDER BY VARIADIC "any")
    (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE TYPE app.number; CREATE FUNCTION app.number_in(cstring) RETURNS app.number LANGUAGE internal STRICT AS 'int4in';
CREATE FUNCTION app.number_out(app.number) RETURNS cstring LANGUAGE internal STRICT AS 'int4out';
CREATE TYPE app.number (INPUT = app.number_in, OUTPUT = app.number_out, LIKE = int4);
"""


def test_code_that_live_has_is_rehearsed(bare: ProjectFolder) -> None:
    bare.run(COMPILED)
    plan = bare.plan("CREATE SCHEMA app", allow=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE))
    assert plan.proof
    assert plan.proof.holds, plan.proof.objections


def test_files_hold_no_code_that_a_server_loads(bare: ProjectFolder) -> None:
    with pytest.raises(DesiredError, match="make it an extension"):
        bare.plan("CREATE SCHEMA app; CREATE FUNCTION app.next(int) RETURNS int LANGUAGE internal AS 'int4inc'")


SETTINGS = """
CREATE SCHEMA app;
CREATE FUNCTION app.bypassed() RETURNS int LANGUAGE sql SET "app.bypass" = 'on' AS 'SELECT 1';
CREATE FUNCTION app.secret() RETURNS int LEAKPROOF IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE app.quiet() LANGUAGE plpgsql SET log_min_messages = 'panic' AS 'BEGIN END';
CREATE FUNCTION app.later() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION app.later() SET app.other = '1';
"""


def test_files_of_a_superuser_may_declare_what_only_superusers_may(bare: ProjectFolder) -> None:
    applied = bare.apply(SETTINGS)
    state = bare.state()
    assert not bare.plan(SETTINGS).up.segments
    bare.apply(SETTINGS + "CREATE TABLE app.t (id int)").rollback()
    assert bare.state() == state
    applied.rollback()


def test_files_of_others_may_not(server: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path) -> None:
    project = ProjectFolder(tmp_path, fresh_database(server, owner="live_plain"))
    with pytest.raises(DesiredError, match=r"permission denied|only superuser"):
        project.plan(SETTINGS)


def test_only_the_plans_own_statements_define_code_as_superuser() -> None:
    sql = Sql("CREATE FUNCTION f(int) RETURNS int LANGUAGE internal AS 'int4inc'")
    step = Step(sql, StepOperation.CREATE, "function", "f(int)")
    scripts = BothWays(Script((Segment((step,)),)), Script(()))
    failure = Failure(step, 1, "permission denied", "42501")
    assert not Superuser("", on_live=True).learns(failure, scripts, frozenset)
    assert not Superuser("", on_live=False).learns(failure, scripts, lambda: {sql})
    assert Superuser("", on_live=True).learns(failure, scripts, lambda: {sql})


SUBSCRIBING = """
CREATE SCHEMA app;
CREATE SUBSCRIPTION feed CONNECTION 'service=set_by_hand' PUBLICATION one WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION feed IS 'from afar';
"""


def test_a_database_that_subscribes_is_rehearsed_with_its_subscriptions(bare: ProjectFolder) -> None:
    bare.run(SUBSCRIBING.replace("connect", "enabled = false, connect"))
    try:
        changed = SUBSCRIBING.replace("PUBLICATION one", "PUBLICATION one, two") + "CREATE TABLE app.t (id int);"
        plan = bare.plan(changed)
    finally:
        bare.run("ALTER SUBSCRIPTION feed DISABLE; DROP SUBSCRIPTION feed")
    assert plan.proof
    assert plan.proof.holds, plan.proof.objections
    assert {step.object for step in plan.up.steps} == {"subscription feed", "table app.t"}


def test_privileges_are_given_by_whoever_gave_them_on_live(bare: ProjectFolder, server: ScratchServer) -> None:
    for role in ("giver", "given"):
        server.create_role(role)
    bare.run("CREATE SCHEMA app; CREATE TABLE app.t (id int)")
    bare.run("GRANT USAGE ON SCHEMA app TO PUBLIC; GRANT SELECT, INSERT ON app.t TO giver WITH GRANT OPTION")
    bare.run("SET ROLE giver; GRANT SELECT ON app.t TO given WITH GRANT OPTION")
    plan = bare.plan(
        "CREATE SCHEMA app; CREATE TABLE app.t (id int); GRANT USAGE ON SCHEMA app TO PUBLIC;"
        "GRANT SELECT ON app.t TO giver, given"
    )
    assert plan.proof
    assert plan.proof.holds, plan.proof.objections


ONLY_FOR_SUPERUSERS = (
    "COMMENT ON TYPE t_multirange IS 'x'",
    "ALTER FOREIGN DATA WRAPPER w OPTIONS (ADD a 'b')",
    "CREATE FUNCTION f() RETURNS int LEAKPROOF LANGUAGE sql AS 'SELECT 1'",
    "DROP TEXT SEARCH TEMPLATE t",
)


@pytest.mark.parametrize("sql", ONLY_FOR_SUPERUSERS)
def test_other_roles_are_refused_what_live_would_refuse(sql: str) -> None:
    assert not harmless(*parse(sql))
    assert harmless(*parse(sql), for_superuser=True)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'lib', 'f'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE \"C\" AS 'lib', 'f'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE 'internal' AS 'int4in'",
        "CREATE LANGUAGE l HANDLER h",
        "ALTER TABLE t ALTER a TYPE int USING f(a)",
        "CREATE INDEX ON t (f(a))",
        "ALTER DOMAIN d ADD CHECK (f(VALUE))",
        "CREATE EVENT TRIGGER e ON login EXECUTE FUNCTION f()",
        "SELECT f()",
        "DO 'BEGIN END'",
        "COPY t FROM PROGRAM 'x'",
        "LOAD 'x'",
    ],
)
def test_what_runs_code_never_has_the_rights_of_a_superuser(sql: str) -> None:
    assert not harmless(*parse(sql), for_superuser=True)


def test_nobody_stays_a_superuser(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    from schemadiff.desired.loading.superuser import SuperuserStatements

    loader_url = fresh_database(server, owner="loader_of_wrappers")
    name = loader_url.partition("@/")[2].partition("?")[0]
    with (
        psycopg.connect(loader_url, autocommit=True) as loader,
        psycopg.connect(server.url(name), autocommit=True) as admin,
    ):
        sql = "CREATE FOREIGN DATA WRAPPER mine"
        SuperuserStatements(admin, loader).execute(sql, *parse(sql), "")
        owned = "SELECT fdwowner::regrole::text, current_user::text FROM pg_foreign_data_wrapper WHERE fdwname = 'mine'"
        assert loader.execute(owned).fetchone() == ("loader_of_wrappers", "loader_of_wrappers")
        assert loader.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        with pytest.raises(psycopg.Error):
            SuperuserStatements(admin, loader).execute("CREATE FOREIGN DATA WRAPPER mine", *parse(sql), "")
        assert loader.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        assert admin.execute("SELECT current_user = session_user").fetchone() == (True,)
