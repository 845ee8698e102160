"""Live's roles on the scratch server: by name, with memberships, never with passwords or superuser rights."""

from collections.abc import Collection, Iterator
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.reading.special_roles import SpecialRoles
from schemadiff.catalog.scope import REACHING_OUT
from schemadiff.catalog.versions import GUARDS_ROLES, HAS_MEMBERSHIP_OPTIONS
from schemadiff.errors import ScratchError
from schemadiff.notes import Note, NoteKind
from schemadiff.scratch.server import ScratchServer

_ATTRIBUTES = ("INHERIT", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS")

_ROLES = """
SELECT rolname, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
FROM pg_roles
WHERE rolname !~ '^pg_'
ORDER BY rolname
"""

_MEMBERSHIPS = """
SELECT granted.rolname, member.rolname, bool_or(m.admin_option)
FROM pg_auth_members AS m
JOIN pg_roles AS granted ON granted.oid = m.roleid
JOIN pg_roles AS member ON member.oid = m.member
GROUP BY 1, 2
ORDER BY 1, 2
"""

_MEMBERSHIPS_SINCE_16 = """
SELECT granted.rolname, member.rolname,
    bool_or(m.admin_option), bool_or(m.inherit_option), bool_or(m.set_option)
FROM pg_auth_members AS m
JOIN pg_roles AS granted ON granted.oid = m.roleid
JOIN pg_roles AS member ON member.oid = m.member
GROUP BY 1, 2
ORDER BY 1, 2
"""

# Roles that would let desired SQL reach out of the database are not granted, even where they are on live.
_GRANTABLE = "SELECT rolname FROM pg_roles WHERE NOT rolsuper AND rolname <> ALL (%s)"
_NOT_GRANTED = [*REACHING_OUT, "pg_database_owner"]

_NOT_ABOVE = """
SELECT r.rolname
FROM pg_roles AS r
JOIN pg_roles AS loader ON loader.rolname = %s
WHERE r.rolname = ANY (%s) AND r.oid <> loader.oid AND NOT pg_has_role(r.oid, loader.oid, 'MEMBER')
ORDER BY r.rolname
"""


def copy_roles(
    live: psycopg.Connection,
    scratch: psycopg.Connection,
    server: ScratchServer,
    database: str,
    loader: str,
    without: Collection[str] = (),
) -> tuple[Note, ...]:
    """Creates live's roles, but those in `without`, beside a scratch database; `loader` may log in; returns notes.

    `loader` can give objects to the roles that live's can: those it is a member of, or all when it is a
    superuser on live. A role that exists already keeps its attributes, except the loader's login.
    """
    created = set()
    for name, *flags in live.cursor(row_factory=tuple_row).execute(_ROLES):
        attributes = dict(zip(_ATTRIBUTES, flags, strict=True)) | {"LOGIN": False}
        if name == loader:
            attributes |= {"LOGIN": True, "CREATEROLE": True, "CREATEDB": True}
        if not server.limits_createrole:
            attributes["CREATEROLE"] = False
        written = " ".join(attribute if on else f"NO{attribute}" for attribute, on in attributes.items())
        if name not in without and server.create_role(name, written, beside=database):
            created.add(name)
    notes = tuple(_loader_notes(scratch, server, loader, loader in created))
    _copy_memberships(live, scratch, created if server.given else None)
    if not server.given or loader in created:
        _let_loader_act(live, scratch, loader, administers=server.roles_apart)
    if server.roles_apart:
        _keep_from_creating_roles(live, scratch, loader)
    return notes


def _keep_from_creating_roles(live: psycopg.Connection, scratch: psycopg.Connection, loader: str) -> None:
    """Where roles are rehearsed, a loader that may not create any on live may not do so there."""
    query = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = %s"
    if live.cursor(row_factory=tuple_row).execute(query, [loader]).fetchone() == (False,):
        scratch.execute(SQL("ALTER ROLE {} NOCREATEROLE").format(Identifier(loader)))


def _loader_notes(scratch: psycopg.Connection, server: ScratchServer, loader: str, created: bool) -> Iterator[Note]:
    if loader == server.superuser:
        yield Note.of(NoteKind.ROLE_IS_SUPERUSER, loader)
    elif not server.given:
        query = SQL("ALTER ROLE {} LOGIN NOSUPERUSER CREATEDB CREATEROLE").format(Identifier(loader))
        scratch.execute(query)
    elif not created:
        try:
            psycopg.connect(server.url("postgres", loader)).close()
        except psycopg.Error as error:
            raise ScratchError(
                f"role {loader!r} exists on the given scratch server and cannot log in there without a password: "
                "use a server without that role, or name that role in [scratch] url"
            ) from error


def memberships(live: psycopg.Connection, *, options: bool) -> list[tuple[Any, ...]]:
    """Roles with their members, and whether these may administer them; with `options`, also inherit from and become.

    The options are there since Postgres 16.
    """
    query = _MEMBERSHIPS_SINCE_16 if options else _MEMBERSHIPS
    return live.cursor(row_factory=tuple_row).execute(query).fetchall()


def _copy_memberships(live: psycopg.Connection, scratch: psycopg.Connection, members: set[str] | None) -> None:
    """Copies memberships; only those of `members` if given."""
    options_exist = min(live.info.server_version, scratch.info.server_version) >= HAS_MEMBERSHIP_OPTIONS
    grantable = {name for (name,) in scratch.cursor(row_factory=tuple_row).execute(_GRANTABLE, [_NOT_GRANTED])}
    known = {name for (name,) in scratch.cursor(row_factory=tuple_row).execute("SELECT rolname FROM pg_roles")}
    for granted, member, *options in memberships(live, options=options_exist):
        if granted not in grantable or member not in (known if members is None else members):
            continue
        grant = SQL("GRANT {} TO {}").format(Identifier(granted), Identifier(member))
        if options_exist:
            switches = zip(("ADMIN", "INHERIT", "SET"), options, strict=True)
            grant += SQL(" WITH " + ", ".join(f"{name} {'TRUE' if on else 'FALSE'}" for name, on in switches))
        elif options[0]:
            grant += SQL(" WITH ADMIN OPTION")
        scratch.execute(grant)


def _let_loader_act(live: psycopg.Connection, scratch: psycopg.Connection, loader: str, *, administers: bool) -> None:
    """Grants the memberships that replace what a superuser on live may do with other roles' objects, and the roles."""
    option = SQL(" WITH ADMIN OPTION") if administers and scratch.info.server_version >= GUARDS_ROLES else SQL("")
    if loader not in SpecialRoles.of(live).superusers:
        return
    names = [name for name, *_ in live.cursor(row_factory=tuple_row).execute(_ROLES)]
    grantable = {name for (name,) in scratch.cursor(row_factory=tuple_row).execute(_GRANTABLE, [_NOT_GRANTED])}
    wanted = [name for name in names if name in grantable]
    for (name,) in scratch.cursor(row_factory=tuple_row).execute(_NOT_ABOVE, [loader, wanted]).fetchall():
        scratch.execute(SQL("GRANT {} TO {}").format(Identifier(name), Identifier(loader)) + option)
