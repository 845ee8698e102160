"""Inspection while other sessions create and drop objects."""

import threading
from collections.abc import Callable

import psycopg

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.scratch.server import ScratchServer

CHURN = (
    "CREATE TABLE busy (a int PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''))",
    "CREATE VIEW busy_view AS SELECT a, b FROM busy",
    "CREATE INDEX busy_index ON busy (lower(b))",
    "CREATE FUNCTION busy_function(t busy) RETURNS int LANGUAGE sql RETURN 1",
    "DROP FUNCTION busy_function(busy)",
    "DROP VIEW busy_view",
    "DROP TABLE busy",
)


def test_inspection_survives_objects_that_come_and_go(
    server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    url = fresh_database(server17)
    stop = threading.Event()

    def churn() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not stop.is_set():
                for statement in CHURN:
                    connection.execute(statement.encode())
                stop.wait(0.1)

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE steady (a int)")
        other = threading.Thread(target=churn)
        other.start()
        try:
            for _ in range(15):
                assert Identity("table", Quoted("public.steady")) in inspect(connection, Scope.of())
        finally:
            stop.set()
            other.join()
