"""The archive in the database: what plans have put aside, how large it is, and how it is emptied."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import sql

from schemadiff.catalog.private_schema import CONTENTS
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.statements.statement import Preflight, PreflightKind
from schemadiff.connection import Connection
from schemadiff.execution.record.standing import standing

_NAMES = """
    SELECT c.relname FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = %s
"""

_CONTENTS = """
    SELECT k.name, k.object, k.archived_at, now() - k.archived_at, coalesce(pg_catalog.pg_total_relation_size(c.oid), 0)
    FROM schemadiff_archive.contents AS k
    LEFT JOIN pg_catalog.pg_class AS c
      ON c.relname = k.name AND c.relkind IN ('r', 'p')
     AND c.relnamespace = 'schemadiff_archive'::pg_catalog.regnamespace
    ORDER BY k.archived_at, k.name
"""


Purging = tuple[datetime, datetime]
"""Since when something was in the archive, and until when."""


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


def contents(connection: Connection, applying: str | None = None) -> tuple[Archived, ...]:
    """What lies in the archive, the oldest first; the role `applying` may own it, too.

    Errors: Refused where it is another's or not as we make it.
    """
    if not standing(connection, ARCHIVE_SCHEMA, (CONTENTS,), reading=True, applying=applying):
        return ()
    return tuple(Archived(*entry) for entry in connection.execute(_CONTENTS))


def require_trusted(connection: Connection) -> None:
    """Errors: Refused, naming the owner, where the archive is another's or not as schemadiff makes it."""
    standing(connection, ARCHIVE_SCHEMA, (CONTENTS,))


def missing(connection: Connection, needed: Iterable[Preflight], purged: Mapping[str, Purging]) -> Iterator[str]:
    """What of the `needed` no longer lies in the archive, in words, with when it was `purged` if that is known."""
    listed, relations = {entry.name for entry in contents(connection)}, archived_names(connection)
    for name, preflight in {one.archived: one for one in needed}.items():
        if name in (listed if preflight.kind is PreflightKind.RECORDED else relations):
            continue
        known = purged.get(name)
        when = f" (archived {known[0]:%Y-%m-%d %H:%M}, purged {known[1]:%Y-%m-%d %H:%M})" if known else ""
        yield f"{preflight.object}{when}"


def remove(
    connection: Connection, entries: tuple[Archived, ...], remember: Callable[[tuple[Archived, ...]], None]
) -> None:
    """Remove entries from the archive for good, all or none, and the archive itself when nothing is left in it.

    Rollbacks that need one of them are refused from then on. The ledger is to `remember` it in the same transaction.
    """
    require_trusted(connection)
    tables = archived_names(connection)
    with connection.transaction():
        remember(entries)
        for entry in entries:
            if entry.name in tables:
                keeping = sql.Identifier(ARCHIVE_SCHEMA, entry.name)  # of a run that stopped before its drop
                connection.execute(sql.SQL("DROP FUNCTION IF EXISTS {}() CASCADE").format(keeping))
                name = sql.Identifier(ARCHIVE_SCHEMA, entry.name)
                connection.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(name))
            connection.execute("DELETE FROM schemadiff_archive.contents WHERE name = %s", [entry.name])
        if connection.execute("SELECT FROM schemadiff_archive.contents LIMIT 1").fetchone() is None:
            connection.execute("DROP TABLE schemadiff_archive.contents")
            connection.execute("DROP SCHEMA schemadiff_archive")
