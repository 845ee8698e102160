"""Scratch databases made from a catalog: the same objects, without rows."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.role_membership import RoleMembership
from schemadiff.catalog.kinds.subscription import Subscription
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import quote_ident
from schemadiff.catalog.versions import GUARDS_ROLES
from schemadiff.desired.loading.superuser import run_together
from schemadiff.difference.explanation import Difference, differences
from schemadiff.errors import ScratchError
from schemadiff.planning.planner import script
from schemadiff.plans.model import Script
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.grantors import hand_on
from schemadiff.shadow.rehearsal import PRELUDE, Superuser, rehearse

_VALID = Index.COLUMNS.index("valid")


def copy_catalog(catalog: Catalog, empty: Catalog, server: ScratchServer, database: str, *, baseline: str) -> None:
    """Make scratch `database` from `baseline`, whose catalog is `empty`, and what `catalog` holds beyond it.

    Raises ScratchError when Postgres refuses a statement; the database is left as it is then.
    """
    made = script(empty, catalog)
    server.create_database(database, template=baseline)
    try:
        run_copying(made, server.url(database))
        _break_indexes(catalog, server.url(database))
        hand_on(catalog, server.url(database))
        _grant_by_others(catalog, server.url(database))
    except psycopg.Error:
        server.drop_database(database)
        server.create_database(database, template=baseline)
        # it tells which statement it was
        failure = rehearse(made, server.url(database), Superuser(server.url(database), on_live=True))
        if failure is not None:
            raise ScratchError(f"live cannot be copied to the scratch server: {failure}") from None


def _grant_by_others(catalog: Catalog, url: str) -> None:
    """Let roles be members by those who granted it: REVOKE takes back what one grantor gave."""
    found = [RoleMembership.of(values) for values in catalog.rows[RoleMembership.KIND].values()]
    found = [membership for membership in found if any(membership.grantors)]
    waiting = [(one, by) for one in found for by in one.grantors if by]
    with psycopg.connect(url, autocommit=True) as connection:
        left = len(waiting) + 1
        while len(waiting) < left:
            left = len(waiting)
            waiting = [(one, by) for one, by in waiting if not _granted_by(one, by, connection)]
        unlike = {one.identity for one, _ in waiting}
        for one in found:
            if "" not in one.grantors and one.identity not in unlike:
                connection.execute(f"REVOKE {one.role} FROM {one.member}".encode())


def _granted_by(membership: RoleMembership, by: str, connection: psycopg.Connection) -> bool:
    """Whether Postgres lets `by` grant it, who may need a grant first; not all grantors gave the admin option."""
    for one in dict.fromkeys((membership, replace(membership, admin=False))):
        with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidGrantOperation):
            connection.execute(f"{one.create()[0].sql} GRANTED BY {by}".encode())
            return True
    return False


def let_administer(catalog: Catalog, roles: Iterable[str], url: str, loader: str) -> None:
    """Let `loader` change roles that it might have made: since 16 that takes the admin option."""
    if catalog.server_version < GUARDS_ROLES:
        return
    with psycopg.connect(url, autocommit=True) as connection:
        for role in roles:
            words = f"GRANT {role} TO {quote_ident(loader)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"
            connection.execute(words.encode())


def run_copying(made: Script, url: str) -> None:
    """Run a script as a superuser, with one round trip for each segment. Raises psycopg.Error."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PRELUDE)
        for segment in made.segments:
            texts = [step.sql for step in segment.steps]
            if not segment.transactional:
                for text in texts:
                    connection.execute(text.encode())
                continue
            giving = [step.sql for step in segment.steps if step.object.startswith(Owner.KIND)]
            run_together(connection, texts, giving)


def finished(catalog: Catalog) -> Catalog:
    """The catalog with valid indexes only: what a rollback reaches, since it leaves no index half built."""
    broken = _broken(catalog)
    if not broken:
        return catalog
    indexes = dict(catalog.rows[Index.KIND])
    for name in broken:
        values = indexes[name]
        indexes[name] = (*values[:_VALID], True, *values[_VALID + 1 :])
    return replace(catalog, rows=catalog.rows | {Index.KIND: indexes}, _built={})


def _broken(catalog: Catalog) -> list[str]:
    """Indexes that an interrupted CREATE INDEX CONCURRENTLY left behind."""
    return [name for name, values in catalog.rows.get(Index.KIND, {}).items() if not values[_VALID]]


def _break_indexes(catalog: Catalog, url: str) -> None:
    """Leave those indexes half built that the catalog has so: there is no statement for it."""
    if broken := _broken(catalog):
        with psycopg.connect(url, autocommit=True) as connection:
            words = "UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = ANY(%s::regclass[])"
            connection.execute(words, [broken])


def copy_subscriptions(server: ScratchServer, source: str, target: str, scope: Scope) -> None:
    """Give a clone the subscriptions of the database that it was made from, which no clone has.

    Raises psycopg.Error.
    """
    with psycopg.connect(server.url(source), autocommit=True) as connection:
        held = inspect(connection, scope)
    theirs = {built.id for built in held if Subscription.KIND in (built.KIND, (built.within() or built.id).kind)}
    run_copying(script(held.restricted({built.id for built in held} - theirs), held), server.url(target))


def read_empty(server: ScratchServer, baseline: str, model: Catalog) -> Catalog:
    """The catalog of the database that copies begin as, within the scope of `model`."""
    with psycopg.connect(server.url(baseline), autocommit=True) as connection:
        return inspect(connection, model.scope)


def copy_differs(copy: Catalog, live: Catalog) -> tuple[Difference, ...]:
    """What the copy does not share with live."""
    return differences(copy, live)
