"""Which platform a database lives on."""

import psycopg

from schemadiff.scratch.platform import Profile

_LOOKS_LIKE_SUPABASE = """
SELECT count(*) = 3 AND EXISTS (SELECT FROM pg_namespace WHERE nspname = 'auth')
FROM pg_roles
WHERE rolname IN ('supabase_admin', 'authenticator', 'anon')
"""


def detect_profile(connection: psycopg.Connection) -> Profile:
    """The profile a database looks like: by its roles, and by a schema `auth`."""
    with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        row = cursor.execute(_LOOKS_LIKE_SUPABASE).fetchone()
    return "supabase" if row and row[0] else "plain"
