"""What only a database in use can tell: which indexes nobody reads, which extensions could be newer."""

import psycopg
from psycopg.rows import tuple_row

from schemadiff.catalog.sql import Quoted
from schemadiff.errors import InspectionError
from schemadiff.lint.rule import Statistics

_UNUSED = """
SELECT pg_catalog.format('%I.%I', s.schemaname, s.indexrelname)
FROM pg_catalog.pg_stat_user_indexes AS s
JOIN pg_catalog.pg_index AS i ON i.indexrelid = s.indexrelid
WHERE s.idx_scan = 0 AND NOT i.indisunique AND NOT i.indisprimary
"""

_OUTDATED = """
SELECT pg_catalog.quote_ident(name), default_version
FROM pg_catalog.pg_available_extensions
WHERE installed_version <> default_version
"""


def read_statistics(connection: psycopg.Connection) -> Statistics:
    """The statistics of a database in use. Errors: InspectionError."""
    try:
        with connection.cursor(row_factory=tuple_row) as cursor:
            unused = frozenset(Quoted(name) for (name,) in cursor.execute(_UNUSED.encode()))
            outdated = {Quoted(name): str(version) for name, version in cursor.execute(_OUTDATED.encode())}
    except psycopg.Error as error:
        raise InspectionError(f"cannot read the statistics: {error}") from error
    return Statistics(unused, outdated)
