"""What PostgREST remembers of a schema, it reads again when it is told to."""

from schemadiff.connection import Connection

_SERVED = "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'authenticator')"
"""The role that PostgREST connects as, by its own documentation and on Supabase."""


def tell_api(connection: Connection) -> None:
    """Let PostgREST read the schema again once the open transaction commits, where it serves this server.

    The platform's event triggers do so for some statements; not for others that count, such as a unique index, which
    says that a relationship is one to one.
    """
    if connection.execute(_SERVED).fetchone() == (True,):
        connection.execute("NOTIFY pgrst, 'reload schema'")
