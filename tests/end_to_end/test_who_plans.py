"""One role plans and may only read, another one applies."""

from collections.abc import Iterator

import pytest

from .shell import Shell

CHANGED = """CREATE SCHEMA shop;
CREATE TABLE shop.customer (id bigint PRIMARY KEY, full_name text NOT NULL, since date DEFAULT shop.today());
CREATE FUNCTION shop.today() RETURNS date LANGUAGE sql BEGIN ATOMIC SELECT current_date; END;
CREATE TABLE shop.visit (
    id uuid PRIMARY KEY DEFAULT extensions.uuid_generate_v4(), customer bigint REFERENCES shop.customer
);
"""


@pytest.fixture
def reader(shop: Shell) -> Iterator[Shell]:
    """The same project for a role that may read all rows, and nothing else."""
    shop.execute("CREATE ROLE reader LOGIN; ALTER ROLE reader SET search_path = pg_catalog")
    shop.execute("GRANT pg_read_all_data TO reader")
    yield Shell(shop.folder, shop.url.replace("postgres@", "reader@", 1))
    shop.execute("DROP ROLE reader")


def test_a_reader_plans_for_the_owner(shop: Shell, reader: Shell) -> None:
    assert "no drift" in reader("drift", "--as-role", "postgres").stderr
    shop.write("schemadiff.toml", '[environments.ci]\ndatabase_url_env = "CI_URL"\napply_as = "postgres"\n')
    shop.write(".env", f"CI_URL='{reader.url}'\n")
    shop.write("desired_schema/shop.sql", CHANGED)
    plan = reader.plan("--env", "ci")
    up = (shop.folder / plan / "up.sql").read_text()
    assert "OWNER TO" not in up
    assert "Proven" in (shop.folder / plan / "review.md").read_text()
    before = shop.dump()
    refused = reader("apply", plan, "--auto-approve", code=3).stderr
    assert "was rehearsed as role 'postgres', but this connection is 'reader': nothing was run" in refused
    shop("apply", plan, "--auto-approve")
    assert "nothing to do" in reader("plan", "--as-role", "postgres").stderr
    shop("rollback", plan, "--auto-approve")
    assert shop.dump() == before


def test_who_may_not_even_read(shop: Shell) -> None:
    shop.execute("CREATE ROLE visitor LOGIN")
    try:
        visitor = Shell(shop.folder, shop.url.replace("postgres@", "visitor@", 1))
        shop.write("desired_schema/shop.sql", CHANGED)
        plan = visitor.plan("--as-role", "postgres")
        shop("apply", plan, "--auto-approve")
        drift = visitor("drift", "--as-role", "postgres").stderr
        assert "no drift" in drift
        assert "whether a plan is half done is not known" in drift
        assert "GRANT USAGE ON SCHEMA schemadiff" in visitor("plan", "--as-role", "postgres", code=1).stderr
    finally:
        shop.execute("DROP ROLE visitor")


def test_a_role_that_live_lacks(shop: Shell) -> None:
    assert "live has no role 'nobody'" in shop("drift", "--as-role", "nobody", code=1).stderr


def test_whoever_reads_trusts_the_ledger_of_the_role_that_applies(shop: Shell, reader: Shell) -> None:
    shop.write("desired_schema/shop.sql", CHANGED)
    shop("apply", shop.plan(), "--auto-approve")
    shop.execute("CREATE ROLE deployer; GRANT deployer TO postgres")
    grant = "EXECUTE format('GRANT CREATE ON DATABASE %I TO deployer', current_database());"
    shop.execute(f"DO $$BEGIN {grant} END$$")
    shop.execute("ALTER SCHEMA schemadiff OWNER TO deployer")
    tables = "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'schemadiff'::regnamespace"
    for (table,) in shop.rows(tables):
        shop.execute(f"ALTER TABLE {table} OWNER TO deployer")
    try:
        assert "belongs to role deployer" in reader("status", code=3).stderr
        shop.write("schemadiff.toml", '[environments.ci]\ndatabase_url_env = "CI_URL"\napply_as = "deployer"\n')
        shop.write(".env", f"CI_URL='{reader.url}'\n")
        assert "done" in reader("status", "--env", "ci").stdout
    finally:
        shop.execute("REASSIGN OWNED BY deployer TO postgres; DROP OWNED BY deployer; DROP ROLE deployer")
