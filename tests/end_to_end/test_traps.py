"""Whoever may create in a schema that the DBA's names are looked up in gains nothing when the DBA plans or applies."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from schemadiff.scratch.server import ScratchServer

from .shell import Shell

TABLE = """CREATE SCHEMA mill;
CREATE SCHEMA loft;
CREATE TABLE loft.sack (id integer PRIMARY KEY, label text, filled timestamp, note text{more});
CREATE FUNCTION mill.mark(text) RETURNS text LANGUAGE sql AS 'SELECT ''mill '' || $1';
CREATE FUNCTION loft.stamp() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN NEW.note := mark(NEW.label); RETURN NEW; END $$;
CREATE TRIGGER stamped BEFORE UPDATE ON loft.sack FOR EACH ROW EXECUTE FUNCTION loft.stamp();
"""
LIVE = TABLE.format(more="")
DESIRED = TABLE.format(more=", tag text NOT NULL DEFAULT ''").replace("filled timestamp", "filled timestamptz")

BACKFILL = """-- @backfill table=loft.sack key=id
UPDATE loft.sack SET tag = mark(label) WHERE :batch
"""

TRAPS = """
CREATE FUNCTION {schema}.trap({left}, {right}) RETURNS boolean LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'sprung by %', current_user; END $$;
CREATE OPERATOR {schema}.{operator} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = {schema}.trap);
"""
SPRUNG = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sprung by %', current_user; END $$"
FUNCTIONS = ("quote_ident(name)", "lower(name)", "to_regclass(name)", "length(name)", "mark(text)")


def lay_traps(connection: psycopg.Connection, schema: str) -> None:
    """Operators and functions for which Postgres has none with just these argument types, or none at all."""
    pairs = (("name", "name"), ("oid", "integer"), ("name", "varchar"), ('"char"', "varchar"))
    for number, (left, right) in enumerate(pairs):
        for operator in ("=", "<>", "~", "!~", "~~", "||"):
            text = TRAPS.format(schema=schema, left=left, right=right, operator=operator)
            connection.execute(text.replace(".trap(", f'."trap {number} {operator}"(').replace(
                f"{schema}.trap)", f'{schema}."trap {number} {operator}")'
            ).encode())  # fmt: skip
    for function in FUNCTIONS:
        connection.execute(f"CREATE FUNCTION {schema}.{function} RETURNS text {SPRUNG}".encode())


@pytest.fixture(params=["superuser", "owner"])
def mill(
    server: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path, request: pytest.FixtureRequest
) -> Shell:
    """A project whose DBA looks up names where a stranger may create: in public, and in a schema of the DBA's name."""
    server.create_role("stranger", "LOGIN")
    url = fresh_database(server, owner="miller" if request.param == "owner" else None)
    admin = psycopg.conninfo.make_conninfo(url, user=server.superuser)
    with psycopg.connect(url, autocommit=True) as connection:
        dba = connection.info.user
        connection.execute(LIVE.encode())
        connection.execute(
            "INSERT INTO loft.sack SELECT n, 'sack ' || n, '2026-03-29 02:30' FROM generate_series(1, 7) n"
        )
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        connection.execute(
            f'CREATE SCHEMA "{dba}" AUTHORIZATION stranger; GRANT USAGE ON SCHEMA "{dba}" TO PUBLIC'.encode()
        )
        path = '"$user", public, mill'
        connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET search_path = {path}'.encode())
        connection.execute("SET SESSION AUTHORIZATION stranger")
        for schema in ("public", f'"{dba}"'):
            lay_traps(connection, schema)
    shell = Shell(tmp_path, url)
    shell.write("schemadiff.toml", f'exclude = ["public.*", "{dba}", "{dba}.*"]\n')
    shell.write("desired_schema/mill.sql", DESIRED)
    shell.write("desired_schema/backfills/tags.sql", BACKFILL)
    return shell


def test_no_command_runs_into_a_trap(mill: Shell) -> None:
    """Users' code finds the names that are meant, and what it fills means the same for every client."""
    with pytest.raises(psycopg.Error, match="sprung by"):
        mill.rows("SELECT relname ~ relname FROM pg_class")
    plan = mill.plan("--sample", "3", "--allow", "data-loss")
    assert "SET TimeZone = " in (mill.folder / plan / "up.sql").read_text()
    mill("status")
    mill("apply", plan, "--auto-approve", "--allow", "data-loss")
    assert mill.rows("SELECT DISTINCT tag = 'mill ' || label, note = tag FROM loft.sack") == [(True, True)]
    mill("verify", plan)
    mill("rollback", plan, "--auto-approve")
    assert mill.rows("SELECT DISTINCT filled::text FROM loft.sack") == [("2026-03-29 02:30:00",)]
    mill("purge", "--auto-approve")
