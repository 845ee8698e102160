"""Storage parameters that an access method's stand-in does not know: written into the catalog as they are."""

from collections.abc import Iterable

import psycopg
from psycopg.rows import TupleRow

UNKNOWN = psycopg.errors.InvalidParameterValue
"""How Postgres refuses a storage parameter that an access method does not know."""

_NEWEST = "SELECT coalesce(max(indexrelid), 0)::int8 FROM pg_catalog.pg_index"

_BUILT_SINCE = """
SELECT c.oid::int8, c.reloptions FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
WHERE i.indexrelid::int8 > %s
"""

_NAMED = "SELECT oid::int8, reloptions FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(%s)"

_WRITE = "UPDATE pg_catalog.pg_class SET reloptions = %s WHERE oid = %s::oid"


def newest_index(connection: psycopg.Connection[TupleRow]) -> int:
    """A number that tells indexes apart that are built from now on."""
    row = connection.execute(_NEWEST).fetchone()
    return int(row[0]) if row else 0


def write_options(
    admin: psycopg.Connection[TupleRow],
    index: str | None,
    newest: int,
    given: Iterable[tuple[str, str]],
    reset: Iterable[str] = (),
) -> None:
    """Give parameters to an index, or to those that were built since one was `newest`."""
    rows = admin.execute(_NAMED, [index]) if index is not None else admin.execute(_BUILT_SINCE, [newest])
    gone = set(reset)
    for oid, before in rows.fetchall():
        options = dict(option.split("=", 1) for option in before or ())
        options = {name: value for name, value in {**options, **dict(given)}.items() if name not in gone}
        written = [f"{name}={value}" for name, value in options.items()]
        admin.execute(_WRITE, [written or None, oid])
