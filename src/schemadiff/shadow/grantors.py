"""Who gave what to whom in a copy: a catalog's script grants everything as the owner, live may have longer chains."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.sql import Quoted


def hand_on(catalog: Catalog, url: str) -> None:
    """Let privileges be given by whoever gave them, in the copy of `catalog` at `url`; run as a superuser.

    What a role could not give any more, since it may not look into the schema, stays given by the owner.
    """
    for chain in _chains(catalog):
        with psycopg.connect(url, autocommit=True) as connection:
            for privilege, giver in chain:
                with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    _regrant(privilege, giver, connection)


def _chains(catalog: Catalog) -> Iterator[list[tuple[Privilege, Quoted]]]:
    """For each object of which somebody else than the owner gave privileges: what such a one gave, in order."""
    found: dict[Identity, list[Privilege]] = defaultdict(list)
    place = Privilege.COLUMNS.index("given")
    for name, values in catalog.rows.get(Privilege.KIND, {}).items():
        built = catalog[Identity(Privilege.KIND, Quoted(name))] if values[place] else None
        if isinstance(built, Privilege):
            found[built.within()].append(built)
    for privileges in found.values():
        if chain := list(_in_order(privileges)):
            yield chain


def _in_order(privileges: list[Privilege]) -> Iterator[tuple[Privilege, Quoted]]:
    """Parts of privileges that others than the owner gave, with the giver, each after what that one was given."""
    waiting = {one.grantee: one for one in privileges if _givers(one)}
    owners = {giver for one in privileges for giver in _givers(one)} - waiting.keys()
    while ready := [one for one in waiting.values() if not waiting.keys() & _givers(one)]:
        for one in ready:
            del waiting[one.grantee]
            by_owner = {name for name, giver in one.given if giver in owners}
            for giver in sorted(_givers(one) - owners):
                names = {name for name, other in one.given if other == giver} - by_owner
                granted = tuple(name for name in one.granted if name.rstrip("*") in names)
                yield replace(one, granted=granted, handed_on=()), giver


def _givers(privilege: Privilege) -> set[Quoted]:
    return {giver for _, giver in privilege.given} - {privilege.grantee}


def _regrant(privilege: Privilege, giver: Quoted, connection: psycopg.Connection) -> None:
    for statement in privilege.drop():
        connection.execute(statement.sql.encode())
    connection.execute(f"SET LOCAL ROLE {giver}".encode())
    for statement in privilege.create():
        connection.execute(statement.sql.encode())
