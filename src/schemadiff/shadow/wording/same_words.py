"""Telling a difference from the same thing in other words.

A server may print a definition otherwise once it has read its own print, and servers of several versions word things
differently. So where only such texts differ, one server reads both, and what it prints of them decides.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.fingerprint import digest
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.difference.diff import Change, diff
from schemadiff.shadow.wording.read_again import Reading, reading_of, texts_of

_SESSION = (
    "SET search_path = ''; SET check_function_bodies = off; SET client_min_messages = error; SET lock_timeout = '10s'"
)
_EVENT_TRIGGERS = """
SELECT pg_catalog.quote_ident(evtname) FROM pg_catalog.pg_event_trigger
WHERE evtenabled <> 'D' AND pg_catalog.pg_has_role(evtowner, 'USAGE')
"""


def in_words_of(wording: Catalog, found: Catalog, url: str) -> Catalog:
    """`found`, where it differs from `wording` in words alone, in the words of that.

    A database at `url`, of a scratch server and with the objects of either, reads the texts; it stays as it is.
    """
    changes = [change for change in diff(found, wording).values() if _may_be_words_alone(change)]
    if not changes:
        return found
    rows = dict(found.rows)
    with _reading(url) as connection:
        for change in changes:
            if _is_read_alike(change, connection):
                kind, name = change.identity
                rows[kind] = rows[kind] | {name: wording.rows[kind][name]}
    return replace(found, rows=rows, _built={})


def other_words(found: Catalog, settled: Catalog) -> dict[str, str]:
    """Digests, by the names of states, of the objects of `found` that `in_words_of` has worded otherwise."""
    return {
        f"{kind} {name}": digest(found.rows[kind][name][: BY_NAME[kind].COMPARED])
        for kind, rows in settled.rows.items()
        if rows is not found.rows.get(kind)
        for name, values in rows.items()
        if values != found.rows[kind][name]
    }


def _may_be_words_alone(change: Change) -> bool:
    return bool(change.fields) and texts_of(change.identity.kind).issuperset(change.fields)


@contextmanager
def _reading(url: str) -> Iterator[Connection[TupleRow]]:
    """A transaction that leaves nothing behind, and in which no event trigger fires that the role may disable.

    What is read may run code of files and of live: so the role is no superuser on a scratch server.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_SESSION)
        with connection.transaction(force_rollback=True):
            for (name,) in connection.execute(_EVENT_TRIGGERS).fetchall():
                connection.execute(f"ALTER EVENT TRIGGER {name} DISABLE".encode())
            yield connection


def _is_read_alike(change: Change, connection: Connection[TupleRow]) -> bool:
    assert change.before is not None
    assert change.after is not None
    if any((getattr(change.before, name) is None) != (getattr(change.after, name) is None) for name in change.fields):
        return False
    first = _printed(change.before, connection)
    return first is not None and first == _printed(change.after, connection)


def _printed(built: CatalogObject, connection: Connection[TupleRow]) -> str | None:
    """What the server prints of the object's texts once it has read them; None where it cannot read them."""
    reading = reading_of(built)
    if reading is None:
        return None
    try:
        with connection.transaction(force_rollback=True):
            return _asked(reading, connection)
    except psycopg.Error:
        return None


def _asked(reading: Reading, connection: Connection[TupleRow]) -> str | None:
    connection.execute(reading.statement.encode())
    row = connection.execute(reading.printed.encode()).fetchone()
    return None if row is None else str(row[0])
