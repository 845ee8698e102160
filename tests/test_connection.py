"""Errors of connecting say what to do and show no password."""

from typing import Any

import psycopg
import pytest

from schemadiff import connection as module
from schemadiff.connection import connect, refuse_transaction_pooler
from schemadiff.errors import ConnectionFailed, Refused
from schemadiff.scratch.server import ScratchServer


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:s3cret@127.0.0.1:1/db", "check host and port, and that the server runs"),
        ("host=127.0.0.1 port=1 user=u password=s3cret dbname=db", "check host and port"),
        ("postgresql://u:s3cret@no.such.host.invalid/db", "check the host name and the network"),
        ("postgresql://u:s3cret@db.abcdefghijklmnopqrst.supabase.co.invalid/db", "check the host name"),
        ("postgresql://u:s3cret@/db?host=/nonexistent", "check the socket directory"),
        ("nonsense s3cret", "check the connection string"),
        ("postgresql://u:s3cret@host:port/db", "check the connection string"),
    ],
)
def test_servers_out_of_reach(url: str, said: str) -> None:
    """The masked URL, libpq's reason, the next step."""
    with pytest.raises(ConnectionFailed, match=said) as failed:
        connect(url, timeout=2)
    if not url.startswith("nonsense"):
        assert "s3cret" not in str(failed.value)


def test_a_database_that_is_not_there(server17: ScratchServer) -> None:
    """The name is wrong, the server is there."""
    with pytest.raises(ConnectionFailed, match='database "nope" does not exist: check the name'):
        connect(server17.url("nope"))


def test_a_session_is_named_and_unprepared(server17: ScratchServer) -> None:
    """Autocommit, named, no prepared statements that a pooler would leak."""
    with connect(server17.url("postgres"), purpose="schemadiff test") as connection:
        assert connection.autocommit
        assert connection.prepare_threshold is None
        assert connection.execute("SHOW application_name").fetchone() == ("schemadiff test",)
        refuse_transaction_pooler("unused", connection)


class _Pooled(psycopg.Connection[Any]):
    """A session whose every transaction runs on another backend, as behind a transaction pooler."""

    def execute(self, query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:
        if "pg_backend_pid" in str(query):
            with psycopg.connect(self.info.dsn) as other:
                query = f"SELECT {other.info.backend_pid}"
        return super().execute(query, *arguments, **options)


def test_a_transaction_pooler_is_refused(server17: ScratchServer) -> None:
    """Sessions whose transactions land on several backends hold no locks."""
    with _Pooled.connect(server17.url("postgres"), autocommit=True) as connection:
        with pytest.raises(Refused, match="is a transaction pooler"):
            refuse_transaction_pooler("unused", connection)


def test_direct_supabase_hosts_are_sent_to_the_session_pooler() -> None:
    """They answer on IPv6 only, which many networks lack."""
    url = "postgresql://postgres:s3cret@db.abcdefghijklmnopqrst.supabase.co/postgres"
    message = module._refusal(url, psycopg.OperationalError("connection is bad: Network is unreachable"))
    assert "use the session pooler's URL" in message
    assert "s3cret" not in message
