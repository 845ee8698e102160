"""A scratch database as the planner makes one: it belongs to a role that is no superuser."""

import psycopg

from schemadiff.desired.files import Desired
from schemadiff.desired.loading.loading import load_desired
from schemadiff.desired.reading.annotations import Renamed
from schemadiff.scratch.server import ScratchServer

LOADER = "desired_loader"


class Scratch:
    """A database that belongs to a role without any privilege beyond it."""

    def __init__(self, server: ScratchServer, name: str) -> None:
        server.create_role(LOADER, "LOGIN")
        server.create_database(name, owner=LOADER)
        self.server, self.name = server, name
        self.url = server.url(name, LOADER)
        self.admin_url = server.url(name)
        with self.admin() as connection:
            connection.execute(f"GRANT CREATE ON SCHEMA public TO {LOADER}")

    def load(self, desired: Desired) -> tuple[Renamed, ...]:
        return load_desired(desired, self.url, self.server.superuser_url(self.name))

    def admin(self) -> psycopg.Connection:
        return psycopg.connect(self.admin_url, autocommit=True)

    def one(self, query: str) -> object:
        """The only value that a query returns."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]
