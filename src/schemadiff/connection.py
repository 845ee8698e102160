"""Connecting to the live database, with errors that say what to do and show no password."""

import re
import select
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Any

import psycopg
from psycopg import pq
from psycopg.rows import TupleRow

from schemadiff.catalog.versions import refuse_unsupported
from schemadiff.connection_string import (
    UNREADABLE,
    is_hosted,
    parameters_of,
    secrets_of,
    shown,
    without_others_parameters,
    without_password,
)
from schemadiff.errors import ConnectionFailed, Refused, UnsupportedServer
from schemadiff.session import prepare

Connection = psycopg.Connection[TupleRow]

_PROBES, _SOON = 4, 3.0
"""How often a session is asked which backend it has, and how many seconds a second one may take to have one."""

_BACKEND = b"SELECT pg_catalog.pg_backend_pid()"

_IN_SESSION_MODE: set[str] = set()
"""URLs behind which a pooler keeps a backend for each session."""

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

_SUPABASE_DIRECT = re.compile(r"^db\.(?P<ref>[a-z0-9]+)\.supabase\.(co|com|red)$")

_IPV6_STEP = (
    "direct Supabase hosts answer on IPv6 only: use the session pooler's URL, "
    "postgresql://postgres.{ref}@aws-N-<region>.pooler.supabase.com:5432/postgres"
)


def connect(url: str, *, purpose: str = "schemadiff", timeout: int = 10, writes: bool = False) -> Connection:
    """A session in autocommit mode that calls itself `purpose`; waits at most `timeout` seconds.

    Before anything else, it is set so that nothing of live decides what our statements mean; only one that `writes`
    can write. Errors: ConnectionFailed with the masked URL and the next step; UnsupportedServer; Refused where settings
    do not hold, as behind a transaction pooler.
    """
    try:
        connection = _opened(url, purpose, timeout)
    except (psycopg.OperationalError, psycopg.ProgrammingError, UnicodeError) as error:
        raise ConnectionFailed(_refusal(url, error)) from None
    try:
        refuse_unsupported(connection.info.server_version, f"the server behind {shown(url)!r}")
        # before settings are made: they would stay on a backend that is another session's, too
        refuse_transaction_pooler(url, connection, timeout=timeout)
        prepare(connection, writes=writes)
    except psycopg.Error as error:
        connection.close()
        raise ConnectionFailed(_refusal(url, error)) from None
    except (UnsupportedServer, Refused):
        connection.close()
        raise
    return connection


def refuse_transaction_pooler(url: str, connection: Connection, *, timeout: int = 10) -> None:
    """Raise Refused where a session at `url` moves between backends, or shares one with another session.

    A server tells a session the number of its backend at login; where that is another one than the backend says, a
    pooler stands between. Only there is a second session opened, once for each URL.
    """
    backend = _backend(connection)
    if backend == connection.info.backend_pid:
        return
    if any(_backend(connection) != backend for _ in range(_PROBES)):
        raise _pooled(url, connection)
    if url in _IN_SESSION_MODE:
        return
    with suppress(psycopg.OperationalError), closing(_opened(url, "schemadiff", timeout)) as other:
        for _ in range(_PROBES):
            if _backend_soon(other) == backend or _backend(connection) != backend:
                raise _pooled(url, connection)
    _IN_SESSION_MODE.add(url)


def _opened(url: str, purpose: str, timeout: int) -> Connection:
    url = without_others_parameters(url)
    given = parameters_of(url) or {}
    # poolers hand the session on to other clients: prepared statements would outlive us there
    return psycopg.connect(
        url,
        autocommit=True,
        application_name=purpose[:63],
        connect_timeout=timeout,
        prepare_threshold=None,
        **{name: value for name, value in (_GONE | _careful(given)).items() if name not in given},
    )


def _careful(given: Mapping[str, str]) -> dict[str, str]:
    """TLS at least, without which libpq would go on where somebody between us and a hosted server refuses it."""
    hosts = [host for name in ("host", "hostaddr") for host in given.get(name, "").split(",") if host]
    said = next((one.val for one in pq.Conninfo.get_defaults() if one.keyword == b"sslmode"), None)
    return {"sslmode": "require"} if any(map(is_hosted, hosts)) and said in (None, b"prefer") else {}


def _backend(connection: Connection) -> int:
    row = connection.execute(_BACKEND).fetchone()
    return int(row[0]) if row else 0


def _backend_soon(connection: Connection) -> int | None:
    """The same of a session that may have to wait for others to end; OperationalError where that takes long."""
    server = connection.pgconn
    server.send_query(_BACKEND)
    end = time.monotonic() + _SOON
    while server.is_busy():
        ready, _, _ = select.select([server.socket], [], [], max(end - time.monotonic(), 0))
        if not ready:
            raise psycopg.OperationalError("no backend is free")
        server.consume_input()
    result = server.get_result()
    value = None if result is None or result.status != pq.ExecStatus.TUPLES_OK else result.get_value(0, 0)
    while server.get_result() is not None:
        pass
    return None if value is None else int(value)


def _pooled(url: str, connection: Connection) -> Refused:
    host, port = connection.info.host, connection.info.port
    if is_hosted(host):
        step = f"use {re.sub(rf':{port}(?=/|$)', ':5432', shown(url))} instead"
    else:
        step = "connect to the server itself, or to a pool whose mode is session"
    return Refused(
        f"port {port} of {host} is a transaction pooler, where settings, timeouts and the lock of a run do not hold "
        f"from one transaction to the next: {step}"
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
    direct = _SUPABASE_DIRECT.match(_host(url))
    if direct and not re.search("authentication|does not exist|SSL", text):
        step = _IPV6_STEP.format(ref=direct["ref"])
    return f"cannot connect to {shown(url)!r}: {text}: {step}"


def _host(url: str) -> str:
    return (parameters_of(url) or {}).get("host", "")
