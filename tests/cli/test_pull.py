"""`pull` as a user runs it: files that a plan finds nothing to do for, and nothing written that is not that."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.scratch.server import ScratchServer

from .shell import Shell

SHOP = """
CREATE EXTENSION pgcrypto;
CREATE SCHEMA shop;
CREATE SCHEMA checks;
CREATE TYPE checks.mood AS ENUM ('fine', 'tired');
CREATE TABLE shop.customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text UNIQUE, mood checks.mood);
COMMENT ON TABLE shop.customer IS 'who buys';
CREATE TABLE shop."Order" (id serial PRIMARY KEY, customer bigint REFERENCES shop.customer);
CREATE TABLE shop."order" (id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE shop.order_2024 PARTITION OF shop."order" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX ON shop."order" (id);
ALTER TABLE shop.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON shop.customer USING (true);
CREATE VIEW shop.names AS SELECT email FROM shop.customer;
CREATE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql RETURN n * 2;
CREATE FUNCTION shop.twice(n text) RETURNS text LANGUAGE sql RETURN n || n;
CREATE FUNCTION shop.guard() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made.object_identity);
    END LOOP;
END $$;
CREATE EVENT TRIGGER guarded ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION shop.guard();
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO PUBLIC;
"""


@pytest.fixture
def shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ScratchServer, fresh_database: Callable[..., str]
) -> Shell:
    """A database with something of most kinds, and an empty folder."""

    monkeypatch.chdir(tmp_path)
    shell = Shell(fresh_database(server))
    shell.execute(SHOP)
    return shell


def files() -> set[str]:
    return {path.relative_to("desired_schema").as_posix() for path in Path("desired_schema").rglob("*.sql")}


def test_a_plan_after_a_pull_is_empty(shop: Shell) -> None:
    pulled = shop("pull")
    assert "files written: loaded into a scratch database, they are what live is" in pulled.stderr
    assert {"_database/extensions.sql", "_database/event_triggers.sql", "zz_default_privileges.sql"} <= files()
    assert {"shop/schema.sql", "shop/tables/customer.sql", "shop/tables/order.sql", "shop/views/names.sql"} <= files()
    assert {"shop/functions/twice.sql", "schema_checks/types/mood.sql"} <= files()
    assert "members of extension pgcrypto" in pulled.stderr
    text = Path("desired_schema/shop/tables/customer.sql").read_text()
    assert text == (
        "CREATE TABLE shop.customer (\n"
        "    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,\n"
        "    email text,\n"
        "    mood checks.mood,\n"
        "    CONSTRAINT customer_pkey PRIMARY KEY (id),\n"
        "    CONSTRAINT customer_email_key UNIQUE (email)\n"
        ");\n\n"
        "ALTER TABLE shop.customer ENABLE ROW LEVEL SECURITY;\n\n"
        "CREATE POLICY everybody ON shop.customer FOR ALL TO PUBLIC\n    USING (true);\n\n"
        "COMMENT ON TABLE shop.customer IS 'who buys';\n"
    )
    assert "nothing to do" in shop("plan").stderr
    assert "nothing to do" in shop("pull").stderr


def test_check_writes_nothing(shop: Shell) -> None:
    checked = shop("pull", "--check", code=2)
    assert "+CREATE VIEW shop.names AS" in checked.stdout
    assert not Path("desired_schema").exists()


def test_a_project_begins_with_what_is_live(shop: Shell) -> None:
    begun = shop("init", "--from-live")
    assert Path(".gitignore").read_text().splitlines()[-1] == ".env"
    assert "eol=lf" in Path(".gitattributes").read_text()
    assert "shop/tables/customer.sql" in files()
    assert "example.sql" not in files()
    assert "schemadiff plan" in begun.stderr
    assert "nothing to do" in shop("plan").stderr


def test_a_plan_from_empty_files_drops_nothing(shop: Shell) -> None:
    shop("init")
    assert "the files declare nothing: pull first" in shop("plan", code=3).stderr
