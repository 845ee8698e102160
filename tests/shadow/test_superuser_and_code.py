"""No session of a superuser's on the scratch server runs code of files or of live, and none gets such rights."""

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest

import schemadiff
from archive.project import ProjectFolder
from schemadiff.api.session import live_and_shadow
from schemadiff.catalog.scope import REACHING_OUT, Scope
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import Script, Segment, Step
from schemadiff.proof.proof import REHEARSAL, WATCHED
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY
from schemadiff.shadow.rehearsing.rehearsal import rehearse

from .traps import ORDERED, SPRINGS, TRAPS, sprung

MADE = ("desired", COPY, REHEARSAL, WATCHED)
CHANGED = "CREATE TABLE public.more (id int PRIMARY KEY); ALTER TABLE public.more OWNER TO trapped;"


@pytest.fixture(scope="module", params=[15, 17])
def lasting(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    """A scratch server that is still there after a plan."""
    with scratch_server(major=request.param) as server:
        yield server


@pytest.fixture
def trapped(
    lasting: ScratchServer,
    server15: ScratchServer,
    server17: ScratchServer,
    fresh_database: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ProjectFolder]:
    """A project whose plans are made on that server; its database belongs to a superuser of live's."""
    live = server15 if lasting.version_num < 160000 else server17
    live.create_role("trapper", "LOGIN SUPERUSER")
    live.create_role("trapped")
    url = fresh_database(live)
    name = url.partition("@/")[2].partition("?")[0]
    monkeypatch.setattr(live_and_shadow, "scratch_server", lambda *_, **__: nullcontext(lasting))
    yield ProjectFolder(tmp_path, live.url(name, "trapper"))
    for database in (*MADE, "renamed", BASELINE):
        lasting.drop_database(database)


def test_no_other_sessions_of_superusers_are_opened() -> None:
    for path in Path(schemadiff.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and re.search(r"\bserver\.url$", ast.unparse(node.func)):
                assert len(node.args) == 2, f"{path.name}: {ast.unparse(node)} is not guarded"


def plan(project: ProjectFolder, desired: str) -> None:
    """Make a plan, as far as it goes."""
    project.plan(desired, allow=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE))


def springs(server: ScratchServer) -> dict[str, int | None]:
    """The traps in each database that a plan makes that a superuser stepped on."""
    return {database: sprung(server.superuser_url(database)) for database in MADE if server.has_database(database)}


def test_files(trapped: ProjectFolder, lasting: ScratchServer) -> None:
    trapped.run("CREATE TABLE public.old (id int PRIMARY KEY); ALTER TABLE public.old OWNER TO trapped")
    path = (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database());"
        " END $$; SET search_path = public, pg_catalog;"
    )
    plan(trapped, TRAPS + path + "CREATE TABLE public.old (id int PRIMARY KEY);" + CHANGED)
    assert springs(lasting) == dict.fromkeys(MADE)


def test_definitions_of_live(trapped: ProjectFolder, lasting: ScratchServer) -> None:
    trapped.run(TRAPS)
    if lasting.version_num >= 170000:
        trapped.run("CREATE EVENT TRIGGER entering ON login EXECUTE FUNCTION public.on_ddl()")
    trapped.run(CHANGED.replace("more", "owned"))
    plan(trapped, TRAPS + CHANGED)
    assert springs(lasting) == dict.fromkeys(MADE)


OWN = """
CREATE FUNCTION public.own() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS
  $$ BEGIN RETURN public.spring(60); END $$
"""

SCRIPTS = {
    "the role becomes a superuser": ["ALTER ROLE rehearser SUPERUSER", "SELECT public.spring(61)"],
    "another one does": ["CREATE ROLE chief SUPERUSER", "SET ROLE chief", "SELECT public.spring(62)"],
    "a role may run programs": ["GRANT pg_execute_server_program TO rehearser"],
    "a role begins with such rights": ["CREATE ROLE runner IN ROLE pg_write_server_files ROLE rehearser"],
    "a group gets members": ["ALTER GROUP pg_read_server_files ADD USER rehearser"],
    "a block does it": ["DO $$ BEGIN EXECUTE 'GRANT pg_execute_server_program TO rehearser'; END $$"],
    "a block makes a role that may": ["DO $$ BEGIN CREATE ROLE runner IN ROLE pg_write_server_files; END $$"],
    "a role loads code": ["ALTER ROLE rehearser SET session_preload_libraries = 'auto_explain'"],
    "a role may load code": ["GRANT SET ON PARAMETER session_preload_libraries TO rehearser"],
    "two statements in one": ["COMMENT ON EXTENSION plpgsql IS 'x'; SELECT public.spring(63)"],
    "a statement behind a comment": ["CREATE SCHEMA behind /* ; */ ; SELECT public.spring(64)"],
    "a function is given to who asks": [
        OWN,
        "ALTER FUNCTION public.own() OWNER TO SESSION_USER",
        "SELECT public.own()",
    ],
    "a function is given to all": [
        OWN,
        "DO $$ DECLARE r name; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolsuper LOOP"
        " EXECUTE format('REASSIGN OWNED BY rehearser TO %I', r); END LOOP; END $$",
        "SELECT public.own()",
    ],
    "a function of the system is taken": ["ALTER FUNCTION pg_catalog.lo_export(oid, text) OWNER TO rehearser"],
    "a default is a value of our type": [
        "CREATE FUNCTION public.f(public.span DEFAULT '[1,2)') RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1'"
    ],
    "a filter of a publication": [
        "CREATE PUBLICATION p FOR TABLES IN SCHEMA public, TABLE public.spans WHERE (span = '[1,2)')"
    ],
    "the session is another one's": ["RESET SESSION AUTHORIZATION", "RESET ROLE", "SELECT public.spring(65)"],
}


@pytest.fixture(scope="module")
def rehearsed(lasting: ScratchServer) -> Iterator[ShadowDatabases]:
    """Shadow databases for a role that is a superuser on live."""
    shadow = ShadowDatabases(lasting, Scope(), None, "rehearser")
    yield shadow
    lasting.drop_database(BASELINE)


@pytest.mark.parametrize("statements", SCRIPTS.values(), ids=SCRIPTS)
def test_scripts(rehearsed: ShadowDatabases, lasting: ScratchServer, statements: list[str]) -> None:
    rehearsed.clone(BASELINE, "scripts")
    try:
        with psycopg.connect(lasting.url("scripts"), autocommit=True) as admin:
            admin.execute((SPRINGS + ORDERED + "GRANT ALL ON SCHEMA public TO rehearser").encode())
            admin.execute("ALTER SEQUENCE public.met RESTART; GRANT ALL ON public.met TO PUBLIC")
        steps = tuple(Step(Sql(sql), StepOperation.RUN, "statement", "x") for sql in statements)
        superuser = rehearsed.superuser("scripts")
        superuser.refused.update(statements)  # as if Postgres had refused them before
        for transactional in (True, False):
            rehearse(
                Script((Segment(steps, transactional=transactional),)), lasting.url("scripts", "rehearser"), superuser
            )
        with psycopg.connect(lasting.superuser_url("scripts"), autocommit=True) as admin:
            assert admin.execute(RIGHTS.encode(), [list(REACHING_OUT)]).fetchall() == []
        assert sprung(lasting.superuser_url("scripts")) is None
    finally:
        lasting.drop_database("scripts")


RIGHTS = """
    SELECT rolname FROM pg_roles
    WHERE rolname IN ('rehearser', 'chief', 'runner') AND (rolsuper OR rolconfig IS NOT NULL)
    UNION ALL SELECT roleid::regrole::text FROM pg_auth_members WHERE roleid::regrole::text = ANY (%s)
    UNION ALL SELECT p.proname FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner
    WHERE p.proname = 'own' AND r.rolsuper OR p.oid < 16384 AND NOT r.rolsuper
"""
"""What no script may leave: rights, settings that load code, functions with others' rights."""
