"""Who granted what to whom in a copy of live.

A catalog's script grants everything as the owner; on live there may be longer chains, and REVOKE undoes what one
grantor gave.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.kinds.role_membership import RoleMembership
from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.catalog.versions import GUARDS_ROLES
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.superuser_session import run_alone, without_event_triggers


def grant_privileges_by_grantors(catalog: Catalog, url: str) -> None:
    """Let privileges be granted by whoever granted them, in the copy of `catalog` at `url`; run as a superuser.

    What a grantor could not grant any more, since it has no USAGE on the schema, stays granted by the owner.
    """
    for chain in _chains(catalog):
        with psycopg.connect(url, autocommit=True) as connection:
            for privilege, grantor in chain:
                with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    _regrant(privilege, grantor, connection)


def grant_memberships_by_grantors(catalog: Catalog, url: str) -> None:
    """Let roles be members by those who granted it, in the copy of `catalog` at `url`; run as a superuser."""
    found = [RoleMembership.of(values) for values in catalog.rows[RoleMembership.KIND].values()]
    memberships = [membership for membership in found if any(membership.grantors)]
    waiting = [(membership, grantor) for membership in memberships for grantor in membership.grantors if grantor]
    with psycopg.connect(url, autocommit=True) as connection:
        before = len(waiting) + 1
        while len(waiting) < before:
            before = len(waiting)
            waiting = [pair for pair in waiting if not _grant_membership(*pair, connection)]
        refused = {membership.identity for membership, _ in waiting}
        for membership in memberships:
            if "" not in membership.grantors and membership.identity not in refused:
                connection.execute(f"REVOKE {membership.role} FROM {membership.member}".encode())


def let_administer(server: ScratchServer, database: str, roles: Iterable[str], loader: str) -> None:
    """Let `loader` change roles that it might have created: since 16 that takes the admin option."""
    if server.version_num < GUARDS_ROLES:
        return
    with psycopg.connect(server.superuser_url(database), autocommit=True) as connection:
        for role in roles:
            query = f"GRANT {role} TO {quote_ident(loader)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"
            connection.execute(query.encode())


def _chains(catalog: Catalog) -> Iterator[list[tuple[Privilege, Quoted]]]:
    """For each object on which others than the owner granted privileges: what these granted, in order."""
    by_object: dict[Identity, list[Privilege]] = defaultdict(list)
    place = Privilege.COLUMNS.index("given")
    for name, values in catalog.rows.get(Privilege.KIND, {}).items():
        privilege = catalog[Identity(Privilege.KIND, Quoted(name))] if values[place] else None
        if isinstance(privilege, Privilege):
            by_object[privilege.within()].append(privilege)
    for privileges in by_object.values():
        if chain := list(_in_order(privileges)):
            yield chain


def _in_order(privileges: list[Privilege]) -> Iterator[tuple[Privilege, Quoted]]:
    """Parts of privileges that others than the owner granted, with the grantor, who was granted them before."""
    waiting = {privilege.grantee: privilege for privilege in privileges if _grantors(privilege)}
    owners = {grantor for privilege in privileges for grantor in _grantors(privilege)} - waiting.keys()
    while ready := [privilege for privilege in waiting.values() if not waiting.keys() & _grantors(privilege)]:
        for privilege in ready:
            del waiting[privilege.grantee]
            by_owner = {name for name, grantor in privilege.given if grantor in owners}
            for grantor in sorted(_grantors(privilege) - owners):
                names = {name for name, other in privilege.given if other == grantor} - by_owner
                granted = tuple(name for name in privilege.granted if name.rstrip("*") in names)
                yield replace(privilege, granted=granted, handed_on=()), grantor


def _grantors(privilege: Privilege) -> set[Quoted]:
    return {grantor for _, grantor in privilege.given} - {privilege.grantee}


def _regrant(privilege: Privilege, grantor: Quoted, connection: psycopg.Connection) -> None:
    with without_event_triggers(connection):
        run_alone(connection, [statement.sql for statement in privilege.drop()])
        connection.execute(f"SET LOCAL ROLE {grantor}".encode())
        run_alone(connection, [statement.sql for statement in privilege.create()])
        connection.execute("RESET ROLE")


def _grant_membership(membership: RoleMembership, grantor: str, connection: psycopg.Connection) -> bool:
    """Whether Postgres lets `grantor` grant it, who may need a grant first; not all grantors gave the admin option."""
    for attempt in dict.fromkeys((membership, replace(membership, admin=False))):
        with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidGrantOperation):
            connection.execute(f"{attempt.create()[0].sql} GRANTED BY {grantor}".encode())
            return True
    return False
