"""Making a scratch database like live in what desired files do not declare: roles, default privileges, settings."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress

import psycopg
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.versions import in_words, major
from schemadiff.connection_string import without_password
from schemadiff.errors import ScratchError
from schemadiff.notes import Note, NoteKind
from schemadiff.scratch.baseline.extensions import provide_extensions
from schemadiff.scratch.baseline.live_roles import copy_roles
from schemadiff.scratch.baseline.platform_objects import copy_platform_objects
from schemadiff.scratch.baseline.privileges import copy_default_privileges, copy_public_schema
from schemadiff.scratch.baseline.publications import copy_platform_publications
from schemadiff.scratch.platform import Profile
from schemadiff.scratch.server import ScratchServer
from schemadiff.session import settings_of_role

_SETTINGS_THAT_CHANGE_MEANING = """
SELECT name, CASE name WHEN 'search_path' THEN reset_val ELSE setting END
FROM pg_settings
WHERE lower(name) IN (
    'search_path', 'timezone', 'datestyle', 'intervalstyle', 'standard_conforming_strings', 'xmloption',
    'default_text_search_config', 'default_toast_compression', 'transform_null_equals', 'array_nulls'
)
ORDER BY name
"""


def copy_baseline(
    live: psycopg.Connection,
    server: ScratchServer,
    database: str,
    loader: str,
    *,
    profile: Profile,
    without: Collection[str] = (),
    then: Callable[[], None] = lambda: None,
) -> tuple[Note, ...]:
    """Makes the empty scratch `database` like live in what desired files build upon.

    Copies roles and memberships (`loader` may log in and owns the database) without the roles in `without`;
    `then` may create others instead. Copies schema public, on platforms default privileges, and the settings that
    change how SQL is read. Extensions that live can create and the server cannot get stand-ins. Only reads from
    `live`. Returns notes on what still differs; raises ScratchError if the server refuses any of it.
    """
    try:
        with psycopg.connect(server.superuser_url(database), autocommit=True) as scratch:
            notes = [*_version_notes(live, scratch), *copy_roles(live, scratch, server, database, loader, without)]
            then()
            return (*notes, *_copied(live, scratch, server, database, loader, profile))
    except psycopg.Error as error:
        reason = without_password(str(error).strip())
        raise ScratchError(f"the scratch database {database!r} cannot be made like live: {reason}") from error


def _copied(
    live: psycopg.Connection,
    scratch: psycopg.Connection,
    server: ScratchServer,
    database: str,
    loader: str,
    profile: Profile,
) -> Iterator[Note]:
    yield from _copy_tablespaces(live, scratch, server, loader)
    name = Identifier(server.name_of(database))
    scratch.execute(SQL("ALTER DATABASE {} OWNER TO {}").format(name, Identifier(loader)))
    copy_public_schema(live, scratch)
    if profile == "supabase":  # the platform has set them up; elsewhere files declare them
        copy_platform_objects(live, scratch)
        copy_default_privileges(live, scratch)
        copy_platform_publications(live, scratch)
    with server.session_beside(database) as beside:
        copy_settings(live, beside, server.name_of(database), loader)
    yield from provide_extensions(live, scratch, server, profile)


def _version_notes(live: psycopg.Connection, scratch: psycopg.Connection) -> Iterator[Note]:
    there, here = in_words(live.info.server_version), in_words(scratch.info.server_version)
    if there != here:
        yield Note.of(NoteKind.VERSION, there, here)
    if major(live.info.server_version) > major(scratch.info.server_version):
        yield Note.of(NoteKind.SCRATCH_IS_OLDER, there, here)
    query = "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
    encodings = [c.cursor(row_factory=tuple_row).execute(query).fetchone() for c in (live, scratch)]
    if encodings[0] != encodings[1] and encodings[0]:
        yield Note.of(NoteKind.ENCODING, encodings[0][0], "UTF8")


def copy_settings(live: psycopg.Connection, beside: psycopg.Connection, database: str, loader: str) -> None:
    """Sets what a new session on live starts with, at whatever level it is set there.

    FROM CURRENT writes lists such as search_path as the server reads them. So the session itself gets live's search
    path: it is one `beside` the database, where no schema of live's is.
    """
    known = {name for (name,) in beside.cursor(row_factory=tuple_row).execute("SELECT name FROM pg_settings")}
    targets = (
        SQL("ALTER DATABASE {} SET ").format(Identifier(database)),
        SQL("ALTER ROLE {} IN DATABASE {} SET ").format(Identifier(loader), Identifier(database)),
    )
    rows = live.cursor(row_factory=tuple_row)
    values: dict[str, str] = dict(rows.execute(_SETTINGS_THAT_CHANGE_MEANING))
    if rows.execute("SELECT current_user <> %s", [loader]).fetchone() == (True,):
        values |= settings_of_role(live, loader, list(values))
    for name, value in values.items():
        if name not in known:
            continue
        try:
            beside.execute("SELECT pg_catalog.set_config(%s, %s, false)", [name, value])
        except psycopg.errors.InvalidParameterValue:
            continue
        for target in targets:
            beside.execute(target + SQL("{} FROM CURRENT").format(Identifier(name)))


def _copy_tablespaces(
    live: psycopg.Connection, scratch: psycopg.Connection, server: ScratchServer, loader: str
) -> Iterator[Note]:
    """Creates live's tablespaces by name, inside the data directory; `loader` may create objects in them."""
    query = "SELECT spcname FROM pg_tablespace WHERE spcname !~ '^pg_' ORDER BY 1"
    here = {name for (name,) in scratch.cursor(row_factory=tuple_row).execute(query)}
    for (name,) in live.cursor(row_factory=tuple_row).execute(query).fetchall():
        if name not in here and not server.given:
            with suppress(psycopg.Error):  # the oldest minor versions cannot
                scratch.execute("SET allow_in_place_tablespaces = on")
                scratch.execute(SQL("CREATE TABLESPACE {} LOCATION ''").format(Identifier(name)))
                here.add(name)
        if name not in here:
            yield Note.of(NoteKind.TABLESPACE_MISSING, name)
        elif not server.given:
            scratch.execute(SQL("GRANT CREATE ON TABLESPACE {} TO {}").format(Identifier(name), Identifier(loader)))
