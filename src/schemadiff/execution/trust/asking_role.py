"""As whom, and under which settings, a query reads the rows of live: as the owner of its tables, and all of them."""

from schemadiff.catalog.versions import HAS_MEMBERSHIP_OPTIONS
from schemadiff.connection import Connection
from schemadiff.execution.trust.catalog_queries import OWNER

_READING = """
SELECT pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('row_security', 'off', true),
       pg_catalog.set_config('constraint_exclusion', 'off', true)
"""
"""Makes a query fail that would otherwise skip rows, and keeps its planning from computing parts of checks."""


def read_all_rows(connection: Connection) -> None:
    """Set the open transaction so that a query in it reads every row or fails, and looks up no name."""
    connection.execute(_READING)


def role_to_become(connection: Connection, owner: int | None) -> str | None:
    """The role with the OID `owner`, quoted, where we are another one that can become it."""
    if owner is None:
        return None
    option = "SET" if connection.info.server_version >= HAS_MEMBERSHIP_OPTIONS else "MEMBER"
    row = connection.execute(OWNER, [owner, option]).fetchone()
    return str(row[0]) if row else None


def become(connection: Connection, role: str) -> None:
    """Act as another role, quoted, until the open transaction ends."""
    connection.execute(f"SET LOCAL ROLE {role}".encode())
