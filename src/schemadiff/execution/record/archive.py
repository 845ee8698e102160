"""The archive in the database: what plans have put aside, how large it is, and how it is emptied."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import sql

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.statements.statement import Preflight, PreflightKind
from schemadiff.connection import Connection

_NAMES = """
    SELECT c.relname FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = %s
"""

_THERE = "SELECT pg_catalog.to_regclass(%s) IS NOT NULL"

_CONTENTS = """
    SELECT k.name, k.object, k.archived_at, now() - k.archived_at, coalesce(pg_catalog.pg_total_relation_size(c.oid), 0)
    FROM schemadiff_archive.contents AS k
    LEFT JOIN pg_catalog.pg_class AS c
      ON c.relname = k.name AND c.relkind IN ('r', 'p')
     AND c.relnamespace = 'schemadiff_archive'::pg_catalog.regnamespace
    ORDER BY k.archived_at, k.name
"""


_REMEMBERING = """
    CREATE TABLE IF NOT EXISTS schemadiff.purged (
        name text NOT NULL, object text NOT NULL, archived_at timestamptz NOT NULL,
        purged_at timestamptz NOT NULL DEFAULT now())
"""

_REMEMBERED = """
    SELECT object, archived_at, purged_at FROM schemadiff.purged WHERE name = %s ORDER BY purged_at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Archived:
    """One entry of the archive: `object` in words, since when, and its size in bytes with indexes."""

    name: str
    object: str
    archived_at: datetime
    age: timedelta
    bytes: int


def archived_names(connection: Connection) -> frozenset[str]:
    """The names in use in the archive."""
    return frozenset(name for (name,) in connection.execute(_NAMES, [ARCHIVE_SCHEMA]))


def contents(connection: Connection) -> tuple[Archived, ...]:
    """What lies in the archive, the oldest first."""
    if not _is_there(connection, "schemadiff_archive.contents"):
        return ()
    return tuple(Archived(*entry) for entry in connection.execute(_CONTENTS))


def missing(connection: Connection, needed: Iterable[Preflight]) -> Iterator[str]:
    """What of the `needed` no longer lies in the archive, in words, with when it was purged if that is known."""
    listed, relations = {entry.name for entry in contents(connection)}, archived_names(connection)
    remembering = _is_there(connection, "schemadiff.purged")
    for name, preflight in {one.archived: one for one in needed}.items():
        if name in (listed if preflight.kind is PreflightKind.RECORDED else relations):
            continue
        row = connection.execute(_REMEMBERED, [name]).fetchone() if remembering else None
        when = f" (archived {row[1]:%Y-%m-%d %H:%M}, purged {row[2]:%Y-%m-%d %H:%M})" if row else ""
        yield f"{preflight.object}{when}"


def _is_there(connection: Connection, name: str) -> bool:
    return connection.execute(_THERE, [name]).fetchone() == (True,)


def remove(connection: Connection, entries: tuple[Archived, ...]) -> None:
    """Remove entries from the archive for good, all or none, and the archive itself when nothing is left in it.

    Rollbacks that need one of them are refused from then on. The ledger, if there is one, remembers when it was.
    """
    tables = archived_names(connection)
    with connection.transaction():
        remembering = _is_there(connection, "schemadiff.run")
        if remembering:
            connection.execute(_REMEMBERING)
        for entry in entries:
            if remembering:
                words = "INSERT INTO schemadiff.purged (name, object, archived_at) VALUES (%s, %s, %s)"
                connection.execute(words, [entry.name, entry.object, entry.archived_at])
            if entry.name in tables:
                name = sql.Identifier(ARCHIVE_SCHEMA, entry.name)
                connection.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(name))
            connection.execute("DELETE FROM schemadiff_archive.contents WHERE name = %s", [entry.name])
        if entries and not contents(connection):
            connection.execute("DROP TABLE schemadiff_archive.contents")
            connection.execute("DROP SCHEMA schemadiff_archive")
