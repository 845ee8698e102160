"""Columns of large tables: archived ahead of the drop while the table is written to, and given back in batches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import psycopg
import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.desired.data_steps.batch import EVERY_ROW, with_batch
from schemadiff.difference.explanation import differences
from schemadiff.planning.both_ways import Ways, both_ways
from schemadiff.planning.sizes import Sizes
from schemadiff.plans.filling import archives
from schemadiff.plans.model import Segment
from schemadiff.scratch.server import ScratchServer

LARGE = Sizes(lambda names: tuple(TableLoad(name, 1_000_000, 1_000_000_000) for name in names))

BOSS = "CREATE TABLE s.boss (nr int PRIMARY KEY);"
STAFF = """
CREATE TYPE s.mood AS ENUM ('good', 'bad');
CREATE TABLE s.staff (
  place s.mood, nr int, name text, {} PRIMARY KEY (place, nr) DEFERRABLE);
CREATE FUNCTION s.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''touched''; RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON s.staff FOR EACH ROW EXECUTE FUNCTION s.touch();
"""
GOING = """
"my note" json NOT NULL DEFAULT '{"a": 1}', boss int REFERENCES s.boss ON DELETE SET NULL, UNIQUE (nr, boss),
mail text NOT NULL CHECK (mail <> ''), feeling s.mood,
"""
ROWS = """
INSERT INTO s.boss SELECT generate_series(1, 5);
INSERT INTO s.staff (place, nr, name, "my note", boss, mail)
  SELECT 'good', n, 'p' || n, to_json(n), 1 + n % 5, n || '@x' FROM generate_series(1, 50) AS n;
"""
PARTED = """
CREATE TABLE s.log (nr int PRIMARY KEY, {} what text) PARTITION BY RANGE (nr);
CREATE TABLE s.log_1 PARTITION OF s.log FOR VALUES FROM (0) TO (10);
CREATE TABLE s.log_2 PARTITION OF s.log FOR VALUES FROM (10) TO (20);
"""
WRITES = """
UPDATE s.staff SET "my note" = '"new"', mail = 'new@x' WHERE nr = {0};
UPDATE s.staff SET nr = 100 + nr WHERE nr = {0} + 1;
DELETE FROM s.staff WHERE nr = {0} + 2;
INSERT INTO s.staff (place, nr, boss, mail) VALUES ('bad', {0} + 2, 2, 'third@x');
UPDATE s.staff SET place = 'bad', feeling = 'bad' WHERE nr = {0} + 3;
UPDATE s.staff SET name = 'same' WHERE nr = {0} + 4;
DELETE FROM s.staff WHERE nr = {0} + 8;
UPDATE s.staff SET nr = nr + 1 WHERE nr BETWEEN {0} + 5 AND {0} + 7;
"""
"""What an application does meanwhile: changes, other keys, a deletion, a new row, keys that move up all at once."""

COLUMNS = ('"my note"', "boss", "feeling", "mail")


def test_nothing_that_is_written_meanwhile_is_lost(server17: ScratchServer, fresh_database: Callable[..., str]) -> None:
    url, ways, begin = both(server17, fresh_database, BOSS + STAFF.format(GOING) + ROWS, BOSS + STAFF.format(""))
    up, down = ways.scripts.up, ways.scripts.down
    kept = [archives(segment) for segment in up.segments]
    assert kept == [False, True] * len(COLUMNS) + [False]
    with psycopg.connect(url, autocommit=True) as connection, application(url) as user:
        connection.execute("SET search_path = ''")
        for number, segment in enumerate(up.segments[:-1]):
            run(connection, segment)
            user.execute(WRITES.format(1 + 10 * (number % 5)).encode())
        # whoever may write may neither read what is kept nor have it written
        for refused in ("TABLE", "DELETE FROM"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                user.execute(f'{refused} schemadiff_archive."s.staff.mail"'.encode())
        usable = "has_function_privilege('ahead_writer', oid, 'EXECUTE')"
        assert not connection.execute(
            f"SELECT FROM pg_proc WHERE proname ~ '^s.staff' AND {usable}".encode()
        ).fetchall()
        for column in COLUMNS:
            stands = connection.execute(f"SELECT place, nr, {column}::text FROM s.staff ORDER BY 1, 2").fetchall()
            place = Quoted(f"s.staff.{column}".replace('"', ""))
            archive = f'SELECT place, nr, {column}::text FROM schemadiff_archive."{place}" ORDER BY 1, 2'
            assert connection.execute(archive.encode()).fetchall() == stands, column
        rows = f"SELECT place, nr, {', '.join(f'{column}::text' for column in COLUMNS)} FROM s.staff ORDER BY 1, 2"
        before = connection.execute(rows.encode()).fetchall()
        run(connection, up.segments[-1])
        assert not connection.execute("SELECT FROM pg_trigger WHERE tgname LIKE 'schemadiff%'").fetchall()
        for segment in down.segments:
            run(connection, segment)
        assert connection.execute(rows.encode()).fetchall() == before
        assert not connection.execute("SELECT FROM pg_namespace WHERE nspname = 'schemadiff_archive'").fetchall()
    assert not differences(catalog(url), begin)


def test_values_of_partitions_follow_along(server17: ScratchServer, fresh_database: Callable[..., str]) -> None:
    """Rows that move to another partition, and what a truncation takes."""
    url, ways, begin = both(server17, fresh_database, PARTED.format("note text DEFAULT 'd',"), PARTED.format(""))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path = ''")
        connection.execute("INSERT INTO s.log SELECT n, 'n' || n FROM generate_series(1, 15) AS n")
        for number, segment in enumerate(ways.scripts.up.segments):
            run(connection, segment)
            if number == 0:
                connection.execute("UPDATE s.log SET nr = 19, note = 'moved' WHERE nr = 9")
            if number == 1:
                connection.execute("UPDATE s.log SET nr = 0 WHERE nr = 15; TRUNCATE s.log_2")
                connection.execute("INSERT INTO s.log VALUES (16, 'late'), (17, NULL)")
        connection.execute("INSERT INTO s.log VALUES (18)")
        for segment in ways.scripts.down.segments:
            run(connection, segment)
        notes = dict(connection.execute("SELECT nr, note FROM s.log").fetchall())
        expected = {n: f"n{n}" for n in range(1, 9)} | {0: "n15", 16: "late", 17: None, 18: "d"}
        assert notes == expected
        assert not differences(inspect(connection, Scope.of()), begin)


def both(server: ScratchServer, fresh: Callable[..., str], before: str, after: str) -> tuple[str, Ways, Catalog]:
    """A database, the ways to another state and back, and what stands in the beginning."""
    made = [
        (url, catalog(url, f"CREATE SCHEMA s; {sql}")) for url, sql in ((fresh(server), before), (fresh(server), after))
    ]
    (url, begin), (_, end) = made
    return url, both_ways(begin, end, archived=frozenset(), sizes=LARGE), begin


def catalog(url: str, sql: str = "") -> Catalog:
    """What a database holds, once `sql` has run in it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())
        return inspect(connection, Scope.of())


@contextmanager
def application(url: str) -> Iterator[psycopg.Connection]:
    """A session of a role that may write to the tables, and nothing else."""
    with psycopg.connect(url, autocommit=True) as user:
        user.execute("DROP ROLE IF EXISTS ahead_writer")
        user.execute("CREATE ROLE ahead_writer")
        user.execute("GRANT USAGE ON SCHEMA s TO ahead_writer; GRANT ALL ON ALL TABLES IN SCHEMA s TO ahead_writer")
        user.execute("SET ROLE ahead_writer")
        yield user
        user.execute("RESET ROLE; DROP OWNED BY ahead_writer; DROP ROLE ahead_writer")


def run(connection: psycopg.Connection, segment: Segment) -> None:
    """Run a segment as apply does, batches all at once."""
    with connection.transaction() if segment.transactional else nullcontext():
        for step in segment.steps:
            sql = with_batch(step.sql, EVERY_ROW) if segment.backfill else step.sql
            connection.execute(sql.encode())
