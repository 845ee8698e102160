"""Sessions on shadow databases that read and write rows, with no more rights than that takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

import psycopg
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.scope import ROWS_ROLE
from schemadiff.desired import limits
from schemadiff.desired.loading.watch import Watch
from schemadiff.errors import ScratchError
from schemadiff.proof.rows.shape import Connection
from schemadiff.scratch.server import ScratchServer

_SETTINGS = (
    "SET client_min_messages = error; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET timezone = 'UTC';"
    " SET extra_float_digits = 1; SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET statement_timeout = '20s'"
)


class RowsRole:
    """A role that may read and write all rows, and whose writes fire neither triggers nor foreign keys.

    Checks, defaults and the functions in them run as this role: it is no superuser.
    """

    def __init__(self, server: ScratchServer, member_of: str, database: str) -> None:
        self._server = server
        self._name = f"{ROWS_ROLE}{token_hex(4)}"
        server.create_role(self._name, "LOGIN BYPASSRLS", beside=database)
        with psycopg.connect(server.superuser_url(database), autocommit=True) as connection:
            name = Identifier(self._name)
            for role in ("pg_read_all_data", "pg_write_all_data", member_of):
                connection.execute(SQL("GRANT {} TO {}").format(Identifier(role), name))
            # a role that is not a superuser can have it as a setting of its own, and cannot SET it
            connection.execute(SQL("ALTER ROLE {} SET session_replication_role = replica").format(name))

    @contextmanager
    def session(self, database: str) -> Iterator[Connection]:
        """A session in autocommit, with settings under which every value is printed in one way."""
        with (
            psycopg.connect(self._server.url(database, self._name), autocommit=True) as connection,
            Watch(
                self._server.superuser_url(database), [connection], _ended, all_seconds=limits.REHEARSAL_SECONDS
            ) as deadline,
        ):
            deadline.begin(["code of the database"])
            connection.execute(_SETTINGS)
            yield connection


def _ended(what: str, reason: str) -> ScratchError:
    return ScratchError(
        f"{what} {reason} (it ran while rows were made or read for the rehearsal: "
        "look at functions in checks, defaults, generated columns and indexes)"
    )
