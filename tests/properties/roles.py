"""The roles that random schemas name; roles belong to a server, not to a database."""

import psycopg
from psycopg.rows import TupleRow

ROLES = ("prop_alice", "prop Bob")


def create_roles(connection: psycopg.Connection[TupleRow]) -> None:
    """Create the roles that are not there yet; another process may do so at the same time."""
    for role in ROLES:
        try:
            connection.execute(f'CREATE ROLE "{role}"'.encode())
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            continue
