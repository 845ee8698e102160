"""Ending transactions."""

from contextlib import suppress

import psycopg

from schemadiff.connection import Connection


def roll_back(connection: Connection) -> None:
    """End an open transaction without its work; a broken connection has none."""
    with suppress(psycopg.Error):
        connection.rollback()
