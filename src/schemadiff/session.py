"""How our sessions on live are set, before anything else: so that nobody else's functions, operators or types answer
to our names, and no setting of the role or the client decides what values mean.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import pq

from schemadiff.errors import Refused

Session = psycopg.Connection[Any]

SET_PATH = "SELECT pg_catalog.set_config('search_path', %s, %s)"

_FIRST = "SELECT pg_catalog.set_config('search_path', '', false)"
"""What is looked up before this may be found in a trap of others: its names are qualified, and nothing compares."""

_SETTINGS = {
    "client_encoding": "UTF8",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "xmloption": "content",
    "standard_conforming_strings": "on",
    "backslash_quote": "safe_encoding",
    "quote_all_identifiers": "off",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "row_security": "on",
    "default_transaction_isolation": "read committed",
    "default_transaction_deferrable": "off",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "transaction_timeout": "0",
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "60s",
}
"""What is the same in every session; an idle transaction of ours must not keep locks for long."""

_OF_LIVE = """
SELECT s.name,
       CASE WHEN s.name = 'session_replication_role' THEN s.setting
            WHEN s.source <> 'client' THEN s.reset_val
            ELSE coalesce((SELECT substr(entry, strpos(entry, '=') + 1)
                             FROM pg_catalog.pg_db_role_setting AS d, unnest(d.setconfig) AS entry
                            WHERE d.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database
                                                         WHERE datname = current_database()))
                              AND d.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles
                                                     WHERE rolname = session_user))
                              AND lower(entry) LIKE lower(s.name) || '=%'
                            ORDER BY d.setrole <> 0 DESC, d.setdatabase <> 0 DESC LIMIT 1), s.boot_val)
       END
  FROM pg_catalog.pg_settings AS s
 WHERE s.name IN ('TimeZone', 'DateStyle', 'session_replication_role')
"""
"""What values on live mean by its own settings; what the client's environment says of that does not count."""

_SET = """
SELECT pg_catalog.set_config(s.name, given.value, false)
  FROM ROWS FROM (unnest(%s::text[]), unnest(%s::text[])) AS given (name, value)
  JOIN pg_catalog.pg_settings AS s ON lower(s.name) = lower(given.name)
"""
"""A setting that this version does not have is left out."""

_HOLDS = "SELECT current_setting('search_path'), current_setting('transaction_read_only')"

_PATH = "SELECT pg_catalog.current_setting('search_path')"

_OWN_PATH = "SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path'"

_OF_ROLE = """
SELECT s.name, coalesce(
           (SELECT substr(entry, strpos(entry, '=') + 1)
              FROM pg_catalog.pg_db_role_setting AS d, unnest(d.setconfig) AS entry
             WHERE d.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
               AND d.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = %(role)s))
               AND lower(entry) LIKE lower(s.name) || '=%%'
             ORDER BY d.setrole <> 0 DESC, d.setdatabase <> 0 DESC LIMIT 1),
           CASE WHEN s.source IN ('user', 'database user', 'client') THEN s.boot_val ELSE s.reset_val END)
  FROM pg_catalog.pg_settings AS s
 WHERE lower(s.name) = ANY (%(names)s)
"""

_SAFE = """
SELECT coalesce(string_agg(quote_ident(n.nspname), ', ' ORDER BY given.place), '')
  FROM unnest(%s::name[]) WITH ORDINALITY AS given (name, place)
  JOIN pg_catalog.pg_namespace AS n ON n.nspname = given.name
  JOIN pg_catalog.pg_roles AS r ON r.rolname = coalesce(%s, current_user)
 WHERE NOT EXISTS (
           SELECT FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a
            WHERE a.privilege_type = 'CREATE' AND a.grantee = 0)
   AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_roles AS other
            WHERE other.rolcanlogin AND NOT other.rolsuper AND NOT pg_has_role(other.oid, r.oid, 'MEMBER')
              AND (pg_has_role(other.oid, n.nspowner, 'MEMBER') OR EXISTS (
                      SELECT FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS a
                       WHERE a.privilege_type = 'CREATE' AND a.grantee <> 0
                         AND pg_has_role(other.oid, a.grantee, 'MEMBER'))))
"""
"""Who owns a schema can give himself the right to create in it; nobody acts as a role that nobody can log in as.

Who is a member of our role can act as us anyway.
"""


@dataclass(frozen=True, slots=True)
class UsersSettings:
    """Under which settings statements run that run users' code: where it finds names, what its values mean."""

    search_path: str = ""
    time_zone: str = "UTC"
    date_style: str = "ISO, MDY"

    @classmethod
    def of(cls, session: Session, role: str | None = None) -> "UsersSettings":
        """Those of live, of which `session` is one that `prepare` has set; it must be idle.

        With `role`, those of another role's sessions.
        """
        row = session.execute("SELECT current_setting('TimeZone'), current_setting('DateStyle')").fetchone()
        if role is None:
            return cls(users_path(session), *(row or ()))
        of_role = settings_of_role(session, role, ("search_path", "TimeZone"))
        own = '"' + role.replace('"', '""') + '"'
        names = _schemas_in(session, of_role["search_path"].replace('"$user"', own))
        return cls(_safe_path(session, names, role), of_role["TimeZone"], *(row or ())[1:])

    def apply_to(self, session: Session) -> None:
        """Let values mean the same in another session, which looks up nothing by itself from then on."""
        values = {"TimeZone": self.time_zone, "DateStyle": self.date_style, "IntervalStyle": "postgres"}
        session.execute(_FIRST)
        session.execute(_SET, [list(values), list(values.values())])


def prepare(session: Session, *, writes: bool) -> None:
    """Set a new session, which cannot write unless it `writes`.

    Errors: Refused where settings do not hold in it, or where triggers would not fire.
    """
    session.execute(_FIRST)
    of_live = dict(session.execute(_OF_LIVE.encode()).fetchall())
    replication = of_live.pop("session_replication_role")
    if replication != "origin":
        raise Refused(
            f"session_replication_role is {replication} for role {_role(session)}, so that triggers and foreign keys "
            "are not enforced: take that setting from the role, the database or the connection string"
        )
    order = of_live["DateStyle"].rpartition(",")[2].strip()
    values = {**_SETTINGS, **of_live, "DateStyle": f"ISO, {order if order in ('DMY', 'YMD') else 'MDY'}"}
    if not writes:
        values["default_transaction_read_only"] = "on"
    session.execute(_SET, [list(values), list(values.values())])
    # not every server's operating system can tell that a client is gone
    with suppress(psycopg.errors.InvalidParameterValue):
        session.execute("SELECT set_config('client_connection_check_interval', '1s', false)")
    path, read_only = session.execute(_HOLDS).fetchone() or ("", "")
    if path or (not writes and read_only != "on"):
        raise Refused(
            "settings do not last from one transaction to the next here: connect to the server itself, "
            "or to a pooler in session mode"
        )


def users_path(session: Session) -> str:
    """The role's own search_path without the schemas in which others may create; `session` must be idle.

    Others are roles that can log in and may create, or act as one that may, and cannot act as us.
    """
    (own,) = session.execute(_OWN_PATH).fetchone() or ("",)
    return _safe_path(session, _schemas_in(session, own))


def settings_of_role(session: Session, role: str, names: Sequence[str]) -> dict[str, str]:
    """What sessions of another role on live begin with, of some settings."""
    rows = session.execute(_OF_ROLE, {"role": role, "names": [name.lower() for name in names]})
    return {str(name): str(value) for name, value in rows.fetchall()}


def _schemas_in(session: Session, path: str) -> list[str]:
    """The schemas of a search path that are there, and that the role of the session may use."""
    session.execute("BEGIN READ ONLY")
    try:
        session.execute(SET_PATH, [path, True])
        (names,) = session.execute("SELECT pg_catalog.current_schemas(false)").fetchone() or ((),)
    finally:
        session.execute("ROLLBACK")
    return list(names)


def _safe_path(session: Session, names: list[str], role: str | None = None) -> str:
    (path,) = session.execute(_SAFE, [names, role]).fetchone() or ("",)
    return str(path)


LOOKUP_FAILED = ("42P01", "42883", "42704", "3F000")
"""SQLSTATEs of names that are found nowhere."""


def lookup_hint(path: str, *, users_code: bool) -> str:
    """What to know where a name is not found."""
    if users_code:
        return (
            f"names without a schema are looked up in {path or 'no schema at all'}: the role's search_path, without "
            "schemas in which other roles may create; write the schema before the name"
        )
    return (
        "definitions run with an empty search_path: write the schema before each name, also in functions that they "
        "call, or declare these with SET search_path"
    )


@contextmanager
def looking_up(session: Session, path: str) -> Iterator[None]:
    """Let names be looked up in `path` for the block, as users' code expects, and then nowhere again.

    A path that a script has set itself stands.
    """
    if session.execute(_PATH).fetchone() != ("",):
        yield
        return
    local = session.info.transaction_status != pq.TransactionStatus.IDLE
    session.execute(SET_PATH, [path, local])
    try:
        yield
    finally:
        # what a transaction sets that has failed is gone with it
        if session.info.transaction_status in (pq.TransactionStatus.IDLE, pq.TransactionStatus.INTRANS):
            session.execute(SET_PATH, ["", local])


def _role(session: Session) -> str:
    row = session.execute("SELECT quote_ident(session_user)").fetchone()
    return str(row[0]) if row else ""
