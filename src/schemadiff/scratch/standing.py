"""A server on loopback that may outlive the process that starts it: a live database to try with."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from schemadiff.catalog.versions import USUAL_MAJOR
from schemadiff.errors import ScratchError
from schemadiff.scratch.addresses import private, url_of
from schemadiff.scratch.confinement.cell import OPEN
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.installing.cache import cache_folder, is_marked, locked, make_folder, mark
from schemadiff.scratch.installing.data_directory import BOOTSTRAP, copy_data_directory
from schemadiff.scratch.installing.installation import Installation, installation, linked
from schemadiff.scratch.installing.platform_template import PLATFORM_TEMPLATE, filled_data_directory
from schemadiff.scratch.platform import Profile
from schemadiff.scratch.running.account import Account, server_account
from schemadiff.scratch.running.process import ServerProcess, start_server
from schemadiff.scratch.running.runs import data_folder, remove_run, socket_folder
from schemadiff.scratch.running.signals import unwinding_on_termination

OWNER = "postgres"
_ATTEMPTS = 5


@dataclass(slots=True)
class StandingServer:
    """A server on 127.0.0.1 with one database `name`, owned by the role postgres, which is no superuser.

    `superuser_url` reaches it through its private socket. With `keep`, it runs on afterwards.
    """

    name: str
    folder: Path
    port: int
    superuser_url: str
    origin: str
    password: str = field(repr=False)
    keep: bool = False

    @property
    def url(self) -> str:
        """A libpq URL for the database, with its generated password."""
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/{self.name}"


@contextmanager
def standing_server(
    name: str,
    *,
    major: int = USUAL_MAJOR,
    profile: Profile = "plain",
    cache_dir: Path | None = None,
    binaries: Sequence[Path] = (),
) -> Iterator[StandingServer]:
    """Starts a server with a new database `name`; stops and removes it afterwards unless its `keep` is set.

    An earlier server of the same name is stopped and removed first.
    """
    account = server_account()
    cache = cache_folder(account, cache_dir)
    found = find_binaries(major, binaries)
    programs = installation(found, cache)
    source = filled_data_directory(programs, cache, profile)
    folder = cache / "standing" / name
    with unwinding_on_termination():
        make_folder(folder.parent)
        with locked(folder.with_name(f"{name}.lock")):
            stop_standing_server(name, cache_dir=cache_dir)
            sockets = _folder_with_data(folder, source, account)
        try:
            view = linked(programs, folder / "programs")
            process, port = _start(view, folder, sockets, account)
        except BaseException:
            stop_standing_server(name, cache_dir=cache_dir)
            raise
        superuser = private(BOOTSTRAP, sockets, str(port))
        server = StandingServer(
            name,
            folder,
            port,
            superuser_url=url_of(superuser, name),
            origin=found.origin,
            password=token_urlsafe(12),
        )
        try:
            _create_database(server, url_of(superuser, "postgres"), profile)
            yield server
        finally:
            if server.keep:
                process.leave()
            else:
                process.stop()
                remove_run(folder)


def stop_standing_server(name: str, *, cache_dir: Path | None = None) -> None:
    """Stops the server `name` that was kept running, and removes its data; does nothing if there is none."""
    folder = cache_folder(server_account(), cache_dir) / "standing" / name
    if folder.exists() and not is_marked(folder):
        raise ScratchError(f"{str(folder)!r} was not created by schemadiff: remove it yourself")
    remove_run(folder)


def _folder_with_data(folder: Path, source: Path, account: Account | None) -> Path:
    """Makes the server's folder; returns the one for its socket."""
    make_folder(folder)
    mark(folder)
    copy_data_directory(source, data_folder(folder, account), account)
    return socket_folder(folder, account)


def _start(view: Installation, folder: Path, sockets: Path, account: Account | None) -> tuple[ServerProcess, int]:
    """Starts on a port that is free now; if another process takes it meanwhile, on another one."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(ScratchError):
            return _start_on(_free_port(), view, folder, sockets, account)
    return _start_on(_free_port(), view, folder, sockets, account)


def _start_on(
    port: int, view: Installation, folder: Path, sockets: Path, account: Account | None
) -> tuple[ServerProcess, int]:
    settings = {
        "unix_socket_directories": str(sockets),
        "listen_addresses": "127.0.0.1",
        "port": str(port),
    }
    log = folder / "server.log"
    # It answers on TCP, outlives this process, and runs the code of its owner alone.
    process = start_server(view, folder / "data", account=account, log=log, settings=settings, cell=OPEN, lasting=True)
    return process, port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _create_database(server: StandingServer, url: str, profile: Profile) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        owner, password = Identifier(OWNER), Literal(server.password)
        if profile == "plain":
            connection.execute(SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE").format(owner))
        connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(owner, password))
        query = SQL("CREATE DATABASE {} OWNER {}").format(Identifier(server.name), owner)
        if profile == "supabase":
            query += SQL(" TEMPLATE {}").format(Identifier(PLATFORM_TEMPLATE))
        connection.execute(query)
