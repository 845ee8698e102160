"""Files of a pull request, and definitions of others on live, that try to reach the machine on which a DBA plans."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from schemadiff.scratch.server import ScratchServer

from .shell import Shell

REACH = """
CREATE FUNCTION public.reach() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  BEGIN COPY (SELECT 1) TO PROGRAM 'touch {outside}/program'; EXCEPTION WHEN OTHERS THEN NULL; END;
  BEGIN COPY (SELECT 1) TO '{outside}/file'; EXCEPTION WHEN OTHERS THEN NULL; END;
  BEGIN PERFORM lo_export(lo_from_bytea(0, 'words'), '{outside}/object'); EXCEPTION WHEN OTHERS THEN NULL; END;
  BEGIN EXECUTE 'COMMENT ON SCHEMA public IS ' || quote_literal(pg_read_file('{outside}/secret'));
  EXCEPTION WHEN OTHERS THEN NULL; END;
END $$;
"""

FILES = {
    "a function is given to whoever is superuser": """
        DO $$ DECLARE chief name;
        BEGIN
          FOR chief IN SELECT rolname FROM pg_roles WHERE rolsuper LOOP
            BEGIN EXECUTE format('ALTER FUNCTION public.reach() OWNER TO %I', chief);
            EXCEPTION WHEN OTHERS THEN NULL; END;
          END LOOP;
        END $$;
        DO $$ BEGIN PERFORM public.reach(); END $$;
    """,
    "operators stand before those of the system": """
        CREATE FUNCTION public.same(name, name) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN PERFORM public.reach(); RETURN $1::text OPERATOR(pg_catalog.=) $2::text; END $$;
        CREATE FUNCTION public.same(name, text) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN PERFORM public.reach(); RETURN $1::text OPERATOR(pg_catalog.=) $2; END $$;
        CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.same);
        CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.same);
    """,
    "functions of the system are taken over": """
        ALTER FUNCTION pg_catalog.pg_read_file(text) OWNER TO CURRENT_USER;
        ALTER FUNCTION pg_catalog.lo_export(oid, text) OWNER TO CURRENT_USER;
        DO $$ BEGIN PERFORM public.reach(); END $$;
    """,
    "constants are computed wherever an object is created": """
        CREATE FUNCTION public.one(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
        BEGIN PERFORM public.reach(); RETURN 1; END $$;
        CREATE TABLE public.t (id int PRIMARY KEY DEFAULT public.one(1), CHECK (public.one(2) > 0));
        CREATE INDEX i ON public.t (id) WHERE public.one(3) > 0;
        CREATE MATERIALIZED VIEW public.v AS SELECT public.one(4) AS one;
    """,
    "a trigger waits for whoever changes the schema": """
        CREATE FUNCTION public.on_change() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM public.reach(); END $$;
        CREATE EVENT TRIGGER on_change ON ddl_command_end EXECUTE FUNCTION public.on_change();
        CREATE TABLE public.t ();
    """,
}

ON_LIVE = """
CREATE TABLE mine.t (id int, CHECK (mine.trap(1)));
CREATE INDEX i ON mine.t (id) WHERE mine.trap(2);
CREATE MATERIALIZED VIEW mine.v AS SELECT mine.trap(3) AS trap;
CREATE DOMAIN mine.d AS int CHECK (mine.trap(value)); CREATE TABLE mine.u (d mine.d DEFAULT 1);
"""


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that every user of the machine may write to."""
    folder = Path(tempfile.mkdtemp(prefix="schemadiff-outside-"))
    folder.chmod(0o777)
    (folder / "secret").write_text("not for everybody")
    yield folder
    shutil.rmtree(folder)


def planned(url: str, project: Path, files: str) -> str:
    """All that a plan says and writes, whatever comes of it."""
    (project / "desired_schema").mkdir()
    (project / "desired_schema" / "a.sql").write_text(files)
    shell = Shell(project, url)
    with shell.start("plan", "--require-sandbox") as process:
        stdout, stderr = process.communicate(timeout=300)
    assert "Traceback" not in stderr
    written = [path.read_text() for path in (project / "plans").rglob("*") if path.suffix in (".sql", ".md", ".json")]
    return "\n".join([stdout, stderr, *written])


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_files_reach_nothing(
    server: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path, outside: Path, files: str
) -> None:
    url = fresh_database(server, owner="reached_owner")
    told = planned(url, tmp_path, REACH.format(outside=outside) + files)
    assert os.listdir(outside) == ["secret"]
    assert "not for everybody" not in told


def test_definitions_of_others_on_live_reach_nothing(
    server: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path, outside: Path
) -> None:
    """The role that plans is a superuser on live; whoever owns schema `mine` is not."""
    url = fresh_database(server)
    server.create_role("reached_stranger", "LOGIN")
    with psycopg.connect(url) as chief:
        chief.execute("CREATE SCHEMA mine AUTHORIZATION reached_stranger")
    own = url.replace(f"//{server.superuser}@", "//reached_stranger@")
    with psycopg.connect(own) as stranger:
        stranger.execute(REACH.replace("public.reach", "mine.reach").format(outside=outside).encode())
        stranger.execute(
            b"CREATE FUNCTION mine.trap(int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS "
            b"$$ BEGIN PERFORM mine.reach(); RETURN true; END $$"
        )
        stranger.execute(ON_LIVE.encode())
    told = planned(url, tmp_path, "CREATE SCHEMA mine; CREATE TABLE mine.ours (id int);")
    assert os.listdir(outside) == ["secret"]
    assert "not for everybody" not in told
