"""Starting a scratch server of our own, or using one whose URL is given."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex

import psycopg

from schemadiff.catalog.versions import USUAL_MAJOR, refuse_unsupported
from schemadiff.connection_string import UNREADABLE, alone, parameters_of
from schemadiff.errors import ScratchError
from schemadiff.scratch.addresses import url_of
from schemadiff.scratch.cluster import Clusters, Household, cluster
from schemadiff.scratch.confinement.cell import GIVEN, cell_here
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.installing.cache import cache_folder
from schemadiff.scratch.installing.installation import Installation, installation, linked
from schemadiff.scratch.installing.platform_template import PLATFORM_TEMPLATE, filled_data_directory, session_at
from schemadiff.scratch.platform import Profile, pack
from schemadiff.scratch.running.account import server_account
from schemadiff.scratch.running.runs import Run
from schemadiff.scratch.running.signals import unwinding_on_termination
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.session_variables import without_session_variables


@contextmanager
def scratch_server(
    major: int = USUAL_MAJOR,
    profile: Profile = "plain",
    url: str | None = None,
    cache_dir: Path | None = None,
    binaries: Sequence[Path] = (),
    *,
    roles_apart: bool = False,
    sandboxed: bool = False,
) -> Iterator[ScratchServer]:
    """A scratch server, removed afterwards.

    With `url`, databases are created on that server and dropped at the end. Otherwise a private server is
    started with programs of `major` (folders `binaries` first), or with the embedded wheel's when there are
    none. `cache_dir` overrides where initialised data directories are kept. With `roles_apart`, each database has
    roles of its own; a given server cannot do that. Raises ScratchError, and with `sandboxed` SandboxMissing where
    the server would run in no sandbox.
    """
    if url and roles_apart:
        raise ScratchError("roles cannot be rehearsed on a given scratch server: all its databases share them")
    if url and sandboxed:
        GIVEN.require()
    with without_session_variables(), unwinding_on_termination():
        own = _own_server(major, profile, cache_dir, binaries, roles_apart, sandboxed)
        with _given_server(url, profile) if url else own as server:
            yield server


@contextmanager
def _own_server(
    major: int, profile: Profile, cache_dir: Path | None, folders: Sequence[Path], roles_apart: bool, sandboxed: bool
) -> Iterator[ScratchServer]:
    account = server_account()
    cell = cell_here(account)
    if sandboxed:
        cell.require()
    cache = cache_folder(account, cache_dir)
    found = find_binaries(major, folders)
    programs = installation(found, cache)
    source = filled_data_directory(programs, cache, profile)
    shared = Household(cache, account, cell)
    with ExitStack() as stack:
        first = stack.enter_context(cluster(source, shared, partial(_view, programs)))
        connection = first.name_superuser()
        stack.callback(connection.close)
        clusters = Clusters(source, shared, first.programs) if roles_apart else None
        if clusters:
            stack.callback(clusters.close)
        server = ScratchServer(
            connection, first.parameters, found.described, cell, own=first.programs, clusters=clusters
        )
        server.platform_template = PLATFORM_TEMPLATE if pack(profile) else None
        owner = os.getpid()
        try:
            yield server
        finally:
            # A forked child that unwinds must leave everything to its parent.
            if os.getpid() != owner:
                stack.pop_all()


def _view(programs: Installation, run: Run) -> Installation:
    """The programs with an extension folder of the server's own."""
    return linked(programs, run.folder / "programs")


@contextmanager
def _given_server(url: str, profile: Profile) -> Iterator[ScratchServer]:
    known = parameters_of(url)
    if known is None:
        raise ScratchError(f"the URL of the scratch server is {UNREADABLE}: write postgresql://user@host:5432/database")
    with closing(session_at(url_of(alone(known), known.get("dbname", "")))) as connection:
        info = connection.info
        refuse_unsupported(info.server_version, "the scratch server")
        if info.parameter_status("is_superuser") != "on":
            raise ScratchError(_no_superuser(connection))
        parameters = alone(known) | {"user": info.user, "host": info.host, "port": str(info.port)}
        server = ScratchServer(connection, parameters, "given URL", GIVEN, prefix=f"schemadiff_{token_hex(4)}_")
        try:
            content = pack(profile)
            if content:
                server.add_platform(content)
            yield server
        finally:
            server.clean()


def _no_superuser(connection: psycopg.Connection) -> str:
    """Why the role of a given server cannot be used, and which one can."""
    query = "SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolsuper AND rolcanlogin ORDER BY 1"
    names = ", ".join(name for (name,) in connection.execute(query))
    return (
        f"role {connection.info.user!r} of the given scratch server is not a superuser, and only one can create roles "
        f"that may do what live's may, and give them objects: name one that is in its URL ({names}; on a local "
        "Supabase stack, supabase_admin has the password of postgres), or give no URL, so that a private server is "
        "started, which needs no rights anywhere"
    )
