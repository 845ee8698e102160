"""Desired files that take too long or too much: each ends with the place of the statement."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemadiff.desired import limits
from schemadiff.desired.files import Desired
from schemadiff.desired.loading import watch
from schemadiff.errors import DesiredError, ScratchError

from .database import Scratch

Read = Callable[[dict[str, str]], Desired]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What takes a minute for users takes a second here."""
    monkeypatch.setattr(limits, "STATEMENT_SECONDS", 1)
    monkeypatch.setattr(watch, "_TICK_SECONDS", 0.1)
    monkeypatch.setattr(watch, "_GRACE_SECONDS", 0.5)
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < 60


ENDLESS = {
    "a loop": "DO $$ BEGIN LOOP END LOOP; END $$",
    "a wait": "DO $$ BEGIN PERFORM pg_sleep(1000); END $$",
    "a query": "DO $$ BEGIN PERFORM count(*) FROM generate_series(1, 1000000000000); END $$",
    "a recursive query": (
        "DO $$ BEGIN PERFORM count(*) FROM "
        "(WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT * FROM r) AS r; END $$"
    ),
    "what catches its end": (
        "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(1000); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$"
    ),
    "what puts its end off": (
        "DO $$ BEGIN PERFORM set_config('statement_timeout', '0', false); END $$;\n"
        "DO $$ BEGIN LOOP END LOOP; END $$"
    ),
    "a constant that is computed": (
        "CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN LOOP END LOOP; END $$;\n"
        "CREATE TABLE t (id int);"
        "CREATE INDEX i ON t ((id + f()))"
    ),
    "a default that is computed": (
        "CREATE TABLE t (); CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN LOOP END LOOP; END $$;\n"
        "ALTER TABLE t ADD a int CHECK (a > 0) DEFAULT 1; CREATE MATERIALIZED VIEW v AS SELECT f()"
    ),
}  # fmt: skip


@pytest.mark.parametrize("statements", ENDLESS.values(), ids=ENDLESS)
def test_what_does_not_end(read: Read, scratch: Scratch, statements: str) -> None:
    """It is one of many, which are loaded in one go."""
    line = 3 + statements.count("\n")
    desired = read({"a.sql": f"CREATE TABLE a ();\nCREATE TABLE b ();\n{statements};\nCREATE TABLE c ();"})
    with pytest.raises(DesiredError, match=rf"^schema/a\.sql:{line}:\d+: does not end within 1 seconds") as caught:
        scratch.load(desired)
    assert statements.splitlines()[-1][:60].strip() in str(caught.value)


def test_all_files_together(read: Read, scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOADING_SECONDS", 2)
    waits = {f"{n}.sql": "DO $$ BEGIN PERFORM pg_sleep(0.4); END $$" for n in range(10, 40)}
    with pytest.raises(DesiredError, match=r"^schema/\d+\.sql:1:1: was running when all together had taken 2 seconds"):
        scratch.load(read(waits))


def test_what_fills_the_disk(read: Read, scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_DATA", 40 * 2**20)
    monkeypatch.setattr(limits, "STATEMENT_SECONDS", 30)
    fill = (
        "CREATE TABLE t (a text);\n"
        "DO $$ BEGIN LOOP INSERT INTO t SELECT repeat('x', 999) FROM generate_series(1, 9999); END LOOP; END $$"
    )
    with pytest.raises(DesiredError, match=r"^schema/a\.sql:2:1: was running when .* grown beyond 40 MB"):
        scratch.load(read({"a.sql": fill}))


def test_a_session_that_hears_nothing_is_cut_off(read: Read, scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a function in C computes without end: the server cannot end the session."""
    monkeypatch.setattr(watch, "_TERMINATE", "SELECT %s::int")
    with pytest.raises(DesiredError, match=r"^schema/a\.sql:1:1: does not end within 1 seconds"):
        scratch.load(read({"a.sql": ENDLESS["what catches its end"]}))


def test_nothing_loads_unwatched(read: Read, scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_STATE", "SELECT 1 / 0 WHERE %s > 0")
    with pytest.raises(ScratchError, match="cannot be watched: division by zero"):
        scratch.load(read({"a.sql": ENDLESS["what catches its end"]}))


def test_files_that_hold_too_much(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_TEXT", 1000)
    with pytest.raises(DesiredError, match=r"^schema/b\.sql:1:1: desired files hold more than"):
        read({"a.sql": "-- " + "a" * 600, "b.sql": "-- " + "b" * 600})
    with pytest.raises(DesiredError, match=r"^schema/a\.sql:1:1: desired files hold more than"):
        read({"a.sql": "-- " + "a" * 1600})


@pytest.mark.parametrize("expression", ["1 " + "- 1 " * 9999, "NOT " * 3000 + "true"])
def test_expressions_that_are_nested_too_deeply(read: Read, expression: str) -> None:
    with pytest.raises(DesiredError, match=r"^schema/a\.sql:2:1: the statement is nested too deeply"):
        read({"a.sql": f"CREATE TABLE t ();\nCREATE VIEW v AS SELECT {expression};"})


def test_a_pipe_is_no_file(read: Read, tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    os.mkfifo(tmp_path / "schema" / "a.sql")
    assert read({}).statements == ()
