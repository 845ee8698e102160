"""Dumps of a database as desired files: a plan against the database that was dumped is empty."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from schemadiff.connection_string import split_secrets
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.server import ScratchServer

from .conftest import OWNER, Stage
from .shell import Shell

PROJECT = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated;
CREATE SCHEMA billing;
CREATE TYPE billing.state AS ENUM ('open', 'paid');
CREATE TABLE public.account (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, label text);
CREATE TABLE billing.invoice (id bigserial PRIMARY KEY, account uuid REFERENCES public.account, s billing.state,
    key text DEFAULT encode(extensions.gen_random_bytes(8), 'hex'));
ALTER TABLE public.account ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION billing.owns(account uuid) RETURNS bool LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS 'SELECT account = (SELECT auth.uid())';
REVOKE ALL ON FUNCTION billing.owns(uuid) FROM PUBLIC;
CREATE POLICY own ON public.account TO authenticated USING (billing.owns(id));
CREATE TABLE public.closed (id int PRIMARY KEY);
REVOKE ALL ON public.closed FROM anon, authenticated;
CREATE FUNCTION public.only_service() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION public.only_service() FROM PUBLIC, anon, authenticated;
CREATE FUNCTION billing.opened() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER opened AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION billing.opened();
CREATE POLICY "own files" ON storage.objects FOR SELECT TO authenticated USING (bucket_id = 'invoices');
ALTER PUBLICATION supabase_realtime ADD TABLE public.account;
CREATE VIEW public.overview WITH (security_invoker = true) AS SELECT id FROM public.account;
CREATE TABLE public.schema_migrations (version text PRIMARY KEY);
ALTER DEFAULT PRIVILEGES IN SCHEMA billing GRANT SELECT ON TABLES TO authenticated;
"""

MIGRATIONS = """
SET search_path TO "$user", public;

INSERT INTO "schema_migrations" (version) VALUES
('20260102'),
('20260101');
"""

_NUMBERS = count(1)


@pytest.fixture(scope="module", params=[15, 17])
def platform(request: pytest.FixtureRequest, stage_of: Callable[[int], Stage]) -> Iterator[tuple[ScratchServer, str]]:
    """A server with a database of a project on a platform."""
    server = stage_of(request.param).server
    name = f"dumped_{next(_NUMBERS)}"
    server.create_database(name, template=server.platform_template, owner=OWNER)
    with psycopg.connect(server.url(name, OWNER)) as connection:
        connection.execute(PROJECT.encode())
    yield server, name
    server.drop_database(name)


def dump_of(url: str, *options: str) -> str:
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10000
    beside = find_binaries(major).programs / "pg_dump"
    program = beside if beside.is_file() else shutil.which("pg_dump")
    assert program, "no pg_dump of the server's version is installed"
    connection_string, _ = split_secrets(url)
    command = [program, "--schema-only", f"--dbname={connection_string}", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def as_the_platforms_own_command(dump: str) -> str:
    """What its CLI makes of a dump: guards, and comments in place of what it cannot create again."""
    dump = re.sub(r"^CREATE (SCHEMA|TABLE|SEQUENCE) \"", r'CREATE \1 IF NOT EXISTS "', dump, flags=re.M)
    dump = re.sub(r"^CREATE (VIEW|FUNCTION|TRIGGER) \"", r'CREATE OR REPLACE \1 "', dump, flags=re.M)
    commented = r"^(CREATE PUBLICATION \"supabase|COMMENT ON EXTENSION|ALTER PUBLICATION \"supabase_realtime_)"
    return re.sub(commented, r"-- \1", dump, flags=re.M) + "\nRESET ALL;\n"


PLATFORM_SCHEMAS = ("auth", "storage", "realtime", "extensions", "cron", "net", "vault", "graphql", "graphql_public")

CASES: dict[str, tuple[bool, tuple[str, ...], str]] = {
    "as superuser": (True, (), r"passed over in desired_schema/dump.sql: \d+ statements \(\d+ about schema auth"),
    "as the project's role": (False, (), r"about schema storage"),
    "with authorizations": (False, ("--use-set-session-authorization",), r"\d+ SET SESSION AUTHORIZATION"),
    "to be run again": (True, ("--clean",), r"\d+ DROP"),
    "of schemas": (False, ("-n", "public", "-n", "billing"), r"without auth, storage, realtime, supabase_realtime"),
}


ON_EVERY_VERSION = ("as superuser", "of schemas")


@pytest.mark.parametrize("case", CASES)
def test_a_dump_declares_what_was_dumped(platform: tuple[ScratchServer, str], tmp_path: Path, case: str) -> None:
    server, name = platform
    superuser, options, told = CASES[case]
    if server.version_num < 170000 and case not in ON_EVERY_VERSION:
        pytest.skip("dumped alike on all versions: 17 stands for them")
    shell = Shell(tmp_path, server.url(name, OWNER))
    shell.write("desired_schema/dump.sql", dump_of(server.url(name, None if superuser else OWNER), *options))
    output = shell("plan", "--no-color").output
    assert "nothing to do" in output
    assert re.search(told, " ".join(output.split())), output


def test_other_forms_of_dumps(platform: tuple[ScratchServer, str], tmp_path: Path) -> None:
    server, name = platform
    url = server.url(name, OWNER)
    shell = Shell(tmp_path, url)
    left_out = [f"--exclude-schema={schema}" for schema in PLATFORM_SCHEMAS]
    dump = dump_of(url, "--quote-all-identifiers", *left_out)
    shell.write("desired_schema/dump.sql", as_the_platforms_own_command(dump))
    assert "nothing to do" in shell("plan").output
    shell.write("desired_schema/dump.sql", dump_of(url, "--no-privileges", "--no-owner") + MIGRATIONS)
    output = " ".join(shell("plan").output.split())
    assert "nothing to do" in output
    assert "1 INSERT into schema_migrations" in output


def test_what_a_dump_gains_is_granted_to_nobody(platform: tuple[ScratchServer, str], tmp_path: Path) -> None:
    """Live's default privileges would open a new table to anon; the file of a dump does not say so."""
    server, name = platform
    url = server.url(name, OWNER)
    shell = Shell(tmp_path, url)
    dumps = dump_of(url), dump_of(url, "--no-privileges", "--no-owner")
    for number, dump in enumerate(dumps):
        shell.write("desired_schema/dump.sql", f"{dump}\nCREATE TABLE public.fresh (id int);\n")
        up = (tmp_path / shell.plan("--name", f"fresh_{number}", "--no-proof") / "up.sql").read_text()
        assert re.findall(r"^GRANT .*", up, flags=re.M) == []
        assert "FROM anon" in up and "closed" not in up
