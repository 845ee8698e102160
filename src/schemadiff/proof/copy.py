"""A scratch copy of live: the same objects, without rows."""

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.inspection import inspect
from schemadiff.errors import ScratchError
from schemadiff.planning.planner import differences, script
from schemadiff.proof.rehearsal import rehearse
from schemadiff.scratch.server import ScratchServer


def copy_live(live: Catalog, server: ScratchServer, database: str, *, baseline: str) -> Catalog:
    """Make scratch `database` from the database `baseline` and what live holds beyond it.

    Returns the copy's catalog, as the role that live was read by. Raises ScratchError when Postgres
    refuses a statement.
    """
    server.create_database(database, template=baseline)
    url = server.url(database)
    with psycopg.connect(url, autocommit=True) as connection:
        empty = inspect(connection, live.scope)
    failure = rehearse(script(empty, live), url)
    if failure is not None:
        raise ScratchError(f"live cannot be copied to the scratch server: {failure}")
    return read_scratch(server, database, live)


def read_scratch(server: ScratchServer, database: str, live: Catalog) -> Catalog:
    """The catalog of a scratch database, read as the role that live was read by."""
    with psycopg.connect(server.url(database, unquoted(live.current_user)), autocommit=True) as connection:
        return inspect(connection, live.scope)


def unquoted(role: str) -> str:
    """A role's name without the quotes that SQL needs."""
    return role[1:-1].replace('""', '"') if role.startswith('"') else role


def copy_differs(copy: Catalog, live: Catalog) -> tuple[str, ...]:
    """What the copy does not share with live, in words."""
    return differences(copy, live)
