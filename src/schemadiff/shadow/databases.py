"""Shadow databases: databases on a scratch server that hold the desired schema, or live without its rows."""

from collections.abc import Callable, Collection, Iterable, Iterator

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.special_roles import SpecialRoles
from schemadiff.catalog.scope import Scope
from schemadiff.notes import Note, NoteKind
from schemadiff.scratch.baseline.baseline import copy_baseline, copy_settings
from schemadiff.scratch.deputy import Deputy
from schemadiff.scratch.platform import Profile
from schemadiff.scratch.server import ScratchServer
from schemadiff.session import UsersSettings
from schemadiff.shadow.of_live.subscriptions import copy_subscriptions
from schemadiff.shadow.rehearsing.superuser_rights import Superuser

Connection = psycopg.Connection[TupleRow]


BASELINE = "baseline"
"""The shadow database that the others are copies of."""


class ShadowDatabases:
    """Databases on one scratch server that begin alike: the platform, and what live has that files do not declare.

    `role` is the role that plans will run as, `notes` say how the server differs from live. `known_to` is the older of
    the two servers' versions: in its words both are read. Under `settings`, users' code runs.
    """

    def __init__(self, server: ScratchServer, scope: Scope, live: Connection | None, role: str) -> None:
        self.server, self.scope, self.live, self.role = server, scope, live, role
        self.known_to = min(server.version_num, live.info.server_version if live else server.version_num)
        server.create_database(BASELINE, template=server.platform_template)
        self._refused: set[str] = set()
        roles = None if live is None else SpecialRoles.of(live)
        another = role if roles and role != roles.connected else None
        self.settings = UsersSettings.of(live, another) if live else UsersSettings("public")
        self._runs_as_superuser = roles is None or role in roles.superusers
        notes = (*server.cell.notes, *self.prepare(BASELINE))
        self.notes = (*notes, *self._superusers_left_alone(roles)) if roles and scope.roles else notes
        beside_superusers = server.given or role == server.superuser
        self.deputy = Deputy(
            server, self._shared_roles() if server.given else None, beside_superusers=beside_superusers
        )

    def prepare(
        self, database: str, without: Collection[str] = (), then: Callable[[], None] = lambda: None
    ) -> tuple[Note, ...]:
        """Give a new database what all begin with, `without` some of live's roles; `then` may create others.

        Returns how it differs from live.
        """
        if self.live is not None:
            profile: Profile = "supabase" if self.scope.supabase else "plain"
            return copy_baseline(
                self.live, self.server, database, self.role, profile=profile, without=without, then=then
            )
        createrole = " CREATEROLE" if self.server.limits_createrole else ""
        self.server.create_role(self.role, f"LOGIN CREATEDB{createrole}", beside=database)
        then()
        with psycopg.connect(self.server.superuser_url(database), autocommit=True) as connection:
            name = self.server.name_of(database)
            connection.execute(f'ALTER DATABASE "{name}" OWNER TO "{self.role}"'.encode())
        return ()

    def clone(self, source: str, target: str) -> None:
        """Create a database that begins as `source`, with the settings that sessions on live begin with."""
        self.server.create_database(target, template=source, owner=self.role)
        if self.server.subscriptions(source):
            copy_subscriptions(self.server, self.deputy, source, target, self.scope)
        if self.live is not None:
            with self.server.session_beside(target) as beside:
                copy_settings(self.live, beside, self.server.name_of(target), self.role)

    def read(self, database: str) -> Catalog:
        """The catalog of a shadow database, read as the role that plans run as."""
        with psycopg.connect(self.server.url(database, self.role), autocommit=True) as connection:
            return inspect(connection, self.scope, as_known_to=self.known_to)

    def tell(self, notes: Iterable[Note]) -> None:
        """Add to the notes what they do not say yet."""
        self.notes = tuple(dict.fromkeys((*self.notes, *notes)))

    def superuser(self, database: str) -> Superuser:
        """Who runs in a shadow database what only a superuser may."""
        return Superuser(self.server.superuser_url(database), self._runs_as_superuser, self._refused)

    def _shared_roles(self) -> list[str]:
        """The roles of a server that is not ours for which something may be done there: those that live has, too."""
        names = [] if self.live is None else [name for (name,) in self.live.execute("SELECT rolname FROM pg_roles")]
        return [*names, self.role]

    def _superusers_left_alone(self, roles: SpecialRoles) -> Iterator[Note]:
        """A note on the superusers of live, which a scope with roles leaves out."""
        names = [name for name in roles.superusers if name not in (roles.bootstrap, self.role)]
        if names:
            yield Note.of(NoteKind.SUPERUSERS_LEFT_ALONE, ", ".join(names))
