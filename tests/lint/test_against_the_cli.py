"""Our findings beside those of `supabase db advisors`: each snippet in a database of its own.

Runs where SUPABASE_CLI names the program (version 3.1.0 is the one that was compared); it takes some minutes. What the
two may differ in stands in DIFFERENT, with the reason; docs/lint.md tells it to users.
"""

import json
import os
import socket
import socketserver
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from schemadiff.access.matrix import Access
from schemadiff.api.looking.statistics import read_statistics
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.surroundings import read_surroundings
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import last_name, unquoted
from schemadiff.lint.linting import found_in
from schemadiff.lint.rule import Side
from schemadiff.scratch.server import ScratchServer

from .test_cases import CASES, PREPARED, WRAPPER, platform

__all__ = ["platform"]

CLI = os.environ.get("SUPABASE_CLI", "")

pytestmark = pytest.mark.skipif(not CLI, reason="SUPABASE_CLI names no program")

OURS_ALONE = frozenset({"rls-disabled-in-exposed-schema", "no-grant-in-exposed-schema"})
"""Rules that the advisors do not have."""

NEWER = frozenset({"anon-security-definer-function-executable", "authenticated-security-definer-function-executable"})
"""Rules of the advisors that version 3.1.0 of the CLI does not have."""

OF_THE_API = frozenset(
    {"rls-disabled-in-public", "sensitive-columns-exposed", "auth-users-exposed", "security-definer-view"}
    | {"materialized-view-in-api", "foreign-table-in-api", *NEWER}
)
"""Rules for which the CLI knows no other schema than public, whatever the database says."""

DIFFERENT = {
    ("rls-disabled-in-public", "rls-disabled-in-public", "second"): "the advisors look at no partitioned table",
}
"""Rule, snippet of which rule, which of its snippets: why the two differ."""


@pytest.mark.parametrize("prepared", PREPARED)
@pytest.mark.parametrize("rule", CASES)
def test_findings_are_the_advisors(platform: ScratchServer, rule: str, prepared: str, tmp_path: Path) -> None:
    ours, theirs = _findings(platform, rule, prepared, tmp_path)
    differing = {
        name: (sorted(ours[name]), sorted(theirs[name]))
        for name in ours.keys() | theirs.keys()
        if ours[name] != theirs[name] and name not in OURS_ALONE | NEWER and (name, rule, prepared) not in DIFFERENT
    }
    assert differing == {}


def _findings(
    server: ScratchServer, rule: str, prepared: str, folder: Path
) -> tuple[defaultdict[str, set[str]], defaultdict[str, set[str]]]:
    """What we find and what the CLI finds in the schema of a snippet: names by rule."""
    database, schema = f"judged_{prepared}", "public" if rule in OF_THE_API else rule.replace("-", "_")
    server.create_database(database, template=server.platform_template, owner="postgres")
    try:
        with psycopg.connect(server.superuser_url(database), autocommit=True) as admin:
            admin.execute(WRAPPER.encode())
            admin.execute(f"ALTER DATABASE {server.name_of(database)} SET pgrst.db_schemas = '{schema}'".encode())
            admin.execute(f'SET ROLE postgres; CREATE SCHEMA IF NOT EXISTS "{schema}"'.encode())
            admin.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO anon, authenticated, service_role'.encode())
            for objects in ("TABLES", "SEQUENCES", "FUNCTIONS"):  # snippets grant what they mean
                default = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON {objects}"
                admin.execute(f"{default} FROM anon, authenticated, service_role".encode())
            admin.execute(f'SET search_path = "{schema}", extensions'.encode())
            if CASES[rule][prepared].get("superuser"):
                admin.execute(b"RESET ROLE")
            admin.execute(CASES[rule][prepared]["sql"].encode())
        return _ours(server.url(database, "postgres"), schema), _theirs(
            server.url(database, "postgres"), schema, folder
        )
    finally:
        server.drop_database(database)


def _ours(url: str, schema: str) -> defaultdict[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    with psycopg.connect(url, autocommit=True) as connection:
        scope = Scope.of("supabase")
        access = Access(inspect(connection, scope), read_surroundings(connection, scope))
        for known, one in found_in(Side(access, read_statistics(connection))).values():
            if f"{schema}." in one.object.identity:
                holder = access.catalog.holder(one.object)
                found[known.name].add(unquoted(last_name((holder or one.object.id).name)))
    return found


def _theirs(url: str, schema: str, folder: Path) -> defaultdict[str, set[str]]:
    with _by_network(url) as reached:
        command = [CLI, "db", "advisors", f"--remote={reached}", "--level", "info", "--output-format", "json"]
        run = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    found = defaultdict[str, set[str]](set)
    for one in json.loads(run.stdout)["results"]:
        if str(one["metadata"].get("schema") or "").strip('"') == schema:
            found[one["name"].replace("_", "-")].add(str(one["metadata"]["name"]))
    return found


@contextmanager
def _by_network(url: str) -> Iterator[str]:
    """A URL over the network, which is all that the CLI takes, for a server that listens on a socket of its own."""
    given = conninfo_to_dict(url)
    path = f"{given['host']}/.s.PGSQL.{given['port']}"

    class Forward(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as server:
                server.connect(path)
                back = Thread(target=_copy, args=(server, self.request))
                back.start()
                _copy(self.request, server)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Forward) as forwarding:
        Thread(target=forwarding.serve_forever, daemon=True).start()
        yield f"postgresql://postgres@127.0.0.1:{forwarding.server_address[1]}/{given['dbname']}?sslmode=disable"
        forwarding.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)
