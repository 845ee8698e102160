"""Roles that no script can own: the one that connects, the bootstrap superuser, and other superusers."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import tuple_row

_BOOTSTRAP_OID = 10

_QUERY = f"""
SELECT rolname, rolname = current_user, oid = {_BOOTSTRAP_OID}, rolsuper
FROM pg_catalog.pg_roles
WHERE rolname = current_user OR oid = {_BOOTSTRAP_OID} OR rolsuper
ORDER BY rolname
"""


@dataclass(frozen=True, slots=True)
class SpecialRoles:
    """Names of roles, unquoted. initdb creates the bootstrap superuser, which may be demoted and renamed."""

    connected: str
    bootstrap: str
    superusers: tuple[str, ...]

    @classmethod
    def of(cls, connection: psycopg.Connection) -> "SpecialRoles":
        """The roles of the server that `connection` leads to."""
        rows = connection.cursor(row_factory=tuple_row).execute(_QUERY).fetchall()
        return cls(
            connected=next(name for name, connects, _, _ in rows if connects),
            bootstrap=next(name for name, _, bootstrap, _ in rows if bootstrap),
            superusers=tuple(name for name, _, _, superuser in rows if superuser),
        )
