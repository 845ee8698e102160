"""A renamed column keeps its rows, both ways; a look-alike that nobody explains is refused."""

import re

from .conftest import SHOP
from .shell import Shell

NAMES = [("name 1",), ("name 2",)]
RENAMED = SHOP.replace("full_name text", "\n    -- @renamed from=full_name\n    name text")


def names(shell: Shell, column: str) -> list[tuple[object, ...]]:
    return shell.rows(f"SELECT {column} FROM shop.customer ORDER BY id LIMIT 2")


def test_an_annotated_rename_keeps_its_rows(shop: Shell) -> None:
    schema = shop.dump()
    shop.write("desired_schema/shop.sql", RENAMED)
    plan = shop.plan("--name", "rename")
    assert "data-loss" not in (shop.folder / plan / "up.sql").read_text()
    shop("apply", plan, "--auto-approve")
    assert names(shop, "name") == NAMES
    assert shop("plan", "--exit-code").stdout == "", "the annotation may stay"
    shop("rollback", plan, "--auto-approve")
    assert names(shop, "full_name") == NAMES
    assert shop.dump() == schema


def test_a_look_alike_is_refused_with_both_readings(shop: Shell) -> None:
    shop.write("desired_schema/shop.sql", SHOP.replace("full_name", "name"))
    refused = shop("plan", code=3).stderr
    assert "@renamed from=" in refused
    assert "--no-rename shop.customer.full_name" in refused
    assert "its values stay" in refused and "its values go to the archive" in refused
    assert not (shop.folder / "plans").exists()
    plan = shop.plan("--rename", "shop.customer.full_name=shop.customer.name")
    shop("apply", plan, "--auto-approve")
    assert names(shop, "name") == NAMES


PARTS = """CREATE SCHEMA shop;
CREATE TABLE shop.customer (id bigint PRIMARY KEY, full_name text NOT NULL);
CREATE TABLE shop.item (number serial PRIMARY KEY, label text DEFAULT 'none', code text NOT NULL);
ALTER TABLE shop.item ADD CONSTRAINT one_code UNIQUE (code);
ALTER TABLE shop.item REPLICA IDENTITY USING INDEX one_code;
ALTER TABLE shop.item CLUSTER ON one_code;
CREATE TABLE shop.event (id integer, kind integer) PARTITION BY LIST (kind);
CREATE TABLE shop.event_one PARTITION OF shop.event FOR VALUES IN (1);
CREATE INDEX event_id ON shop.event (id);
CREATE TABLE shop.parent (id integer DEFAULT 7);
CREATE TABLE shop.child () INHERITS (shop.parent);
CREATE VIEW shop.labels AS SELECT label, code FROM shop.item;
"""
NEW_NAMES = {
    "shop.item": "shop.goods",
    "shop.item.number": "shop.goods.id",
    "shop.goods.label": "shop.goods.title",
    "shop.event_one": "shop.event_first",
    "shop.child": "shop.heir",
    "shop.labels": "shop.titles",
    "shop.labels.label": "shop.titles.title",
}


def renamed_parts() -> str:
    words = {"item": "goods", "number": "id", "label": "title", "labels": "titles", "child": "heir"}
    return re.sub(r"\w+", lambda word: words.get(word[0], word[0]), PARTS).replace("event_one", "event_first")


def test_what_hangs_on_a_renamed_object_follows_it(shop: Shell) -> None:
    shop.execute("DROP SCHEMA shop CASCADE;" + PARTS)
    shop.execute("INSERT INTO shop.item (code) VALUES ('a'); INSERT INTO shop.event VALUES (1, 1)")
    shop.execute("INSERT INTO shop.child DEFAULT VALUES")
    schema = shop.dump()
    shop.write("desired_schema/shop.sql", renamed_parts())
    answers = [word for pair in NEW_NAMES.items() for word in ("--rename", "=".join(pair))]
    plan = shop.plan(*answers)
    assert "DROP TABLE" not in (shop.folder / plan / "up.sql").read_text()
    shop("apply", plan, "--auto-approve")
    assert shop.rows("SELECT id, title, code FROM shop.goods") == [(1, "none", "a")]
    assert shop.rows("SELECT * FROM shop.event_first, shop.heir") == [(1, 1, 7)]
    assert shop("plan", "--exit-code").stdout == ""
    shop("rollback", plan, "--auto-approve")
    assert shop.dump() == schema
    assert shop.rows("SELECT number, label, code FROM shop.item") == [(1, "none", "a")]
