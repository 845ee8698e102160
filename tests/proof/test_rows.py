"""Made-up rows for tables: what they satisfy, what they vary, and why a table has none."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from corpus.case import CASES
from schemadiff.plans.model import TableRows
from schemadiff.proof.rows.making.filling import Filler
from schemadiff.proof.rows.making.patterns import matching
from schemadiff.proof.rows.rows_role import RowsRole
from schemadiff.proof.rows.shape import Connection
from schemadiff.proof.rows.shape_queries import read_shape
from schemadiff.scratch.server import ScratchServer

DIFFICULT = (Path(__file__).parent / "difficult.sql").read_text()

Fresh = Callable[..., str]


@contextmanager
def filled(server: ScratchServer, url: str, sql: str) -> Iterator[tuple[Connection, tuple[TableRows, ...]]]:
    """A session of the superuser on a database with `sql` and rows in it, and what was filled."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())
        name = connection.info.dbname
    with RowsRole(server, "pg_monitor", name).session(name) as connection:
        coverage = Filler(connection, read_shape(connection, None)).fill()
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection, coverage


def test_difficult_tables_get_rows(server: ScratchServer, fresh_database: Fresh) -> None:
    with filled(server, fresh_database(server), DIFFICULT) as (_, coverage):
        few = {one.table: (one.rows, one.reason) for one in coverage if one.rows < 3}
        assert few.keys() <= {"public.bookings", "public.hashed_0", "public.hashed_2"}, few
        assert not [one for one in coverage if not one.rows], few


def test_rows_satisfy_foreign_keys(server: ScratchServer, fresh_database: Fresh) -> None:
    with filled(server, fresh_database(server), DIFFICULT) as (connection, _):
        keys = connection.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conparentid = 0"
        ).fetchall()
        assert len(keys) > 12
        for table, name, definition in keys:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
            connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}".encode())


def test_filling_leaves_no_trace_but_rows(server: ScratchServer, fresh_database: Fresh) -> None:
    with filled(server, fresh_database(server), DIFFICULT) as (connection, _):
        states = connection.execute(
            "SELECT tgenabled FROM pg_trigger UNION SELECT ev_enabled FROM pg_rewrite"
        ).fetchall()
        assert states == [("O",)]
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute("INSERT INTO guarded VALUES (100, 1)")
        connection.execute("INSERT INTO hen (egg) SELECT id FROM egg LIMIT 1")


def test_the_same_tables_get_the_same_rows(server17: ScratchServer, fresh_database: Fresh) -> None:
    def content(connection: Connection) -> list[object]:
        return [
            connection.execute(f"SELECT t::text FROM {table} AS t".encode()).fetchall()
            for table in ("conditions", "members", "every_type", "projects")
        ]

    with filled(server17, fresh_database(server17), DIFFICULT) as (connection, _):
        first = content(connection)
    with filled(server17, fresh_database(server17), DIFFICULT) as (connection, _):
        assert content(connection) == first


def test_rows_hold_nulls_and_edges(server: ScratchServer, fresh_database: Fresh) -> None:
    sql = "CREATE TABLE t (id int PRIMARY KEY, " + ", ".join(f"c{n} text, n{n} int" for n in range(8)) + ")"
    with filled(server, fresh_database(server), sql) as (connection, _):
        texts = " UNION ALL ".join(f"SELECT c{n}, n{n} FROM t" for n in range(8))
        values = connection.execute(texts.encode()).fetchall()
    assert (None, None) in values
    assert any(text == "" or "☃" in (text or "") or len(text or "") == 300 for text, _ in values)
    assert any(number is not None and (number <= 0 or number > 10**6) for _, number in values)


def test_a_table_without_rows_has_a_reason(server: ScratchServer, fresh_database: Fresh) -> None:
    sql = """
        CREATE TABLE impossible (id int NOT NULL CHECK (id > 1 AND id < 1));
        CREATE TABLE never (id int CHECK (id IS NULL AND id IS NOT NULL), other int PRIMARY KEY);
        CREATE TABLE child (never int NOT NULL REFERENCES never);
    """
    with filled(server, fresh_database(server), sql) as (_, coverage):
        reasons = {one.table: one.reason or "" for one in coverage if not one.rows}
    assert reasons["public.impossible"] == "no value was found for its column id of type integer"
    assert "violates check constraint" in reasons["public.never"]
    assert reasons["public.child"] == "public.never, which it refers to, has no rows"


def test_nearly_all_tables_of_the_corpus_get_rows(server17: ScratchServer, fresh_database: Fresh) -> None:
    """Some of its cases; all of them with SCHEMADIFF_TEST_ALL_ROWS."""
    own = ("corpus_", "corpus ", "SUBSCRIPTION")  # roles, a tablespace, and what does not end with its database
    cases = [case for case in CASES if case.runs_on(17) and not case.icu and not any(word in case.a for word in own)]
    counts = []
    for case in cases if os.environ.get("SCHEMADIFF_TEST_ALL_ROWS") else cases[::8]:
        with filled(server17, fresh_database(server17), case.a) as (_, coverage):
            counts += [one.rows for one in coverage]
    assert counts
    assert sum(count > 0 for count in counts) >= 0.97 * len(counts)


@pytest.mark.parametrize("variant", [0, 1, 3])
@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{3}-\d{4}$",
        "^(a|b)+c?$",
        "^[^@\\s]+@[^@]+$",
        "^#[0-9a-f]{6}$",
        "^[[:alpha:]][a-z_]*$",
        "x{2,3}?y",
        r"^a\.b*$",
    ],
)
def test_a_text_for_a_pattern(server17: ScratchServer, pattern: str, variant: int) -> None:
    text = matching(pattern, variant)
    with psycopg.connect(server17.url("postgres")) as connection:
        assert connection.execute("SELECT %s ~ %s", [text, pattern]).fetchone() == (True,)


def test_patterns_that_cannot_be_read() -> None:
    assert matching("(?=a)b") is None
    assert matching("a)") is None
    assert matching("((a{200}){200}){200}") is None
