"""A scratch copy of live: the same objects, without rows."""

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.inspection import inspect
from schemadiff.errors import ScratchError
from schemadiff.planning.explanation import Difference, differences
from schemadiff.planning.planner import script
from schemadiff.proof.rehearsal import rehearse
from schemadiff.scratch.server import ScratchServer


def copy_live(live: Catalog, server: ScratchServer, database: str, *, baseline: str) -> None:
    """Make scratch `database` from the database `baseline` and what live holds beyond it.

    Raises ScratchError when Postgres refuses a statement.
    """
    server.create_database(database, template=baseline)
    url = server.url(database)
    with psycopg.connect(url, autocommit=True) as connection:
        empty = inspect(connection, live.scope)
    failure = rehearse(script(empty, live), url)
    if failure is not None:
        raise ScratchError(f"live cannot be copied to the scratch server: {failure}")


def copy_differs(copy: Catalog, live: Catalog) -> tuple[Difference, ...]:
    """What the copy does not share with live."""
    return differences(copy, live)
