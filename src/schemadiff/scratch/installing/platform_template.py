"""What a new data directory of a scratch server holds: the template database of a platform."""

from contextlib import closing
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from schemadiff.connection_string import shown, without_password
from schemadiff.errors import ScratchError
from schemadiff.scratch.installing.data_directory import data_directory
from schemadiff.scratch.installing.installation import Installation
from schemadiff.scratch.platform import Profile, pack

PLATFORM_TEMPLATE = "schemadiff_platform"
"""The database that holds the platform pack."""


def filled_data_directory(programs: Installation, cache: Path, profile: Profile) -> Path:
    """The cached data directory of `profile`: with the platform's template database if it has a pack."""
    content = pack(profile)
    return data_directory(programs, cache, content=content or "", fill=lambda url: _fill(url, content))


def _fill(url: str, content: str | None) -> None:
    """Adds the platform's template to a new data directory; drops template0, which would only be copied along."""
    with closing(session_at(url)) as connection:
        connection.execute("UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'")
        connection.execute("DROP DATABASE template0")
        if content:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(PLATFORM_TEMPLATE)))
    if content:
        with closing(session_at(url.replace("/postgres?", f"/{PLATFORM_TEMPLATE}?"))) as connection:
            load_pack(connection, content)


def load_pack(connection: psycopg.Connection, content: str) -> None:
    """Run a platform pack. Raises ScratchError."""
    try:
        connection.execute(content.encode())
    except psycopg.Error as error:
        raise ScratchError(f"the platform pack does not load on the scratch server: {error}") from error


def session_at(url: str) -> psycopg.Connection:
    """A session in autocommit on a scratch server. Raises ScratchError."""
    try:
        return psycopg.connect(url, autocommit=True)
    except psycopg.Error as error:
        reason = without_password(str(error).strip())
        raise ScratchError(f"the scratch server {shown(url)} cannot be used: {reason}") from error
