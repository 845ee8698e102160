"""Reading the catalog of one shadow database many times."""

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.shadow.databases import ShadowDatabases


class RepeatedReading:
    """Reads a shadow database in one session: to plan the catalog queries takes longer than to run them.

    The session begins with the first reading, and must be closed before the database is copied.
    """

    def __init__(self, shadow: ShadowDatabases, database: str) -> None:
        self._shadow, self._database = shadow, database
        self._session: psycopg.Connection[TupleRow] | None = None

    def read(self) -> Catalog:
        """The catalog as it is now, read as the role that plans run as."""
        shadow = self._shadow
        if self._session is None or self._session.closed:
            self._session = psycopg.connect(shadow.server.url(self._database, shadow.role), autocommit=True)
            self._session.execute("SET plan_cache_mode = force_generic_plan")
        return inspect(self._session, shadow.scope, as_known_to=shadow.known_to, prepared=True)

    def close(self) -> None:
        """End the session."""
        if self._session is not None:
            self._session.close()
            self._session = None
