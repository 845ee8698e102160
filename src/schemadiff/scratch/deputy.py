"""A role that acts on a scratch server for all others but superusers: what it runs meets code of files and of live."""

from collections.abc import Collection
from secrets import token_hex

from psycopg.sql import SQL, Identifier

from schemadiff.catalog.scope import REACHING_OUT, ROWS_ROLE
from schemadiff.scratch.server import ScratchServer

_NOT_YET = r"""
SELECT r.rolname FROM pg_catalog.pg_roles AS r
WHERE NOT r.rolsuper AND r.rolname <> ALL (%(left_out)s)
  AND (%(of)s::text[] IS NULL OR r.rolname = ANY (%(of)s))
  AND (r.rolname !~ '^pg_' OR r.rolname IN ('pg_read_all_data', 'pg_write_all_data'))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members AS m JOIN pg_catalog.pg_roles AS d ON d.oid = m.member
                  WHERE m.roleid = r.oid AND d.rolname = %(deputy)s)
ORDER BY 1
"""


class Deputy:
    """A member of all roles of a server that are no superusers, or of those `of` which it may be one; no superuser.

    With `beside_superusers`, others than the scratch server's own own objects there as on live.
    """

    def __init__(
        self, server: ScratchServer, of: Collection[str] | None = None, *, beside_superusers: bool = False
    ) -> None:
        self.name = f"{ROWS_ROLE}{token_hex(4)}"
        self.beside_superusers = beside_superusers
        self._server, self._of = server, of
        self._appointed: set[str] = set()

    def url(self, database: str) -> str:
        """A libpq URL for its session in a database, with an empty search path."""
        if database not in self._appointed:
            self.appoint(database)
        return self._server.guarded_url(database, self.name)

    def appoint(self, database: str) -> None:
        """Let it act for the roles that there are now beside a database."""
        self._server.create_role(self.name, "LOGIN BYPASSRLS", beside=database)
        of = None if self._of is None else [*self._of, "pg_read_all_data", "pg_write_all_data"]
        parameters = {"deputy": self.name, "left_out": [self.name, *REACHING_OUT], "of": of}
        with self._server.session_beside(database) as beside:
            for (role,) in beside.execute(_NOT_YET, parameters).fetchall():
                beside.execute(SQL("GRANT {} TO {}").format(Identifier(role), Identifier(self.name)))
        self._appointed.add(database)
