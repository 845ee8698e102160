"""What users get wrong: a clear error, exit code 1, live untouched, no traceback, no password."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from schemadiff.scratch.standing import StandingServer, standing_server

from .conftest import SHOP
from .shell import Shell

TEMPLATE = "CREATE VIEW shop.names AS SELECT full_name FROM {{ table | qname }};"

FILES = {
    "a table that a template names and nobody declares": (
        "CREATE VIEW shop.orders AS SELECT id FROM {{ 'shop.ordr' | qname }};",
        ["bad.sql.j2:1:", 'relation "shop.ordr" does not exist'],
    ),
    "a name that a template does not have": (TEMPLATE, ["bad.sql.j2:1", "'table' is undefined"]),
    "a template that is not there": ("{% include 'gone.sql.j2' %}", ["bad.sql.j2", "gone.sql.j2"]),
    "a syntax error": ("CREATE TABLE shop.x (\n  id bigint,,\n);", ["bad.sql:2:13", "syntax error"]),
    "a table that another file declares": (
        "CREATE TABLE shop.customer (id bigint);",
        ["shop.customer", "bad.sql:1:1", "shop.sql:2:1"],
    ),
    "a program": ("COPY (SELECT 1) TO PROGRAM 'touch {folder}/ran';", ["bad.sql:1:1"]),
    "a program within a function": (
        "DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch {folder}/ran'''; END $$;",
        ["bad.sql:1:1"],
    ),
    "a password": ("CREATE ROLE r LOGIN PASSWORD 'hunter2'", ["bad.sql:1:1"]),
}


@pytest.mark.parametrize(("text", "said"), FILES.values(), ids=FILES)
def test_bad_desired_files(shop: Shell, text: str, said: list[str]) -> None:
    before = shop.dump()
    suffix = ".sql.j2" if "{{" in text or "{%" in text else ".sql"
    shop.write(f"desired_schema/bad{suffix}", text.replace("{folder}", str(shop.folder)) + "\n")
    failed = shop("plan", code=1)
    assert failed.stdout == ""
    assert all(words in failed.stderr for words in said), failed.stderr
    assert "\nerror: desired_schema/" in failed.stderr
    assert str(shop.folder) not in failed.stderr.replace("touch", "")
    assert "hunter2" not in failed.output
    assert not (shop.folder / "ran").exists()
    assert not (shop.folder / "plans").exists()
    assert shop.dump() == before


def test_a_program_cannot_run_on_live_either(shop: Shell) -> None:
    shop.write("desired_schema/shop.sql", SHOP + "CREATE TABLE shop.extra (id bigint);")
    plan = shop.plan()
    script = shop.folder / plan / "up.sql"
    script.write_text(script.read_text() + f"COPY (SELECT 1) TO PROGRAM 'touch {shop.folder}/ran';\n")
    assert "up.sql" in shop("apply", plan, "--auto-approve", code=3).stderr
    assert not (shop.folder / "ran").exists()


def test_a_role_that_may_not(shop: Shell) -> None:
    shop.execute("CREATE ROLE reader LOGIN")
    try:
        shop.write("desired_schema/shop.sql", SHOP + "CREATE TABLE shop.extra (id bigint);")
        reader = Shell(shop.folder, shop.url.replace("postgres@", "reader@", 1))
        plan = shop.plan()
        before = shop.dump()
        failed = reader("apply", plan, "--auto-approve", code=3)
        assert "this connection is 'reader': nothing was run" in failed.stderr
        failed = reader("plan", "--name", "again", code=3)
        assert "permission denied for schema shop" in failed.stderr
        assert "connect as the one that owns these objects" in failed.stderr
        assert shop.dump() == before
    finally:
        shop.execute("DROP ROLE reader")


@pytest.fixture(scope="module")
def guarded() -> Iterator[StandingServer]:
    """A server that asks for a password."""
    with standing_server(f"test_{os.getpid()}") as server:
        yield server


@pytest.mark.parametrize("command", ["plan", "drift", "status"])
def test_wrong_password(guarded: StandingServer, tmp_path: Path, command: str) -> None:
    shell = Shell(tmp_path, guarded.url.replace(guarded.password, "hunter2"))
    shell.write("desired_schema/shop.sql", SHOP)
    failed = shell(command, code=1)
    assert "password authentication failed" in failed.stderr
    assert "hunter2" not in failed.output
    with psycopg.connect(guarded.url) as connection:
        assert connection.execute("SELECT to_regnamespace('schemadiff')").fetchone() == (None,)


def test_the_right_password_is_shown_nowhere(guarded: StandingServer, tmp_path: Path) -> None:
    shell = Shell(tmp_path, guarded.url)
    shell.write("desired_schema/shop.sql", SHOP)
    planned = shell("plan", "--name", "shop")
    plan = planned.stdout.strip()
    texts = [planned.output, shell("apply", plan, "--auto-approve").output, shell("status").output]
    for path in (tmp_path / plan).iterdir():
        texts.append(gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text())
    assert not [text for text in texts if guarded.password in text]


def test_unreachable(tmp_path: Path) -> None:
    shell = Shell(tmp_path, "postgresql://someone:hunter2@127.0.0.1:1/nowhere")
    shell.write("desired_schema/shop.sql", SHOP)
    failed = shell("plan", code=1)
    assert "cannot connect to 'postgresql://someone@127.0.0.1:1/nowhere'" in failed.stderr
    assert "hunter2" not in failed.output
