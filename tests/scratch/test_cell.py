"""The cell: whoever rules a scratch server rules no more than its data directory."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from schemadiff.catalog.scope import REACHING_OUT
from schemadiff.errors import SandboxMissing
from schemadiff.scratch.cluster import Household, cluster
from schemadiff.scratch.confinement import landlock, limits, seccomp, wrapping
from schemadiff.scratch.confinement.cell import ESSENTIAL, GIVEN, OPEN, Cell, Guard, Means, cell_here
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.installing.cache import cache_folder
from schemadiff.scratch.installing.installation import installation, linked
from schemadiff.scratch.installing.platform_template import filled_data_directory
from schemadiff.scratch.running.account import server_account
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

from . import escaping

SECRET = "not for everybody\n"
LEFT_ALONE = {"secret", "module.so", "empty", "socket"}

with_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
with_bubblewrap = pytest.mark.skipif(
    not wrapping.bubblewrap_works(server_account()), reason="bubblewrap is not installed, or not allowed to work"
)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@dataclass
class Outside:
    """A folder that is nobody's business, and who came to the sockets of others."""

    folder: Path
    port: int
    visitors: list[str]

    def assert_untouched(self) -> None:
        """Nothing is there that was not before, nothing is gone, nobody came."""
        assert {path.name for path in self.folder.iterdir()} == LEFT_ALONE
        assert (self.folder / "secret").read_text() == SECRET
        assert not list((self.folder / "empty").iterdir())
        assert (self.folder / "empty").stat().st_mode & 0o777 == 0o777
        assert not self.visitors


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    """What lies outside of the cell, open to every user of the machine."""
    folder = Path(tempfile.mkdtemp(prefix="schemadiff-outside-"))
    for name in ("socket", "empty"):
        (folder / name).mkdir()
    (folder / "secret").write_text(SECRET)
    shutil.copy(find_binaries(15).modules / "plpgsql.so", folder / "module.so")
    for path in (folder, *folder.iterdir()):
        path.chmod(0o777)
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix:
        tcp.bind(("127.0.0.1", 0))
        unix.bind(str(folder / "socket" / ".s.PGSQL.5432"))
        (folder / "socket" / ".s.PGSQL.5432").chmod(0o777)
        found = Outside(folder, tcp.getsockname()[1], [])
        for listening, name in ((tcp, "TCP"), (unix, "Unix")):
            listening.listen()
            threading.Thread(target=_receive, args=(listening, found.visitors, name), daemon=True).start()
        yield found
        for listening in (tcp, unix):
            listening.shutdown(socket.SHUT_RDWR)
    shutil.rmtree(folder)


def _receive(listening: socket.socket, visitors: list[str], name: str) -> None:
    while True:
        try:
            visitor, _ = listening.accept()
        except OSError:
            return
        visitor.close()
        visitors.append(name)


@pytest.fixture(scope="module", params=["15-caller", "17-caller", "15-nobody", "17-nobody"])
def outcomes(request: pytest.FixtureRequest, outside: Outside) -> Iterator[dict[str, str]]:
    """What servers said to each attempt: of whoever runs the tests, and of an ordinary user if that is root."""
    major, user = request.param.split("-")
    home = Path(tempfile.mkdtemp(prefix="schemadiff-home-"))
    (home / "secret").write_text(SECRET)
    if user == "caller":
        with scratch_server(int(major)) as server:
            yield escaping.outcomes(server, outside.folder, outside.port, home)
    elif os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    else:
        nobody = pwd.getpwnam("nobody")
        for path in (home, home / "secret", outside.folder / "empty"):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        arguments = [nobody.pw_uid, nobody.pw_gid, major, outside.port, outside.folder, home]
        done = subprocess.run(
            [sys.executable, "-m", "tests.scratch.escaping", *map(str, arguments)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        yield json.loads(done.stdout)
    shutil.rmtree(home)


@with_landlock
@pytest.mark.parametrize("attempt", escaping.ATTEMPTS)
def test_out_of_reach(outcomes: dict[str, str], outside: Outside, attempt: str) -> None:
    words = outcomes[attempt]
    assert words, f"{attempt} is within reach"
    assert not any(told in words for told in ("SyntaxError", "UndefinedFile", "UndefinedObject", "UndefinedTable")), (
        words
    )
    outside.assert_untouched()


NEEDED = {
    "time zones": "SELECT now() AT TIME ZONE 'Europe/Berlin' FROM pg_timezone_names",
    "a locale of the system": "CREATE COLLATION c (provider = libc, locale = 'C.UTF-8')",
    "text search": "SELECT to_tsvector('german', 'Häuser')",
    "cryptography": "CREATE EXTENSION pgcrypto; SELECT digest('a', 'sha256'), crypt('a', gen_salt('bf'))",
    "vectors": "CREATE EXTENSION vector; SELECT '[1,2]'::vector",
    "modules": "CREATE EXTENSION hstore; CREATE EXTENSION btree_gist; SELECT 'a=>1'::hstore",
    "a file beside the server": "CREATE EXTENSION unaccent; SELECT unaccent('é')",
    "XML": "SELECT xpath('/a', '<a/>')",
    "a tablespace in the data directory": "SET allow_in_place_tablespaces = on; CREATE TABLESPACE here LOCATION ''",
    "its own settings": "ALTER SYSTEM SET work_mem = '8MB'; SELECT pg_reload_conf()",
    "rows on disk": "CREATE TABLE t AS SELECT n, repeat('x', 99) FROM generate_series(1, 99999) AS n",
    "files for sorting": "SET work_mem = '64kB'; SELECT n FROM generate_series(1, 99999) AS n ORDER BY md5(n::text)",
}


@pytest.mark.parametrize("statements", NEEDED.values(), ids=NEEDED)
def test_what_a_server_needs_is_within_reach(server: ScratchServer, statements: str) -> None:
    assert server.cell == cell_here(None) or server.cell.means is Means.LANDLOCK
    server.create_database("needs")
    try:
        with psycopg.connect(server.url("needs"), autocommit=True) as connection:
            for text in statements.split("; "):
                connection.execute(text.encode())
    finally:
        server.drop_database("needs")
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("DROP TABLESPACE IF EXISTS here")
            connection.execute("ALTER SYSTEM RESET ALL")
            connection.execute("SELECT pg_reload_conf()")


def test_international_collations(server: ScratchServer) -> None:
    with psycopg.connect(server.url("postgres")) as connection:
        try:
            connection.execute("CREATE COLLATION german (provider = icu, locale = 'de-u-kn')")
        except psycopg.errors.FeatureNotSupported:
            pytest.skip("this Postgres is built without ICU")
        row = connection.execute("SELECT 'a10' > 'a9' COLLATE german").fetchone()
    assert row == (True,)


@with_landlock
@pytest.mark.parametrize("major", [15, 17])
def test_settings_start_no_program(major: int, outside: Outside) -> None:
    """Archiving would run its command as soon as the server starts again."""
    account = server_account()
    cache = cache_folder(account)
    programs = installation(find_binaries(major), cache)
    source = filled_data_directory(programs, cache, "plain")
    shared = Household(cache, account, cell_here(account))
    with cluster(source, shared, lambda run: linked(programs, run.folder / "programs")) as made:
        with made.name_superuser() as session:
            session.autocommit = True
            for setting in (
                "wal_level = replica",
                "archive_mode = on",
                f"archive_command = 'touch {outside.folder}/left'",
                f"archive_cleanup_command = 'touch {outside.folder}/left'",
                f"external_pid_file = '{outside.folder}/left'",
            ):
                session.execute(f"ALTER SYSTEM SET {setting}".encode())
        with made.stopped():
            pass
        with psycopg.connect(made.url, autocommit=True) as session:
            session.execute("CREATE TABLE t ()")
            session.execute("SELECT pg_switch_wal()")
            deadline = time.monotonic() + 20
            while "archive command failed with exit code 127" not in made.run.log.read_text():
                assert time.monotonic() < deadline, "the command was not even tried"
                time.sleep(0.05)
    outside.assert_untouched()


def test_there_is_one_superuser_with_a_random_name(server: ScratchServer) -> None:
    query = "SELECT rolname FROM pg_roles WHERE rolsuper AND rolname !~ '^pg_'"
    major = server.version_num // 10000
    with scratch_server(major) as plain, scratch_server(major, profile="supabase") as other:
        for one in (plain, other):
            with psycopg.connect(one.url("postgres")) as connection:
                assert connection.execute(query).fetchall() == [(one.superuser,)]
                assert connection.execute("SELECT current_user").fetchone() == (one.superuser,)
        assert plain.superuser != other.superuser


@pytest.mark.parametrize("role", REACHING_OUT)
def test_who_may_create_roles_gets_none_that_reaches_out(server: ScratchServer, role: str) -> None:
    """Before 16, CREATEROLE is enough to grant all roles but those of superusers."""
    server.create_role("cell_creator", "LOGIN CREATEROLE")
    with psycopg.connect(server.url("postgres", "cell_creator"), autocommit=True) as connection:
        for statement in (f"GRANT {role} TO cell_creator", f"SET ROLE {role}", f"CREATE ROLE cell_x IN ROLE {role}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_where_roles_are_apart_the_superuser_is_the_same_role() -> None:
    with scratch_server(roles_apart=True) as server:
        server.create_database("one")
        server.create_database("copy", template="one")
        for name in ("one", "copy"):
            with psycopg.connect(server.url(name)) as connection:
                found = connection.execute("SELECT rolname FROM pg_roles WHERE rolsuper").fetchall()
            assert found == [(server.superuser,)]


@on_linux
def test_a_statement_may_take_so_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMORY", 200 * 2**20)
    with scratch_server() as server, psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("SELECT repeat('x', 10 * 1024 * 1024)")
        with pytest.raises(psycopg.errors.OutOfMemory):
            connection.execute("SELECT repeat('x', 300 * 1024 * 1024)")
        connection.execute("SELECT 1")


@on_linux
def test_a_file_may_be_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE", 16 * 2**20)
    with scratch_server() as server, psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        with pytest.raises(psycopg.Error, match="File too large"):
            connection.execute("CREATE TABLE t AS SELECT repeat('x', 999) FROM generate_series(1, 99999)")
        connection.execute("SELECT 1")


@on_linux
def test_the_process_is_limited(server: ScratchServer) -> None:
    process = int((escaping.socket_of(server).parent / "data" / "postmaster.pid").read_text().split()[0])
    told = Path(f"/proc/{process}/limits").read_text()
    assert f"Max data size             {limits.MEMORY} " in told
    assert f"Max file size             {limits.FILE} " in told
    assert "Max core file size        0 " in told
    assert os.geteuid() != 0 or f"Max processes             {limits.PROCESSES} " in told
    assert "NoNewPrivs:\t1" in Path(f"/proc/{process}/status").read_text()


def test_a_thread_that_ends_leaves_its_server_running() -> None:
    servers = []

    def start() -> None:
        manager = scratch_server()
        servers.append((manager, manager.__enter__()))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    ((manager, server),) = servers
    psycopg.connect(server.url("postgres")).close()
    manager.__exit__(None, None, None)


@with_bubblewrap
@pytest.mark.parametrize("major", [15, 17])
def test_bubblewrap_stands_in(monkeypatch: pytest.MonkeyPatch, outside: Outside, major: int, tmp_path: Path) -> None:
    _without_landlock(monkeypatch)
    with scratch_server(major) as server:
        assert server.cell.means is Means.BUBBLEWRAP and server.cell.holds
        assert [
            name
            for name, words in escaping.outcomes(server, outside.folder, outside.port, tmp_path).items()
            if not words
        ] == []
        process = int((escaping.socket_of(server).parent / "data" / "postmaster.pid").read_text().split()[0])
        assert f"Max data size             {limits.MEMORY} " in Path(f"/proc/{process}/limits").read_text()
    assert not Path(f"/proc/{process}").exists() or not Path(f"/proc/{process}/cmdline").read_bytes()
    outside.assert_untouched()


@on_linux
def test_without_any_means_the_plan_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_landlock(monkeypatch)
    monkeypatch.setattr(wrapping, "bubblewrap_works", lambda account: False)
    with scratch_server() as server:
        assert not server.cell.holds
        (note,) = server.cell.notes
    assert str(note).startswith(
        "the scratch server runs in no sandbox: this system has no Landlock, and bubblewrap is not"
    )
    assert "not kept from starting programs, reading and writing files that are not its own" in str(note)
    with (
        pytest.raises(SandboxMissing, match=r"would run without a sandbox.*install bubblewrap"),
        scratch_server(sandboxed=True),
    ):
        raise AssertionError("unreachable")


def _without_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    cell_here.cache_clear()


@pytest.fixture(autouse=True)
def _as_the_system_is() -> Iterator[None]:
    """What a test pretends about the system is forgotten."""
    yield
    cell_here.cache_clear()


def test_a_given_server_is_in_no_cell(server: ScratchServer) -> None:
    with scratch_server(url=server.url("postgres")) as given:
        assert given.cell is GIVEN
    assert GIVEN.notes and "given by URL" in str(GIVEN.notes[0])
    with (
        pytest.raises(SandboxMissing, match="given by URL"),
        scratch_server(url=server.url("postgres"), sandboxed=True),
    ):
        raise AssertionError("unreachable")


@pytest.mark.parametrize(
    ("version", "missing"),
    [
        (1, ["emptying files that are not its own", "ending other processes of its user"]),
        (3, ["ending other processes of its user"]),
        (5, ["ending other processes of its user"]),
        (6, []),
        (9, []),
    ],
)
def test_older_kernels_know_less(monkeypatch: pytest.MonkeyPatch, version: int, missing: list[str]) -> None:
    if not seccomp.available():
        pytest.skip("this machine's system calls are not known")
    monkeypatch.setattr(landlock, "version", lambda: version)
    cell_here.cache_clear()
    found = cell_here(None)
    assert found.holds
    assert [str(guard) for guard in found.missing] == missing
    assert len(found.notes) == bool(missing)


def test_a_cell_is_all_of_the_essential() -> None:
    for guard in ESSENTIAL:
        with pytest.raises(SandboxMissing):
            Cell(Means.LANDLOCK, frozenset(Guard) - {guard}, "a reason").require()
    Cell(Means.LANDLOCK, ESSENTIAL, "a reason").require()
    assert not OPEN.holds
