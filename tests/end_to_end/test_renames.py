"""A renamed column keeps its rows, both ways; a look-alike that nobody explains is refused."""

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
    assert not (shop.folder / "plans").exists()
    plan = shop.plan("--rename", "shop.customer.full_name=shop.customer.name")
    shop("apply", plan, "--auto-approve")
    assert names(shop, "name") == NAMES
