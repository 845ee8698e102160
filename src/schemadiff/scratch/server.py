"""The scratch server: throwaway databases on a private Postgres, or on one whose URL is given."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from secrets import token_hex

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from schemadiff.catalog.versions import COPIES_FILES, GUARDS_ROLES
from schemadiff.errors import ScratchError
from schemadiff.scratch.addresses import url_of
from schemadiff.scratch.cluster import Clusters
from schemadiff.scratch.confinement.cell import Cell
from schemadiff.scratch.installing.installation import Installation
from schemadiff.scratch.installing.platform_template import (
    PLATFORM_TEMPLATE,
    load_pack,
    session_at,
)
from schemadiff.scratch.stand_ins.stand_in import StandIn
from schemadiff.scratch.superuser_session import EMPTY_PATH, guards, without_event_triggers


class ScratchServer:
    """A Postgres server to create throwaway databases on; get one from `scratch_server`.

    `version_num` is as the server prints it (170010), `origin` says in words where it comes from, `cell`
    what it is kept from, `platform_template` is the database that holds the platform pack, None for the profile
    plain. With `clusters`, each database has roles of its own, which a copy of it begins with.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        parameters: dict[str, str],
        origin: str,
        cell: Cell,
        *,
        prefix: str = "",
        own: Installation | None = None,
        clusters: Clusters | None = None,
    ) -> None:
        self.version_num = connection.info.server_version
        self.origin = origin
        self.cell = cell
        self.platform_template: str | None = None
        self._connection = connection
        self._parameters = parameters
        self._prefix = prefix
        self._own = own
        self._clusters = clusters
        self._databases: list[str] = []
        self._roles: list[str] = []
        self._passwords = {self.superuser: parameters["password"]} if parameters.get("password") else {}

    @property
    def given(self) -> bool:
        """Whether the server is not ours: everything that we create there must be dropped again."""
        return self._own is None

    @property
    def limits_createrole(self) -> bool:
        """Whether a role with CREATEROLE cannot make itself a member of those that reach out of databases."""
        return not self.given or self.version_num >= GUARDS_ROLES

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
        return url_of(self._parameters_of(database, role or self.superuser), self.name_of(database))

    def superuser_url(self, database: str) -> str:
        """A libpq URL for a superuser's session in `database`, in which nothing of what is there runs by itself.

        Its search path is empty, whatever the database's owner wants sessions to begin with.
        """
        return self._guarded_url(database, self.superuser, guards(self.version_num))

    def guarded_url(self, database: str, role: str) -> str:
        """A libpq URL for `database` as `role`, with an empty search path."""
        return self._guarded_url(database, role, EMPTY_PATH)

    def _guarded_url(self, database: str, role: str, options: str) -> str:
        parameters = self._parameters_of(database, role)
        options = f"{parameters.get('options', '')} {options}".strip()
        return url_of(parameters | {"options": options}, self.name_of(database))

    @contextmanager
    def session_beside(self, database: str) -> Iterator[psycopg.Connection]:
        """A superuser's session in autocommit on the server that holds `database`, in one that holds nothing of it."""
        maintained = self._connection.info.dbname
        cluster = self._clusters and self._clusters.of(database)
        parameters = cluster.parameters if cluster else self._parameters
        options = {"options": guards(self.version_num)}
        with closing(session_at(url_of(parameters | options, maintained))) as connection:
            yield connection

    def _parameters_of(self, database: str, role: str) -> dict[str, str]:
        """How `role` connects to the server that holds `database`."""
        cluster = self._clusters and self._clusters.of(database)
        parameters = cluster.parameters if cluster else self._parameters
        return parameters | {"user": role, "password": self._passwords.get(role, "")}

    def name_of(self, database: str) -> str:
        """The name of `database` on the server: on a given server with a prefix of this run."""
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
        """Creates a database in a cluster of its own: a copy of the template's, if that is one of ours, and renamed."""
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
        """Drops the subscriptions of a database, which could not be dropped otherwise."""
        if names := self.subscriptions(database):
            with (
                closing(session_at(self.superuser_url(database))) as connection,
                connection.transaction(),
                without_event_triggers(connection),
            ):
                for name in map(Identifier, names):
                    connection.execute(SQL("ALTER SUBSCRIPTION {} DISABLE").format(name))
                    connection.execute(SQL("ALTER SUBSCRIPTION {} SET (slot_name = NONE)").format(name))
                    connection.execute(SQL("DROP SUBSCRIPTION {}").format(name))

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

    def add_extension(self, stand_in: StandIn) -> bool:
        """Adds a stand-in for an extension that the server lacks, so that CREATE EXTENSION works.

        False on a given server, or if Postgres allows no such name or version.
        """
        return self._own is not None and self._own.add_extension(stand_in)

    def has_stand_in(self, name: str) -> bool:
        """Whether CREATE EXTENSION would find a stand-in of ours for an extension."""
        return self._own is not None and self._own.has_stand_in(name)

    def add_version(self, name: str, version: str) -> bool:
        """Makes CREATE EXTENSION work for a version that the server lacks: with what its own version holds.

        False on a given server, or if Postgres allows no such name or version.
        """
        query = "SELECT default_version FROM pg_catalog.pg_available_extensions WHERE name = %s"
        known = self._connection.execute(query, [name]).fetchone()
        return self._own is not None and known is not None and self._own.add_version(name, str(known[0]), version)

    def add_platform(self, content: str) -> None:
        """Loads a platform pack into a template database; roles that it creates are dropped by `clean`."""
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
        """Drops the databases and roles that were created on a given server."""
        for name in reversed(self._databases.copy()):
            self.drop_database(name)
        for role in reversed(self._roles):
            # Another run on the same server may still use the role, and will drop it.
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
