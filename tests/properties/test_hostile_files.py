"""Random files from a grammar of hostile statements: nothing of them leaves the scratch database.

No file, program, connection, superuser or row outside, whatever is combined: what is done, in whose name, by what it
is set off.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemadiff.desired.files import Desired, read_desired
from schemadiff.desired.loading.loading import load_desired
from schemadiff.errors import SchemadiffError
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

LOADER = "hostile_loader"
BYSTANDER = "hostile_bystander"

ACTS = (
    "COPY (SELECT 1) TO PROGRAM 'touch {outside}/program'",
    "COPY (SELECT 'x') TO '{outside}/file'",
    "CREATE TEMP TABLE IF NOT EXISTS pg_temp.told (t text); COPY pg_temp.told FROM '{outside}/secret'; "
    "CREATE TABLE IF NOT EXISTS public.told AS TABLE pg_temp.told",
    "CREATE TABLE IF NOT EXISTS public.told AS SELECT pg_read_file('{outside}/secret') AS t",
    "CREATE TABLE IF NOT EXISTS public.told AS SELECT pg_ls_dir('{outside}') AS t",
    "CREATE TABLE IF NOT EXISTS public.told AS SELECT query_to_xml('SELECT pg_read_file(''{outside}/secret'')', "
    "true, true, '')::text AS t",
    "PERFORM lo_export(lo_from_bytea(0, 'x'), '{outside}/object')",
    "CREATE TABLE IF NOT EXISTS public.told AS SELECT convert_from(lo_get(lo_import('{outside}/secret')), 'UTF8') AS t",
    "LOAD '{outside}/module.so'",
    "CREATE FUNCTION public.c() RETURNS int LANGUAGE c AS '{outside}/module.so', 'f'",
    "CREATE FUNCTION public.writes(text, text) RETURNS void LANGUAGE internal AS 'pg_file_write'",
    "ALTER SYSTEM SET archive_command = 'touch {outside}/archived'",
    "ALTER DATABASE {bystander} SET session_preload_libraries = '{outside}/module'",
    "ALTER ROLE {chief} SET session_preload_libraries = '{outside}/module'",
    "ALTER ROLE {loader} SUPERUSER",
    "ALTER ROLE {chief} PASSWORD 'x'",
    "CREATE ROLE hostile_chief SUPERUSER LOGIN",
    "GRANT pg_execute_server_program, pg_write_server_files, pg_read_server_files TO {loader}",
    "GRANT {chief} TO {loader}",
    "SET ROLE {chief}",
    "SET SESSION AUTHORIZATION {chief}",
    "PERFORM set_config('session_authorization', '{chief}', false)",
    "DROP DATABASE {bystander}",
    "CREATE TABLESPACE hostile LOCATION '{outside}'",
    "PERFORM dblink_connect('host=127.0.0.1 port={port}')",
    "PERFORM dblink_exec('dbname={bystander} user={chief}', 'UPDATE kept SET v = 2')",
    "CREATE TABLE IF NOT EXISTS public.told AS SELECT * FROM public.far",
    "UPDATE public.far_kept SET v = 2",
    "PERFORM * FROM public.lines",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port={port}' PUBLICATION p",
    "UPDATE pg_catalog.pg_authid SET rolsuper = true",
    "UPDATE pg_catalog.pg_proc SET proowner = 10 WHERE proname = 'act'",
    "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{bystander}'",
)
"""What would be harm, each as a statement of PL/pgSQL."""

NAMES = ("act", "helper")

FUNCTION = """
CREATE OR REPLACE FUNCTION public.{name}() RETURNS void LANGUAGE plpgsql {security} {settings} AS $act$
BEGIN {acts} END $act$
"""

SETTING_OFF = (
    "DO $$ BEGIN PERFORM public.{name}(); END $$",
    "CREATE FUNCTION public.{name}_now(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.{name}(); RETURN $1; END $$",
    "CREATE TABLE public.{name}_t (id int PRIMARY KEY DEFAULT public.{name}_now(1), CHECK (public.{name}_now(2) > 0))",
    "CREATE INDEX ON public.{name}_t (id) WHERE public.{name}_now(3) > 0",
    "CREATE INDEX ON public.{name}_t ((id + public.{name}_now(3)))",
    "DO $$ BEGIN INSERT INTO public.{name}_t VALUES (DEFAULT); END $$",
    "CREATE MATERIALIZED VIEW public.{name}_m AS SELECT public.{name}_now(4) AS n",
    "CREATE DOMAIN public.{name}_d AS int DEFAULT public.{name}_now(5) CHECK (public.{name}_now(value) > 0)",
    "CREATE TABLE public.{name}_p (d public.{name}_d DEFAULT 1,"
    " e int GENERATED ALWAYS AS (public.{name}_now(6)) STORED)",
    "CREATE FUNCTION public.{name}_tr() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.{name}(); RETURN NEW; END $$",
    "CREATE TRIGGER {name} BEFORE INSERT ON public.{name}_t FOR EACH ROW EXECUTE FUNCTION public.{name}_tr()",
    "CREATE FUNCTION public.{name}_ev() RETURNS event_trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.{name}(); END $$",
    "CREATE EVENT TRIGGER {name} ON ddl_command_end EXECUTE FUNCTION public.{name}_ev()",
    "CREATE FUNCTION public.{name}_eq(name, name) RETURNS boolean LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.{name}(); RETURN $1::text OPERATOR(pg_catalog.=) $2::text; END $$",
    "CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.{name}_eq)",
    "CREATE FUNCTION public.{name}_like(name, text) RETURNS boolean LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.{name}(); RETURN $1::text OPERATOR(pg_catalog.~~) $2; END $$",
    "CREATE OPERATOR public.!~~ (LEFTARG = name, RIGHTARG = text, FUNCTION = public.{name}_like)",
    "CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.{name}(); RETURN pg_catalog.lower($1); END $$",
    "CREATE TYPE public.{name}_ty AS (n int)",
    "CREATE FUNCTION public.{name}_cast(int) RETURNS public.{name}_ty LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.{name}(); RETURN ROW($1); END $$",
    "CREATE CAST (int AS public.{name}_ty) WITH FUNCTION public.{name}_cast(int) AS IMPLICIT",
    "CREATE CAST (int AS text) WITHOUT FUNCTION",
    "CREATE TABLE public.{name}_c (a public.{name}_ty DEFAULT 1::public.{name}_ty)",
    "CREATE AGGREGATE public.{name}_sum (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')",
    "CREATE VIEW public.{name}_v AS SELECT public.{name}_now(7) AS n",
    "CREATE RULE r AS ON INSERT TO public.{name}_t DO ALSO SELECT public.{name}()",
    'CREATE SCHEMA IF NOT EXISTS "$user"; CREATE SCHEMA IF NOT EXISTS "{chief}"',
)
"""What makes the functions run, or may when somebody else looks."""

GIVING = (
    "ALTER FUNCTION public.{name}() OWNER TO {owner}",
    "ALTER FUNCTION public.{name}_ev() OWNER TO {owner}",
    "ALTER EVENT TRIGGER {name} OWNER TO {owner}",
    "ALTER MATERIALIZED VIEW public.{name}_m OWNER TO {owner}",
    "ALTER TABLE public.{name}_t OWNER TO {owner}",
    "ALTER FUNCTION pg_catalog.pg_read_file(text) OWNER TO {loader}",
    "ALTER FUNCTION pg_catalog.lo_export(oid, text) OWNER TO CURRENT_USER",
    "ALTER SCHEMA pg_catalog OWNER TO {loader}",
    "ALTER DATABASE {bystander} OWNER TO {loader}",
    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text), pg_catalog.lo_import(text) TO {loader}",
    "DO $$ DECLARE chief name; BEGIN FOR chief IN SELECT rolname FROM pg_roles WHERE rolsuper LOOP BEGIN "
    "EXECUTE format('ALTER FUNCTION public.{name}() OWNER TO %I', chief); "
    "EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$",
    "ALTER FUNCTION public.{name}() SUPPORT pg_catalog.text_starts_with_support",
    "ALTER FUNCTION public.{name}_now(int) LEAKPROOF",
)

REACHING = (
    "CREATE EXTENSION dblink SCHEMA public",
    "CREATE EXTENSION adminpack",
    "CREATE EXTENSION lo; CREATE EXTENSION file_fdw; CREATE EXTENSION postgres_fdw",
    "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '{port}')",
    "CREATE SERVER near FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{socket}', dbname '{bystander}')",
    "CREATE SERVER here FOREIGN DATA WRAPPER file_fdw",
    "CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'x', password 'y')",
    "CREATE USER MAPPING FOR CURRENT_USER SERVER near OPTIONS (user '{chief}', password_required 'false')",
    "CREATE FOREIGN TABLE public.far (t text) SERVER far",
    "CREATE FOREIGN TABLE public.far_kept (v int) SERVER near OPTIONS (table_name 'kept')",
    "CREATE FOREIGN TABLE public.lines (t text) SERVER here OPTIONS (program 'touch {outside}/foreign')",
    "IMPORT FOREIGN SCHEMA public FROM SERVER far INTO public",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port={port}' PUBLICATION p WITH (connect = true)",
    "CREATE LANGUAGE plperlu; CREATE EXTENSION plpython3u",
    "SET search_path = public, pg_catalog",
    "SET session_replication_role = replica",
    "COPY (SELECT 1) TO PROGRAM 'touch {outside}/plain'",
)


@dataclass
class World:
    """What lies outside of the scratch database."""

    server: ScratchServer
    folder: Path
    port: int
    visitors: list[str] = field(default_factory=list)

    @property
    def words(self) -> dict[str, object]:
        """What the grammar's words mean here."""
        with psycopg.connect(self.server.url(BYSTANDER)) as connection:
            place = connection.info.host
        return {
            "outside": self.folder, "port": self.port, "socket": place, "loader": LOADER, "bystander": BYSTANDER,
            "chief": f'"{self.server.superuser}"',
        }  # fmt: skip

    def state(self) -> object:
        """All that must stay as it is, and what databases could have been told."""
        files = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        with psycopg.connect(self.server.url(BYSTANDER)) as connection:
            queries = (
                "SELECT rolname FROM pg_authid WHERE rolsuper OR rolpassword IS NOT NULL ORDER BY 1",
                "SELECT roleid::regrole, member::regrole FROM pg_auth_members "
                "WHERE roleid::regrole::text ~ 'pg_(read_server|write_server|execute)' ORDER BY 1, 2",
                "SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting ORDER BY 1, 2",
                "SELECT spcname FROM pg_tablespace ORDER BY 1",
                "SELECT datname, datdba::regrole FROM pg_database WHERE datname = 'hostile_bystander'",
                "SELECT name, setting FROM pg_file_settings WHERE sourcefile ~ 'auto.conf'",
                "TABLE kept",
            )
            rows = [connection.execute(query.encode()).fetchall() for query in queries]
        return files, rows, list(self.visitors)


@pytest.fixture(params=[15, 17])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A server of its own: files of other tests are not hostile."""
    folder = Path(tempfile.mkdtemp(prefix="schemadiff-outside-"))
    (folder / "secret").write_text("not for everybody")
    folder.chmod(0o777)
    with scratch_server(major=request.param) as server, _listening(server, folder) as found:
        yield found
    shutil.rmtree(folder)


@contextmanager
def _listening(server: ScratchServer, folder: Path) -> Iterator[World]:
    server.create_role(LOADER, "LOGIN CREATEDB CREATEROLE")
    server.create_database(BYSTANDER)
    with psycopg.connect(server.url(BYSTANDER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS v; GRANT ALL ON kept TO PUBLIC")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = World(server, folder, listening.getsockname()[1])
        thread = Thread(target=_receive, args=(listening, found.visitors))
        thread.start()
        yield found
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def _receive(listening: socket.socket, visitors: list[str]) -> None:
    while True:
        try:
            visitor, address = listening.accept()
        except OSError:
            return
        visitor.close()
        visitors.append(str(address))


def functions() -> st.SearchStrategy[list[str]]:
    """A function that tries some acts, whether one fails or not."""
    return st.builds(
        lambda name, acts, security, settings: [
            FUNCTION.format(
                name=name,
                security=security,
                settings=settings,
                acts=" ".join(f"BEGIN {act}; EXCEPTION WHEN OTHERS THEN NULL; END;" for act in acts),
            )
        ],
        st.sampled_from(NAMES),
        st.lists(st.sampled_from(ACTS), min_size=4, max_size=12, unique=True),
        st.sampled_from(("", "SECURITY DEFINER", "SECURITY DEFINER")),
        st.sampled_from(("", "SET search_path = public", "SET statement_timeout = 0")),
    )


def statements(of: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    """Some of them, about one function and one new owner, in their order or mixed."""
    owners = st.sampled_from(("{chief}", "{loader}", "pg_database_owner", "postgres", "pg_execute_server_program"))
    chosen = st.lists(st.sampled_from(of), max_size=most, unique=True)
    return st.builds(
        lambda found, name, owner, mixed: [
            text.replace("{name}", name).replace("{owner}", owner)
            for text in (found if mixed else sorted(found, key=of.index))
        ],
        chosen,
        st.sampled_from(NAMES),
        owners,
        st.booleans(),
    )


FILES = st.tuples(
    statements(REACHING, 6), functions(), functions(), statements(GIVING, 4), statements(SETTING_OFF, 14),
    statements(GIVING, 3), statements(SETTING_OFF, 6),
).map(lambda parts: [text for part in parts for text in part])  # fmt: skip


def readable(texts: list[str], folder: Path) -> Desired:
    """What may stand in desired files at all: the others are refused before a server sees them."""
    kept = []
    for text in texts:
        (folder / "one.sql").write_text(text)
        try:
            read_desired(folder / "one.sql", None)
        except SchemadiffError:
            continue
        kept.append(text)
    (folder / "one.sql").write_text(";\n".join(kept))
    return read_desired(folder / "one.sql", None)


def test_nothing_leaves_the_scratch_database(world: World, tmp_path: Path) -> None:
    numbers, words = count(), world.words
    before = world.state()

    @settings(
        max_examples=int(os.environ.get("HOSTILE_EXAMPLES", "25")),
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(FILES)
    def loaded(texts: list[str]) -> None:
        desired = readable([_filled(text, words) for text in texts], tmp_path)
        name = f"hostile_{next(numbers)}"
        world.server.create_database(name, owner=LOADER)
        try:
            with psycopg.connect(world.server.url(name)) as connection:
                connection.execute(f"GRANT CREATE ON SCHEMA public TO {LOADER}".encode())
            try:
                load_desired(desired, world.server.url(name, LOADER), world.server.url(name))
            except SchemadiffError as error:
                assert "not for everybody" not in str(error)
            assert world.state() == before
            assert told(world.server.url(name)) is None
        finally:
            world.server.drop_database(name)

    loaded()


def told(url: str) -> object:
    """What a file learned of the world outside, if it did."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.told')").fetchone() == (None,):
            return None
        return connection.execute("SELECT t FROM public.told WHERE t::text ~ 'not for|secret'").fetchone()


def _filled(text: str, words: dict[str, object]) -> str:
    for word, meaning in words.items():
        text = text.replace(f"{{{word}}}", str(meaning))
    return text
