"""Backfills that look like seeds: they insert rows for each row of a table that has none."""

from collections.abc import Iterator

from schemadiff.connection import Connection
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.notes import Note, NoteKind
from schemadiff.plans.model import Script

_THERE = "SELECT pg_catalog.to_regclass(%s) IS NOT NULL"


def seeds(connection: Connection, up: Script) -> Iterator[Note]:
    """Notes on backfills that will find nothing to do on live. Raises psycopg.Error."""
    for backfill in (segment.backfill for segment in up.segments):
        if backfill and backfill.inserts and _is_empty(connection, backfill):
            yield Note.of(NoteKind.SEED, backfill.name, backfill.table)


def _is_empty(connection: Connection, backfill: Backfill) -> bool:
    if connection.execute(_THERE, [backfill.table]).fetchone() != (True,):
        return True
    return connection.execute(f"SELECT FROM {backfill.table} LIMIT 1".encode()).fetchone() is None
