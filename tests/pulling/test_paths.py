"""Which file an object's declaration is in, and what that file is called."""

from pathlib import PurePosixPath

import pytest

from schemadiff.catalog.kinds import BY_NAME
from schemadiff.pulling.editing.table_clauses import with_changes
from schemadiff.pulling.homes import FILES, Home
from schemadiff.pulling.paths import paths


def called(*homes: Home) -> list[str]:
    found = paths(homes)
    return [found[home].as_posix() for home in homes]


def test_the_table_of_files_names_kinds() -> None:
    assert FILES.keys() <= BY_NAME.keys()


def test_names_are_readable() -> None:
    homes = (Home(("shop", "tables"), "Order Items"), Home(("shop", "tables"), "größe"), Home(("shop",), "schema"))
    assert called(*homes) == ["shop/tables/Order_Items.sql", "shop/tables/gr_e.sql", "shop/schema.sql"]


def test_names_that_some_systems_hold_for_the_same_are_told_apart() -> None:
    first, second, third = called(
        Home(("shop", "tables"), "order"), Home(("shop", "tables"), "Order"), Home(("Shop", "tables"), "order")
    )
    assert first == "shop/tables/order.sql"
    assert second.startswith("shop/tables/Order-")
    assert PurePosixPath(third).parts[0].lower() != "shop"


@pytest.mark.parametrize("name", ["backfills", "checks", "zzz"])
def test_a_schema_whose_folder_would_mean_something_else(name: str) -> None:
    assert called(Home((name, "tables"), "t")) == [f"schema_{name}/tables/t.sql"]


def test_what_windows_does_not_take() -> None:
    assert called(Home(("s", "tables"), "con")) == ["s/tables/con_.sql"]


BEFORE = "CREATE TABLE s.t (\n    a integer,\n    b text\n)"


@pytest.mark.parametrize(
    ("written", "after", "expected"),
    [
        (
            "create table t (a int, b text)",
            BEFORE.replace("b text", "b text,\n    c date"),
            "(a int, b text,\n    c date)",
        ),
        (
            "create table t (\n  a int, -- one\n  b text -- two\n)",
            BEFORE.replace("b text", "b text,\n    c date"),
            "(\n  a int, -- one\n  b text, -- two\n  c date\n)",
        ),
        ("create table t (a int, b text)", "CREATE TABLE s.t (\n    b text\n)", "(b text)"),
        ("create table t (a int, b text)", "CREATE TABLE s.t (\n    a integer\n)", "(a int)"),
        ("create table t (a int, b text)", BEFORE.replace("text", "date"), "(a int, b date)"),
    ],
)
def test_clauses_of_a_written_table(written: str, after: str, expected: str) -> None:
    assert with_changes(written, BEFORE, after) == f"create table t {expected}"


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("create table t (a int, b text primary key)", BEFORE.replace("text", "date")),
        ("create table t (like u)", BEFORE.replace("text", "date")),
        ("create table t (a int, b text)", f"{BEFORE}\nWITH (fillfactor=50)"),
    ],
)
def test_what_is_not_a_change_of_clauses(written: str, after: str) -> None:
    assert with_changes(written, BEFORE, after) is None
