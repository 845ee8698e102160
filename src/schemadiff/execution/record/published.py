"""Publications of live that carry what plans keep there to subscribers, where it should not be."""

from collections.abc import Iterator

from schemadiff.catalog.scope import LEDGER_SCHEMAS
from schemadiff.catalog.versions import PUBLISHES_SCHEMAS
from schemadiff.connection import Connection
from schemadiff.notes import Note, NoteKind

_OF_ALL_TABLES = "SELECT p.pubname FROM pg_catalog.pg_publication AS p WHERE p.puballtables"

_OF_OUR_SCHEMAS = """
UNION
SELECT p.pubname
  FROM pg_catalog.pg_publication AS p JOIN pg_catalog.pg_publication_namespace AS s ON s.pnpubid = p.oid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = s.pnnspid
 WHERE n.nspname = ANY (%s)
"""


def publications(connection: Connection) -> Iterator[Note]:
    """A note on every publication to which the tables of ledger and archive belong as soon as they are there."""
    if connection.info.server_version < PUBLISHES_SCHEMAS:
        rows = connection.execute(f"{_OF_ALL_TABLES} ORDER BY 1".encode())
    else:
        rows = connection.execute(f"{_OF_ALL_TABLES}{_OF_OUR_SCHEMAS} ORDER BY 1".encode(), [list(LEDGER_SCHEMAS)])
    for (name,) in rows.fetchall():
        yield Note.of(NoteKind.PUBLISHED, name, " and ".join(LEDGER_SCHEMAS))
