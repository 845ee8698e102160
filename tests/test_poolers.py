"""Poolers between us and the server: those that keep a session together serve, others are refused on any port."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session
from schemadiff.connection import _pooled, connect
from schemadiff.errors import Refused
from schemadiff.scratch.server import ScratchServer

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")

with_pgbouncer = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed")


@contextmanager
def pooler(url: str, folder: Path, mode: str, **settings: object) -> Iterator[str]:
    """A pooler in front of a server: the URL of the database through it."""
    with psycopg.connect(url) as connection:
        info = connection.info
        place, database = f"host={info.host} port={info.port} user={info.user}", info.dbname
        account = os.stat(info.host) if info.host.startswith("/") else None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = {"listen_addr": "127.0.0.1", "listen_port": port, "unix_socket_dir": "", "auth_type": "any", **settings}
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        f"[databases]\n* = {place}\n[pgbouncer]\npool_mode = {mode}\n"
        + "".join(f"{name} = {value}\n" for name, value in lines.items())
    )
    who = {"user": account.st_uid, "group": account.st_gid, "extra_groups": ()} if account and not os.geteuid() else {}
    running = subprocess.Popen([str(PGBOUNCER), "-q", str(configuration)], stderr=subprocess.DEVNULL, **who)  # type: ignore[call-overload]
    try:
        for _ in range(100):
            with closing(socket.socket()) as probing:
                if probing.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"postgresql://anybody@127.0.0.1:{port}/{database}"
    finally:
        running.terminate()
        running.wait(10)


@with_pgbouncer
@pytest.mark.parametrize(
    ("mode", "settings"),
    [
        ("transaction", {"default_pool_size": 1}),
        ("transaction", {"default_pool_size": 5}),
        ("transaction", {"default_pool_size": 5, "min_pool_size": 5, "server_round_robin": 1}),
        ("statement", {"default_pool_size": 2}),
    ],
)
def test_what_moves_a_session_is_refused(
    server17: ScratchServer,
    fresh_database: Callable[..., str],
    open_folder: Path,
    mode: str,
    settings: dict[str, object],
) -> None:
    """By every command, and without a setting that stays on somebody else's backend."""
    with pooler(fresh_database(server17), open_folder, mode, **settings) as url:
        for command in ("status", "drift", "plan", "pull"):
            ran = CliRunner().invoke(cli, [command], obj=Session(variables={"DATABASE_URL": url}))
            assert ran.exit_code == 3, ran.output
            assert "is a transaction pooler" in ran.stderr
            assert "connect to the server itself, or to a pool whose mode is session" in ran.stderr
        with psycopg.connect(url, autocommit=True) as other:
            assert other.execute("SHOW search_path").fetchone() == ('"$user", public',)


@with_pgbouncer
@pytest.mark.parametrize("size", [1, 5])
def test_what_keeps_a_session_serves(
    server17: ScratchServer, fresh_database: Callable[..., str], open_folder: Path, size: int
) -> None:
    with pooler(fresh_database(server17), open_folder, "session", default_pool_size=size) as url:
        for _ in range(2):
            with connect(url) as connection:
                assert connection.execute("SHOW search_path").fetchone() == ("",)


@pytest.mark.parametrize(
    ("url", "step"),
    [
        (
            "postgresql://postgres.abcd:secret@aws-0-eu-west-1.pooler.supabase.com:6543/postgres",
            "use postgresql://postgres.abcd@aws-0-eu-west-1.pooler.supabase.com:5432/postgres instead",
        ),
        (
            "host=db.abcd.supabase.co port=6543 user=postgres dbname=postgres password=secret",
            "use postgresql://postgres@db.abcd.supabase.co:5432/postgres instead",
        ),
        ("postgresql://me:secret@pooler.example.com:6432/x", "connect to the server itself"),
    ],
)
def test_the_url_to_use_is_named(url: str, step: str) -> None:
    refused = _pooled(url, Info(url))  # type: ignore[arg-type]
    assert isinstance(refused, Refused)
    assert step in str(refused)
    assert "secret" not in str(refused)


class Info:
    """What a connection says about where it leads."""

    def __init__(self, url: str) -> None:
        found = psycopg.conninfo.conninfo_to_dict(url)
        self.host, self.port = str(found["host"]), int(str(found["port"]))

    @property
    def info(self) -> "Info":
        """Itself."""
        return self
