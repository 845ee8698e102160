"""What a rehearsal cannot show of extensions that stand-ins take the place of."""

from collections.abc import Iterator

import psycopg

from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.sql import Quoted, unquoted
from schemadiff.difference.sides import Sides
from schemadiff.notes import Note, NoteKind
from schemadiff.shadow.databases import ShadowDatabases

_INDEXES = """
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), x.extname
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT min(e.extname) AS extname
    FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
      AND d.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND d.objid = ANY (i.indclass::oid[])
) AS x
WHERE x.extname IS NOT NULL
ORDER BY 1
"""


def unproven(shadow: ShadowDatabases, database: str, sides: Sides) -> tuple[Note, ...]:
    """Notes on extensions that a plan creates, and on indexes that it builds with what only a stand-in has."""
    return (*_extensions(shadow, sides), *_indexes(shadow, database, sides))


def _extensions(shadow: ShadowDatabases, sides: Sides) -> Iterator[Note]:
    live, desired = (side.rows.get(Extension.KIND, {}) for side in sides)
    for name in desired:
        if name not in live and shadow.server.has_stand_in(unquoted(Quoted(name))):
            yield Note.of(NoteKind.EXTENSION_UNPROVEN, name)


def _indexes(shadow: ShadowDatabases, database: str, sides: Sides) -> Iterator[Note]:
    live, desired = (side.rows[Index.KIND] for side in sides)
    new = {name for name, values in desired.items() if live.get(name) != values}
    if not new:
        return
    with psycopg.connect(shadow.server.superuser_url(database), autocommit=True) as admin:
        rows = admin.execute(_INDEXES).fetchall()
    for name, extension in rows:
        if name in new and shadow.server.has_stand_in(extension):
            yield Note.of(NoteKind.INDEX_UNPROVEN, name, extension)
