"""Expand, fill, require: what a backfill makes true is demanded behind it, and no earlier."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import psycopg
import pytest

from corpus.asking import expect_no_rows
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.desired.data_steps.parsing import backfill
from schemadiff.desired.reading.source import Source, Text
from schemadiff.difference.explanation import differences
from schemadiff.planning.both_ways import both_ways
from schemadiff.plans.model import Script, Segment
from schemadiff.plans.preflights import asked_before
from schemadiff.scratch.server import ScratchServer

PERSON = "CREATE TABLE s.person (nr int PRIMARY KEY, name text, boss int)"
ROWS = "INSERT INTO s.person SELECT n, nullif('p' || n % 4, 'p0'), n % 3 FROM generate_series(1, 20) AS n"
PARTED = "CREATE TABLE s.log (nr int PRIMARY KEY, a text) PARTITION BY RANGE (nr);"
PARTITIONS = "CREATE TABLE s.log_1 PARTITION OF s.log FOR VALUES FROM (0) TO (9);"


@dataclass(frozen=True)
class Case:
    """`before` with `rows` becomes `after`, beside `fills` of s.person; `around` stand before and behind them."""

    name: str
    before: str
    after: str
    rows: str
    fills: tuple[str, ...]
    around: tuple[str, str]
    table: str = "s.person"

    def __str__(self) -> str:
        return self.name


def more(words: str) -> str:
    """The table of persons with something else in it."""
    return f"{PERSON[:-1]}, {words})"


CASES = (
    Case(
        "new column", PERSON, more("mail text NOT NULL") + "; CREATE INDEX i ON s.person (mail)", ROWS,
        ("UPDATE s.person SET mail = nr || '@x' WHERE :batch",), ("CREATE INDEX CONCURRENTLY i", "SET NOT NULL"),
    ),
    Case(
        "two columns, one after the other", PERSON, more("a int NOT NULL, b int NOT NULL"), ROWS,
        ("UPDATE s.person SET a = nr WHERE :batch", "UPDATE s.person SET b = a WHERE :batch"),
        ("ADD COLUMN b integer", "SET NOT NULL"),
    ),
    Case(
        "column that is there", PERSON, PERSON.replace("name text", "name text NOT NULL"), ROWS,
        ("UPDATE s.person SET name = '' WHERE :batch AND name IS NULL",), ("", "NOT VALID"),
    ),
    Case(
        "check", PERSON, more("CONSTRAINT c CHECK (boss > 0)"), ROWS,
        ("UPDATE s.person SET boss = 1 WHERE :batch AND boss = 0",), ("", "ADD CONSTRAINT c CHECK"),
    ),
    Case(
        "foreign key whose rows come", PERSON + "; CREATE TABLE s.boss (nr int PRIMARY KEY)",
        "CREATE TABLE s.boss (nr int PRIMARY KEY); " + PERSON.replace("boss int", "boss int REFERENCES s.boss"), ROWS,
        ("INSERT INTO s.boss SELECT boss FROM s.person WHERE :batch ON CONFLICT DO NOTHING",),
        ("FOREIGN KEY", "VALIDATE CONSTRAINT"),
    ),
    Case(
        "unique values", PERSON, more("UNIQUE (name)"), ROWS,
        ("UPDATE s.person SET name = 'p' || nr WHERE :batch",), ("", "UNIQUE"),
    ),
    Case(
        "other primary key", PERSON, "CREATE TABLE s.person (nr int NOT NULL UNIQUE, name text, boss int,"
        " id uuid PRIMARY KEY)", ROWS,
        ("UPDATE s.person SET id = gen_random_uuid() WHERE :batch",), ("ADD COLUMN id uuid", "PRIMARY KEY"),
    ),
    Case(
        "partitions", PARTED + PARTITIONS, PARTED.replace("a text", "a text NOT NULL, b int NOT NULL") + PARTITIONS,
        "INSERT INTO s.log VALUES (1, 'a'), (2, NULL)",
        ("UPDATE s.log SET a = coalesce(a, ''), b = nr WHERE :batch",), ("ADD COLUMN b", "SET NOT NULL"), "s.log",
    ),
    Case(
        "check of a domain",
        "CREATE DOMAIN s.d int;" + more("d s.d"), "CREATE DOMAIN s.d int CHECK (VALUE > 0);" + more("d s.d"),
        "INSERT INTO s.person VALUES (1, 'a', 1, 0)", ("UPDATE s.person SET d = 1 WHERE :batch",),
        ("NOT VALID", "VALIDATE CONSTRAINT"),
    ),
    Case(
        "what a column is made of goes",
        more("full_name text NOT NULL"), PERSON.replace("name text", "name text NOT NULL"),
        "INSERT INTO s.person VALUES (1, NULL, 1, 'a b')",
        ("UPDATE s.person SET name = full_name WHERE :batch",), ("", "DROP COLUMN"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_expand_fill_require(server: ScratchServer, fresh_database: Callable[..., str], case: Case) -> None:
    live, desired = fresh_database(server), fresh_database(server)
    last = made(desired, case.after)
    with psycopg.connect(live, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA s; {case.before}; {case.rows}".encode())
        first = inspect(connection, Scope.of())
        ways = both_ways(first, last, backfills=steps(case), archived=frozenset()).scripts
        for plan, end in ((ways.up, last), (ways.down, first)):
            run(connection, plan)
            assert not differences(inspect(connection, Scope.of()), end)
    texts = ["\n".join(step.sql for step in segment.steps) for segment in ways.up.segments]
    places = [place for place, segment in enumerate(ways.up.segments) if segment.backfill]
    assert case.around[0] in "\n".join(texts[: places[0]])
    assert case.around[1] in "\n".join(texts[places[-1] :])
    assert case.around[1] not in "\n".join(texts[: places[0]])


def test_what_no_backfill_sets_is_asked_before_all(server17: ScratchServer, fresh_database: Callable[..., str]) -> None:
    """Rows that stay in the way refuse a plan before it begins, not behind hours of a backfill."""
    after = PERSON.replace("boss int", "boss int UNIQUE").replace("name text", "name text NOT NULL")
    fill = ("UPDATE s.person SET name = '' WHERE :batch AND name IS NULL",)
    first, last = (made(fresh_database(server17), text) for text in (PERSON, after))
    case = Case("", "", "", "", fill, ("", ""))
    plan = both_ways(first, last, backfills=steps(case), archived=frozenset()).scripts.up
    asked = {place: [one.object for one in found] for place, found in asked_before(plan).items()}
    assert asked.pop(None) == ["table constraint person_boss_key ON s.person"]
    assert list(asked.values()) == [["column s.person.name"]]


def steps(case: Case) -> tuple[Segment, ...]:
    """The backfills as files hold them."""
    header = f"-- @backfill table={case.table} key=nr\n"
    read = (backfill(Source(Text(f"{number}.sql", header + sql)), str(number)) for number, sql in enumerate(case.fills))
    return tuple(map(Segment.of_backfill, read))


def made(url: str, sql: str) -> Catalog:
    """What a database holds when it is made so."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA s; {sql}".encode())
        return inspect(connection, Scope.of())


def run(connection: psycopg.Connection, plan: Script) -> None:
    """Run a script as apply does: no row is in the way when it is asked for."""
    connection.execute("SET search_path = ''")
    asked = asked_before(plan)
    expect_no_rows(connection, [one for one in asked.get(None, []) if not one.kind.of_archive])
    for number, segment in enumerate(plan.segments, 1):
        expect_no_rows(connection, [one for one in asked.get(number, []) if not one.kind.of_archive])
        with connection.transaction() if segment.transactional else nullcontext():
            for step in segment.steps:
                connection.execute((segment.backfill.whole() if segment.backfill else step.sql).encode())
