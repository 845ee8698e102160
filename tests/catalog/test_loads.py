"""Sizes and write rates, from the server's statistics."""

from collections.abc import Callable

import psycopg

from schemadiff.catalog.reading.loads import read_loads
from schemadiff.scratch.server import ScratchServer

SETUP = """
CREATE SCHEMA "Odd one";
CREATE TABLE "Odd one".small (id int);
CREATE TABLE empty (id int);
CREATE VIEW a_view AS SELECT 1;
CREATE TABLE parent (id int) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF parent FOR VALUES IN (1);
CREATE TABLE part_2 PARTITION OF parent FOR VALUES IN (2) PARTITION BY LIST (id);
CREATE TABLE part_2_all PARTITION OF part_2 DEFAULT;
INSERT INTO "Odd one".small SELECT generate_series(1, 100);
INSERT INTO parent SELECT 1 + n % 2 FROM generate_series(1, 10) AS n;
ANALYZE;
"""


def test_tables_with_their_partitions(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    with psycopg.connect(fresh_database(server), autocommit=True) as connection:
        connection.execute(SETUP)
        names = ['"Odd one".small', "public.empty", "public.parent", "public.a_view", "public.gone"]
        found = {load.table: (load.rows, load.bytes) for load in read_loads(connection, names)}
    assert found == {'"Odd one".small': (100, 8192), "public.empty": (0, 0), "public.parent": (10, 16384)}


def test_rows_that_nobody_has_counted(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    with psycopg.connect(fresh_database(server), autocommit=True) as connection:
        connection.execute("CREATE TABLE t AS SELECT generate_series(1, 10)")
        connection.execute("SELECT pg_stat_reset_single_table_counters('t'::regclass)")
        (load,) = read_loads(connection, ["public.t"])
        assert load.bytes == 8192
        assert load.rows in (None, 10)
        assert load.writes_per_minute is not None


def test_a_locked_table_is_not_waited_for_long(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    url = fresh_database(server)
    with psycopg.connect(url) as other, psycopg.connect(url, autocommit=True) as connection:
        other.execute("CREATE TABLE t (id int)")
        other.commit()
        other.execute("LOCK TABLE t")
        assert read_loads(connection, ["public.t"]) == ()
        other.rollback()
        assert [load.table for load in read_loads(connection, ["public.t"])] == ["public.t"]
