"""Connecting to the live database, with errors that say what to do and show no password."""

import re
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.versions import refuse_unsupported
from schemadiff.connection_string import UNREADABLE, parameters_of, secrets_of, shown, without_password
from schemadiff.errors import ConnectionFailed, Refused, UnsupportedServer
from schemadiff.session import prepare

Connection = psycopg.Connection[TupleRow]

TRANSACTION_POOLER_PORT = 6543
"""The port on which Supabase's poolers give every transaction another backend."""

_PROBES = 4

_GONE: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 6,
    "tcp_user_timeout": 90 * 1000,
}
"""How a server is noticed that no longer answers, where the connection string says nothing about it."""

_NEXT_STEPS = (
    ("password authentication failed", "check user and password"),
    ("no password supplied", "put it into the URL, ~/.pgpass, or PGPASSWORD where the same source names the host"),
    ("no pg_hba.conf entry", "the server does not admit this user from this address: see its pg_hba.conf"),
    ("does not exist", "check the name in the connection string"),
    ("Tenant or user not found", "a Supabase pooler wants the user as postgres.<project ref>: copy its URL"),
    ("translate host name", "check the host name and the network"),
    ("Name or service not known", "check the host name and the network"),
    ("Connection refused", "check host and port, and that the server runs"),
    ("No such file or directory", "check the socket directory or host, and that the server runs"),
    ("timeout expired", "check host, port and firewall"),
    ("too many connections", "close idle connections or wait"),
    ("remaining connection slots", "close idle connections or wait"),
    ("SSL", "check sslmode and the certificates"),
)

_SUPABASE_DIRECT = re.compile(r"^db\.[a-z0-9]+\.supabase\.(co|com|red)$")

_IPV6_STEP = (
    "direct Supabase hosts answer on IPv6 only: use the session pooler's URL "
    "(aws-N-<region>.pooler.supabase.com:5432, user postgres.<project ref>)"
)


def connect(url: str, *, purpose: str = "schemadiff", timeout: int = 10, writes: bool = False) -> Connection:
    """A session in autocommit mode that calls itself `purpose`; waits at most `timeout` seconds.

    Before anything else, it is set so that nothing of live decides what our statements mean; only one that `writes`
    can write. Errors: ConnectionFailed with the masked URL and the next step; UnsupportedServer; Refused where settings
    do not hold, as behind a transaction pooler.
    """
    given = parameters_of(url) or {}
    try:
        # poolers hand the session on to other clients: prepared statements would outlive us there
        connection = psycopg.connect(
            url,
            autocommit=True,
            application_name=purpose[:63],
            connect_timeout=timeout,
            prepare_threshold=None,
            **{name: value for name, value in _GONE.items() if name not in given},
        )
    except (psycopg.OperationalError, psycopg.ProgrammingError, UnicodeError) as error:
        raise ConnectionFailed(_refusal(url, error)) from None
    try:
        refuse_unsupported(connection.info.server_version, f"the server behind {shown(url)!r}")
        _refuse_pooler_port(connection)
        prepare(connection, writes=writes)
    except psycopg.Error as error:
        connection.close()
        raise ConnectionFailed(_refusal(url, error)) from None
    except (UnsupportedServer, Refused):
        connection.close()
        raise
    return connection


def refuse_transaction_pooler(connection: Connection) -> None:
    """Raise Refused where one session's transactions run on several backends: its locks would be lost."""
    rows = (connection.execute("SELECT pg_catalog.pg_backend_pid()").fetchone() for _ in range(_PROBES))
    if len(set(rows)) > 1:
        raise _pooled(connection)


def _refuse_pooler_port(connection: Connection) -> None:
    host, port = connection.info.host, connection.info.port
    local = host.startswith("/") or host in ("", "localhost", "127.0.0.1", "::1")
    if port == TRANSACTION_POOLER_PORT and not local:
        raise _pooled(connection)


def _pooled(connection: Connection) -> Refused:
    return Refused(
        f"port {connection.info.port} of {connection.info.host} is a transaction pooler, where settings, timeouts and "
        "the lock of a migration do not hold: use the direct connection or the session pooler (port 5432)"
    )


def _refusal(url: str, error: Exception) -> str:
    if shown(url) == UNREADABLE:
        # what libpq says about it names parts of it
        return (
            f"cannot connect to {UNREADABLE}: check the connection string: it looks like "
            "postgresql://user@host:5432/database, and a password in it has %40 for @, %2F for / and %3F for ?"
        )
    text = without_password(" ".join(str(error).split()))
    for secret in sorted(secrets_of(url), key=len, reverse=True):
        text = text.replace(secret, "***")
    step = next((step for sign, step in _NEXT_STEPS if sign in text), "check the connection string")
    if _SUPABASE_DIRECT.match(_host(url)) and not re.search("authentication|does not exist", text):
        step = _IPV6_STEP
    return f"cannot connect to {shown(url)!r}: {text}: {step}"


def _host(url: str) -> str:
    return (parameters_of(url) or {}).get("host", "")
