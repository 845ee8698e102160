"""Inspection as a role that owns nothing and may read nothing but the catalog."""

from collections.abc import Callable

import psycopg
from psycopg.conninfo import conninfo_to_dict

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import diff
from schemadiff.scratch.server import ScratchServer

SCHEMA = """
CREATE SCHEMA closed;
REVOKE ALL ON SCHEMA closed FROM PUBLIC;
CREATE TABLE closed.t (a int PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''), c int GENERATED ALWAYS AS IDENTITY);
CREATE INDEX ON closed.t (lower(b)) WHERE a > 0;
CREATE STATISTICS closed.st ON a, b FROM closed.t;
CREATE FUNCTION closed.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE ALL ON FUNCTION closed.f FROM PUBLIC;
CREATE FUNCTION closed.ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER ev ON ddl_command_end EXECUTE FUNCTION closed.ev();
CREATE VIEW closed.v AS SELECT a FROM closed.t;
CREATE MATERIALIZED VIEW closed.mv AS SELECT 1 AS a;
CREATE TYPE closed.e AS ENUM ('a');
CREATE DOMAIN closed.d AS int CHECK (VALUE > 0);
CREATE TRIGGER tr AFTER UPDATE ON closed.t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE RULE r AS ON INSERT TO closed.v DO INSTEAD NOTHING;
CREATE POLICY p ON closed.t USING (a > 1);
CREATE SEQUENCE closed.s;
CREATE PUBLICATION pub FOR TABLE closed.t;
CREATE SUBSCRIPTION sub CONNECTION 'host=x password=y' PUBLICATION pub WITH (connect = false, slot_name = NONE);
CREATE FOREIGN DATA WRAPPER w OPTIONS (a '1');
CREATE SERVER sv FOREIGN DATA WRAPPER w OPTIONS (host 'h');
CREATE FOREIGN TABLE closed.ft (a int OPTIONS (x 'y')) SERVER sv;
ALTER DEFAULT PRIVILEGES IN SCHEMA closed GRANT SELECT ON TABLES TO PUBLIC;
"""


def test_a_role_without_rights_sees_what_a_superuser_sees(
    server: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    url = fresh_database(server)
    fresh_database(server, owner="plain_reader")
    plain = server.url(conninfo_to_dict(url)["dbname"], "plain_reader")
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute("SET client_min_messages = error")
        for statement in filter(str.strip, SCHEMA.split(";\n")):
            superuser.execute(statement.encode())
        try:
            wanted = inspect(superuser, Scope.of())
            with psycopg.connect(plain, autocommit=True) as connection:
                found = inspect(connection, Scope.of())
            assert Identity("subscription", Quoted("sub")) in found
            assert diff(wanted, found) == {}
            assert found.unmanaged == wanted.unmanaged
        finally:
            superuser.execute("DROP SUBSCRIPTION sub")


def test_rows_of_a_table_that_anybody_may_have_made_are_not_read(
    server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    url = fresh_database(server17, owner="stranger")
    with psycopg.connect(url) as stranger:
        stranger.execute("CREATE SCHEMA cron; CREATE TABLE cron.job (jobname text, code text)")
        stranger.execute("GRANT USAGE ON SCHEMA cron TO PUBLIC; GRANT SELECT ON cron.job TO PUBLIC")
    with psycopg.connect(server17.superuser_url(conninfo_to_dict(url)["dbname"]), autocommit=True) as connection:
        catalog = inspect(connection, Scope.of("plain").with_rows(["cron job"]))
    assert catalog.rows["cron job"] == {}
