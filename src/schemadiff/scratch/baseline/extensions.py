"""Extensions of live on the scratch server: those that it lacks get stand-ins, made of what live says they own."""

from collections.abc import Iterator

import psycopg
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.scope import EXTENSIONS_FROM_BIRTH, SUPABASE_SCHEMAS
from schemadiff.notes import Note, NoteKind
from schemadiff.scratch.platform import Profile
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.stand_ins.known import WORKING, known_stand_ins, without_live
from schemadiff.scratch.stand_ins.members import Installed
from schemadiff.scratch.stand_ins.reading import installed_extensions
from schemadiff.scratch.stand_ins.stand_in import stand_ins_like

_AVAILABLE = "SELECT name, default_version FROM pg_catalog.pg_available_extensions ORDER BY 1"


def provide_extensions(
    live: psycopg.Connection, scratch: psycopg.Connection, server: ScratchServer, profile: Profile
) -> Iterator[Note]:
    """Let CREATE EXTENSION find on the server what it finds on live; notes on what is another one there."""
    installed = installed_extensions(live)
    if profile == "supabase":
        _like_from_birth(installed, scratch)
    query = "SELECT name, version FROM pg_catalog.pg_available_extension_versions"
    here = set(scratch.cursor(row_factory=tuple_row).execute(query))
    names = {name for name, _ in here}
    present = {name for (name,) in scratch.cursor(row_factory=tuple_row).execute("SELECT extname FROM pg_extension")}
    lacking = [each for each in installed if each.name not in names or server.has_stand_in(each.name)]
    like_live = [] if server.given else [each for each in lacking if each.name not in WORKING | present]
    for stand_in in stand_ins_like(live, scratch, like_live):
        if server.add_extension(stand_in):
            yield Note.of(NoteKind.EXTENSION_STAND_IN, stand_in.name, stand_in.version)
        else:
            yield Note.of(NoteKind.EXTENSION_MISSING, stand_in.name, stand_in.version)
    if profile == "supabase":
        _make_schemas(scratch)
    made = {each.name for each in like_live}
    yield from _versions(server, [each for each in installed if each.name not in made], here)
    for name, version in live.cursor(row_factory=tuple_row).execute(_AVAILABLE):
        if name not in names | {each.name for each in installed}:
            server.add_extension(without_live(name, version))
        elif name in names - made and (name, version) not in here:
            server.add_version(name, version)


def _versions(server: ScratchServer, installed: list[Installed], here: set[tuple[str, str]]) -> Iterator[Note]:
    """Let the server's own extensions have live's versions, too."""
    names = {name for name, _ in here}
    for each in installed:
        if each.name not in names:
            yield Note.of(NoteKind.EXTENSION_MISSING, each.name, each.version)
        elif (each.name, each.version) not in here:
            server.add_version(each.name, each.version)
            if not server.has_stand_in(each.name):
                yield Note.of(NoteKind.EXTENSION_VERSION, each.name, each.version)


def _like_from_birth(installed: tuple[Installed, ...], scratch: psycopg.Connection) -> None:
    """Put the extensions that a platform has from birth where live has them; what live has dropped is not there."""
    schemas = {each.name: each.schema for each in installed}
    query = """SELECT e.extname, pg_catalog.quote_ident(n.nspname), e.extrelocatable FROM pg_catalog.pg_extension AS e
               JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = ANY (%s)"""
    rows = scratch.cursor(row_factory=tuple_row).execute(query, [list(EXTENSIONS_FROM_BIRTH)]).fetchall()
    there = {name for (name,) in scratch.execute("SELECT pg_catalog.quote_ident(nspname) FROM pg_catalog.pg_namespace")}
    for name, schema, relocatable in rows:
        if name not in schemas:
            scratch.execute(SQL("DROP EXTENSION {}").format(Identifier(name)))
        elif schemas[name] != schema and relocatable and schemas[name] in there:
            scratch.execute(f"ALTER EXTENSION {Identifier(name).as_string(None)} SET SCHEMA {schemas[name]}".encode())


def _make_schemas(scratch: psycopg.Connection) -> None:
    """Make the platform's schemas that extensions lie in: CREATE EXTENSION makes them, and DROP leaves them there."""
    for stand_in in known_stand_ins().values():
        if stand_in.schema in SUPABASE_SCHEMAS:
            scratch.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(stand_in.schema)))
