"""Whose rights a superuser's session has on a scratch server, within one transaction."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import RLock

import psycopg
from psycopg.sql import SQL, Identifier

from schemadiff.scratch.superuser_session import at_path

ONE_AT_A_TIME = RLock()
"""A transaction of a superuser's may change what all databases of a server share: a role, who owns event triggers."""

_NO_SUPERUSERS = r"""
SELECT rolname FROM pg_catalog.pg_roles
WHERE rolname = ANY (%s) AND NOT rolsuper AND rolname !~ '^pg_' ORDER BY 1
"""


@contextmanager
def promoted(admin: psycopg.Connection, roles: Collection[str]) -> Iterator[None]:
    """The roles are superusers meanwhile, in an open transaction of `admin`: no other session sees it."""
    names = [Identifier(name) for (name,) in admin.execute(_NO_SUPERUSERS, [list(roles)])]
    for name in names:
        admin.execute(SQL("ALTER ROLE {} SUPERUSER").format(name))
    yield
    for name in names:
        admin.execute(SQL("ALTER ROLE {} NOSUPERUSER").format(name))


@contextmanager
def acting_as(admin: psycopg.Connection, role: str | None, search_path: str) -> Iterator[None]:
    """The session is one of `role`'s meanwhile, unless that is None, in an open transaction of `admin`."""
    with at_path(admin, search_path):
        if role is not None:
            admin.execute(SQL("SET LOCAL SESSION AUTHORIZATION {}").format(Identifier(role)))
        yield
        admin.execute("RESET SESSION AUTHORIZATION")
