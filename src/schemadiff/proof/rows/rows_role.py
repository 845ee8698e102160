"""Sessions on shadow databases that read and write rows, with no more rights than that takes."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from secrets import token_hex

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from schemadiff.catalog.scope import ROWS_ROLE
from schemadiff.desired import limits
from schemadiff.desired.loading.watch import Watch
from schemadiff.errors import ScratchError
from schemadiff.proof.rows.shape import Connection
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.superuser_session import without_event_triggers

_SETTINGS = (
    "SET client_min_messages = error; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET timezone = 'UTC';"
    " SET extra_float_digits = 1; SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET statement_timeout = '20s'"
)

_PUBLICATIONS = """
SELECT pubname::text, concat_ws(', ', CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END,
                                CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END)
FROM pg_catalog.pg_publication WHERE pubupdate OR pubdelete ORDER BY 1
"""
"""Each publication that a change or deletion of a row concerns, with all that it publishes."""

_FIRING = """
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), f.what, f.name, f.enabled
FROM (SELECT tgrelid, 'TRIGGER', tgname::text, tgenabled::text FROM pg_catalog.pg_trigger
      WHERE NOT tgisinternal OR tgparentid <> 0
      UNION ALL SELECT ev_class, 'RULE', rulename::text, ev_enabled::text FROM pg_catalog.pg_rewrite
      WHERE rulename <> '_RETURN') AS f (relation, what, name, enabled)
JOIN pg_catalog.pg_class AS c ON c.oid = f.relation JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE f.enabled IN ('A', 'R') AND c.relkind IN ('r', 'p', 'f')
ORDER BY 1, 2, 3
"""
"""Triggers and rules that fire in a replica, too."""

_ENABLED = {"A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}


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
    def session(self, database: str, *, writes: bool = False) -> Iterator[Connection]:
        """A session in autocommit, with settings under which every value is printed in one way.

        While one `writes`, nobody else may look at the schema, in which triggers are disabled.
        """
        with (
            self._unpublished(database),
            self._silenced(database) if writes else nullcontext(),
            psycopg.connect(self._server.url(database, self._name), autocommit=True) as connection,
            Watch(
                self._server.superuser_url(database), [connection], _ended, all_seconds=limits.REHEARSAL_SECONDS
            ) as deadline,
        ):
            deadline.begin(["code of the database"])
            connection.execute(_SETTINGS)
            yield connection

    @contextmanager
    def _unpublished(self, database: str) -> Iterator[None]:
        """No publication wants to know which row is changed or deleted: a table without a key cannot tell."""
        with closing(psycopg.connect(self._server.superuser_url(database), autocommit=True)) as admin:
            publications = admin.execute(_PUBLICATIONS).fetchall()
            _publish(admin, [(name, "") for name, _ in publications])
            try:
                yield
            finally:
                _publish(admin, publications)

    @contextmanager
    def _silenced(self, database: str) -> Iterator[None]:
        """No trigger and no rule fires, not even in a replica: one may write the time, a number or a word at random."""
        with closing(psycopg.connect(self._server.superuser_url(database), autocommit=True)) as admin:
            firing = admin.execute(_FIRING).fetchall()
            _switch(admin, [(table, f"DISABLE {what}", name) for table, what, name, _ in firing])
            try:
                yield
            finally:
                _switch(admin, [(table, f"{_ENABLED[how]} {what}", name) for table, what, name, how in firing])


def _switch(admin: psycopg.Connection, switches: list[tuple[str, str, str]]) -> None:
    """Disable or enable triggers and rules of single tables."""
    if not switches:
        return
    with admin.transaction(), without_event_triggers(admin):
        for table, action, name in switches:
            admin.execute(f"ALTER TABLE ONLY {table} {action} ".encode() + Identifier(name).as_string(admin).encode())


def _publish(admin: psycopg.Connection, publications: list[tuple[str, str]]) -> None:
    """Let publications publish these operations, and no others."""
    if not publications:
        return
    with admin.transaction(), without_event_triggers(admin):
        for name, operations in publications:
            words = SQL("ALTER PUBLICATION {} SET (publish = {})").format(Identifier(name), Literal(operations))
            admin.execute(words)


def _ended(what: str, reason: str) -> ScratchError:
    return ScratchError(
        f"{what} {reason} (it ran while rows were made or read for the rehearsal: "
        "look at functions in checks, defaults, generated columns and indexes)"
    )
