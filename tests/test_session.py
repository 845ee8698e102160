"""Sessions on live are set before anything else, and cannot write where nothing is to be written."""

import os
from collections.abc import Callable

import psycopg
import pytest

from schemadiff.connection import connect
from schemadiff.errors import Refused
from schemadiff.scratch.server import ScratchServer
from schemadiff.session import looking_up, users_path

Databases = Callable[..., str]

AS_SET = {
    "search_path": "",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
    "xmloption": "content",
    "extra_float_digits": "1",
    "row_security": "on",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "1min",
    "client_encoding": "UTF8",
}


def test_no_setting_of_the_role_decides(server: ScratchServer, fresh_database: Databases) -> None:
    """Nor one of the database; what values mean there stays, but not how the client reads them."""
    server.create_role("odd", "LOGIN")
    url = fresh_database(server, owner="odd")
    odd = (
        "search_path = public", "IntervalStyle = sql_standard", "bytea_output = escape", "row_security = off",
        "standard_conforming_strings = off", "quote_all_identifiers = on", "xmloption = document",
        "extra_float_digits = -5", "statement_timeout = '1s'", "lock_timeout = '1s'", "DateStyle = 'German, DMY'",
        "client_encoding = LATIN1", "TimeZone = 'Asia/Tokyo'",
    )  # fmt: skip
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in odd:
            connection.execute(f"ALTER ROLE odd IN DATABASE {connection.info.dbname} SET {setting}".encode())
    with connect(url) as connection:
        for name, value in (AS_SET | {"TimeZone": "Asia/Tokyo", "DateStyle": "ISO, DMY"}).items():
            assert connection.execute(f"SHOW {name}".encode()).fetchone() == (value,), name


def test_the_environment_of_the_client_decides_nothing(server: ScratchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people who run the same plan do the same."""
    monkeypatch.setitem(os.environ, "PGTZ", "Asia/Tokyo")
    monkeypatch.setitem(os.environ, "PGDATESTYLE", "SQL, DMY")
    monkeypatch.setitem(os.environ, "PGOPTIONS", "-c intervalstyle=iso_8601")
    with connect(server.url("postgres")) as connection:
        shown = [connection.execute(f"SHOW {name}".encode()).fetchone() for name in ("TimeZone", "IntervalStyle")]
    assert shown[0] != ("Asia/Tokyo",)
    assert shown[1] == ("postgres",)


def test_only_a_session_that_writes_can_write(server: ScratchServer, fresh_database: Databases) -> None:
    """Not by mistake, in any transaction."""
    url = fresh_database(server)
    with connect(url) as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("CREATE TABLE public.t ()")
    with connect(url, writes=True) as connection:
        connection.execute("CREATE TABLE public.t ()")


def test_sessions_without_triggers_are_refused(server: ScratchServer) -> None:
    """Foreign keys would not hold in them."""
    url = psycopg.conninfo.make_conninfo(server.url("postgres"), options="-c session_replication_role=replica")
    with pytest.raises(Refused, match="session_replication_role is replica for role"):
        connect(url)


def test_a_server_that_is_gone_is_noticed(server17: ScratchServer) -> None:
    """Unless the connection string says how."""
    with connect(server17.url("postgres")) as connection:
        assert connection.info.get_parameters()["keepalives_idle"] == "30"
        assert connection.info.get_parameters()["tcp_user_timeout"] == "90000"
    url = psycopg.conninfo.make_conninfo(server17.url("postgres"), keepalives_idle=7)
    with connect(url) as connection:
        assert connection.info.get_parameters()["keepalives_idle"] == "7"


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        ("", "app"),
        ("GRANT CREATE ON SCHEMA app TO PUBLIC", ""),
        ("GRANT CREATE ON SCHEMA app TO guest", ""),
        ("GRANT CREATE ON SCHEMA app TO club; GRANT club TO guest", ""),
        ("GRANT CREATE ON SCHEMA app TO club; GRANT club TO host", "app"),
        ("ALTER SCHEMA app OWNER TO guest; GRANT ALL ON SCHEMA app TO host", ""),
        ("GRANT CREATE ON SCHEMA app TO guest; GRANT host TO guest", "app"),
        ("CREATE SCHEMA host AUTHORIZATION host", "host, app"),
        ("CREATE SCHEMA host AUTHORIZATION guest; GRANT USAGE ON SCHEMA host TO host", "app"),
    ],
)
def test_users_code_finds_names_where_no_other_creates(
    server: ScratchServer, fresh_database: Databases, grant: str, expected: str
) -> None:
    """The role's own search_path, "$user" among it, without what others may lay a trap in."""
    for name, how in (("host", "LOGIN"), ("guest", "LOGIN"), ("club", "NOLOGIN")):
        server.create_role(name, how)
    url = fresh_database(server)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA app AUTHORIZATION host; GRANT CREATE ON SCHEMA public TO PUBLIC")
        connection.execute(f'ALTER DATABASE {connection.info.dbname} SET search_path = "$user", app, public'.encode())
        connection.execute(grant.encode())
    with connect(psycopg.conninfo.make_conninfo(url, user="host")) as connection:
        assert users_path(connection) == expected
        with looking_up(connection, expected):
            assert connection.execute("SHOW search_path").fetchone() == (expected,)
        assert connection.execute("SHOW search_path").fetchone() == ("",)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("REVOKE club FROM guest, host; REVOKE host FROM guest")
