"""`pull` into files that somebody wrote: only what live has otherwise changes, and nothing around it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.scratch.server import ScratchServer

from .shell import Shell

TABLES = """\
-- what the shop is made of
create schema shop;

/* people */
create table shop.customer (
  id      bigint generated always as identity primary key,   -- never shown
  -- as they like to be called
  name    text not null,
  "Fax"   text,
  born    date check (born > '1900-01-01'),
  unique (name)
);

-- Orders, oldest first.
create table shop.orders (
  id bigint primary key,
  customer bigint references shop.customer (id)
);
create index orders_customer on shop.orders (customer);

create index orders_latest on shop.orders (id desc);   -- for the front page
alter table shop.orders enable row level security;
create policy own on shop.orders using (true);
GRANT select, insert ON shop.orders TO public;
comment on table shop.orders is 'all of them';

create view shop.names as select name from shop.customer;
"""

FUNCTIONS = """\
-- twice as much
create or replace function shop.twice(n integer) returns integer language sql as $$ select n * 2 $$;
create or replace function shop.twice(n text) returns text language sql as $$ select n || n $$;
"""

TEMPLATE = """\
{% for name in ["red", "blue"] %}
create table shop.{{ name | ident }} (id int);
{% endfor %}
"""

LIVE = TABLES + FUNCTIONS + "create table shop.red (id int); create table shop.blue (id int);"


@pytest.fixture
def shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server17: ScratchServer, fresh_database: Callable[..., str]
) -> Shell:
    """A project whose files declare its database, in a layout of their own."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("tables.sql", TABLES), ("code/functions.sql", FUNCTIONS), ("colours.sql.j2", TEMPLATE)):
        path = tmp_path / "desired_schema" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shell = Shell(fresh_database(server17))
    shell.execute(LIVE)
    return shell


def written(name: str) -> str:
    return Path("desired_schema", name).read_text()


def pulled(shop: Shell, sql: str) -> None:
    """Change live and pull; a plan has nothing to do then."""
    shop.execute(sql)
    shop("pull")
    assert "nothing to do" in shop("plan", "--no-proof").stderr


def test_files_that_declare_live_stay(shop: Shell) -> None:
    assert "nothing to do" in shop("pull").stderr
    assert "nothing to do" in shop("pull", "--check").stderr
    assert written("tables.sql") == TABLES


def test_clauses_of_a_table_change_alone(shop: Shell) -> None:
    pulled(
        shop,
        "ALTER TABLE shop.customer ADD mail text DEFAULT 'x', DROP born, ALTER \"Fax\" TYPE varchar(80);"
        "ALTER TABLE shop.customer ADD CONSTRAINT mailed CHECK (mail <> name)",
    )
    expected = TABLES.replace('  "Fax"   text,', "  \"Fax\" character varying(80),\n  mail text DEFAULT 'x'::text,")
    expected = expected.replace("  born    date check (born > '1900-01-01'),\n", "")
    expected = expected.replace("  unique (name)\n", "  unique (name),\n  CONSTRAINT mailed CHECK ((mail <> name))\n")
    assert written("tables.sql") == expected
    assert written("code/functions.sql") == FUNCTIONS


def test_statements_change_come_and_go_alone(shop: Shell) -> None:
    pulled(
        shop,
        """
        ALTER POLICY own ON shop.orders USING (id > 0);
        DROP INDEX shop.orders_latest;
        DROP VIEW shop.names;
        CREATE OR REPLACE FUNCTION shop.twice(n text) RETURNS text LANGUAGE sql AS $$ SELECT n || '-' || n $$;
        CREATE INDEX orders_both ON shop.orders (customer, id);
        COMMENT ON TABLE shop.orders IS 'most of them';
        CREATE TABLE shop.fresh (id int);
        GRANT UPDATE ON shop.orders TO public;
        """,
    )
    text = written("tables.sql")
    assert text.startswith(TABLES[: TABLES.index("-- Orders")])
    assert "-- Orders, oldest first.\ncreate table shop.orders (\n  id bigint primary key,\n" in text
    assert "create index orders_customer on shop.orders (customer);" in text
    assert "orders_latest" not in text
    assert "shop.names" not in text
    assert "most of them" in text
    assert "CREATE INDEX orders_both" in text
    assert "-- twice as much\ncreate or replace function shop.twice(n integer)" in written("code/functions.sql")
    assert "n || '-' || n" in written("code/functions.sql")
    assert written("shop/tables/fresh.sql") == "CREATE TABLE shop.fresh (\n    id integer\n);\n"


def test_a_table_whose_clauses_say_more_is_written_anew(shop: Shell) -> None:
    pulled(
        shop,
        "ALTER TABLE shop.customer DROP CONSTRAINT customer_born_check; ALTER TABLE shop.orders ADD CHECK (id > 0)",
    )
    text = written("tables.sql")
    assert "/* people */" in text
    assert "1900" not in text
    assert "-- Orders, oldest first." in text


def test_what_is_gone_leaves_no_empty_files(shop: Shell) -> None:
    pulled(shop, "DROP FUNCTION shop.twice(int); DROP FUNCTION shop.twice(text)")
    assert not Path("desired_schema/code/functions.sql").exists()


def test_what_a_template_makes_is_named(shop: Shell) -> None:
    shop.execute("ALTER TABLE shop.red ADD shade text; ALTER TABLE shop.orders ADD note text")
    checked = shop("pull", "--check", code=2)
    assert "table shop.red is not what live has, and desired_schema/colours.sql.j2 makes it" in checked.stderr
    assert "+  note text" in checked.stdout
    shop("pull")
    assert written("colours.sql.j2") == TEMPLATE
    assert "note text" in written("tables.sql")
    assert "drop column shop.red.shade" in shop("plan", "--no-proof", code=3).stderr
