"""The platform's publications on the scratch server, as live has them."""

import psycopg
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.scope import SUPABASE_PUBLICATIONS

_QUERY = "SELECT pubname, puballtables FROM pg_catalog.pg_publication WHERE pubname = ANY (%s)"


def copy_platform_publications(live: psycopg.Connection, scratch: psycopg.Connection) -> None:
    """Drop those that live has no more, and publish all tables with those that do so on live."""
    names = [list(SUPABASE_PUBLICATIONS)]
    there: dict[str, bool] = dict(live.cursor(row_factory=tuple_row).execute(_QUERY, names))
    for name, publishes_all in scratch.cursor(row_factory=tuple_row).execute(_QUERY, names).fetchall():
        if there.get(name) == publishes_all:
            continue
        scratch.execute(SQL("DROP PUBLICATION {}").format(Identifier(name)))
        if there.get(name):
            scratch.execute(SQL("CREATE PUBLICATION {} FOR ALL TABLES").format(Identifier(name)))
