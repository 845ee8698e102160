"""What a superuser of a scratch server may try to reach beyond it, as SQL; run as a script, as an ordinary user.

The last statement of each attempt has to fail. `{outside}` is a folder of somebody else's that everybody may write to,
with a file `secret` and a library `module.so`; at `{port}` and at `{outside}/socket` somebody listens.
"""

import json
import os
import sys
from pathlib import Path

import psycopg

from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

PROGRAMS = {
    "a program that is written to": ["COPY (SELECT 1) TO PROGRAM 'cat > {outside}/left'"],
    "a program that is read": ["COPY names FROM PROGRAM 'echo a'"],
    "a program with its path": ["COPY names FROM PROGRAM '/bin/echo a'"],
    "the server's own program": ["COPY names FROM PROGRAM 'exec $(readlink /proc/$PPID/exe) --version'"],
    "a program of a foreign table": [
        "CREATE EXTENSION file_fdw",
        "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        "CREATE FOREIGN TABLE program (line text) SERVER files OPTIONS (program 'touch {outside}/left')",
        "SELECT * FROM program",
    ],
    "a program in a definer's trigger": [
        "CREATE FUNCTION run() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
        "$$ BEGIN COPY (SELECT 1) TO PROGRAM 'touch {outside}/left'; RETURN new; END $$",
        "CREATE TABLE run (id int)",
        "CREATE TRIGGER run BEFORE INSERT ON run FOR EACH ROW EXECUTE FUNCTION run()",
        "INSERT INTO run VALUES (1)",
    ],
    "the system's locales": ["SELECT pg_import_system_collations('pg_catalog')"],
    "a library": ["LOAD '{outside}/module.so'"],
    "a function of a library": [
        "CREATE FUNCTION handler() RETURNS language_handler LANGUAGE c AS '{outside}/module.so', 'plpgsql_call_handler'"
    ],
}

FILES = {
    "a file that is written": ["COPY (SELECT 1) TO '{outside}/left'"],
    "a file that is changed": ["COPY (SELECT 1) TO '{outside}/secret'"],
    "a file that is read": ["COPY names FROM '{outside}/secret'"],
    "a file of the user's": ["SELECT pg_read_file('{home}/secret')"],
    "a folder": ["SELECT pg_ls_dir('{outside}')"],
    "the accounts of the machine": ["SELECT pg_read_file('/etc/passwd')"],
    "the environment of the server": ["SELECT pg_read_binary_file('/proc/self/environ')"],
    "the command line of schemadiff": ["SELECT pg_read_binary_file('/proc/{process}/cmdline')"],
    "a file through a path of the data directory": ["SELECT pg_read_file('../../../../../../../../../etc/passwd')"],
    "a large object that is written": [
        "SELECT lo_from_bytea(4711, 'words')",
        "SELECT lo_export(4711, '{outside}/left')",
    ],
    "a large object that is read": ["SELECT lo_import('{outside}/secret')"],
    "a large object that is written by a definer": [
        "CREATE FUNCTION put() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS "
        "$$ BEGIN PERFORM lo_from_bytea(4712, 'words'); PERFORM lo_export(4712, '{outside}/left'); END $$",
        "SELECT put()",
    ],
    "a tablespace": ["CREATE TABLESPACE mine LOCATION '{outside}/empty'"],
    "a file of a foreign table": [
        "CREATE EXTENSION file_fdw",
        "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        "CREATE FOREIGN TABLE file (line text) SERVER files OPTIONS (filename '{outside}/secret')",
        "SELECT * FROM file",
    ],
}

CONNECTIONS = {
    "another server": [
        "CREATE EXTENSION dblink",
        "SELECT dblink_connect('host=127.0.0.1 port={port} connect_timeout=3')",
    ],
    "another server by its name": [
        "CREATE EXTENSION dblink",
        "SELECT dblink_connect('host=localhost port={port} connect_timeout=3')",
    ],
    "another server's socket": [
        "CREATE EXTENSION dblink",
        "SELECT dblink_connect('host={outside}/socket port=5432 connect_timeout=3')",
    ],
    "its own socket": ["CREATE EXTENSION dblink", "SELECT dblink_connect('host={own} user={superuser}')"],
    "a foreign table": [
        "CREATE EXTENSION postgres_fdw",
        "CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '{port}')",
        "CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (user 'a', password 'b')",
        "CREATE FOREIGN TABLE other (id int) SERVER other",
        "SELECT * FROM other",
    ],
    "a publisher": ["CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port={port} connect_timeout=3' PUBLICATION p"],
}

ATTEMPTS = PROGRAMS | FILES | CONNECTIONS


def outcomes(server: ScratchServer, outside: Path, port: int, home: Path) -> dict[str, str]:
    """What the server says to each attempt; nothing where it went through."""
    known = {
        "outside": outside,
        "port": port,
        "home": home,
        "process": os.getpid(),
        "own": socket_of(server),
        "superuser": server.superuser,
    }
    return {name: _outcome(server, [text.format(**known) for text in texts]) for name, texts in ATTEMPTS.items()}


def socket_of(server: ScratchServer) -> Path:
    """The folder of the server's socket."""
    with psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute("SHOW unix_socket_directories").fetchone()
    assert row
    return Path(row[0])


def _outcome(server: ScratchServer, statements: list[str]) -> str:
    server.create_database("attempt")
    try:
        with psycopg.connect(server.url("attempt"), autocommit=True) as connection:
            connection.execute("CREATE TABLE names (name text)")
            for text in statements[:-1]:
                connection.execute(text.encode())
            try:
                connection.execute(statements[-1].encode())
            except psycopg.Error as error:
                return f"{type(error).__name__}: {error}"
        return ""
    finally:
        server.drop_database("attempt")


def run_as(user: int, group: int, major: int, outside: Path, port: int, home: Path) -> None:
    """Print the outcomes of a server that runs as the user, who started it."""
    with scratch_server(major):
        pass  # imports what is needed while it can still be read
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
    with scratch_server(major, cache_dir=home / "cache") as server:
        assert server.cell.holds
        print(json.dumps(outcomes(server, outside, port, home)))


if __name__ == "__main__":
    user, group, major, port = map(int, sys.argv[1:5])
    run_as(user, group, major, Path(sys.argv[5]), port, Path(sys.argv[6]))
