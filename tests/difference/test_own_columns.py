"""What no statement reaches when tables join parents by INHERIT is said, and told as it is."""

from collections.abc import Callable

import psycopg
import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.difference.own_columns import stay_own
from schemadiff.difference.sides import Sides
from schemadiff.planning.planner import script
from schemadiff.scratch.server import ScratchServer

PARENTS = "CREATE TABLE road (km int, lanes int); CREATE TABLE bridge (km int, load int);"


@pytest.mark.parametrize(
    ("before", "after", "own"),
    [
        ("CREATE TABLE a2 () INHERITS (road)", "CREATE TABLE a2 () INHERITS (road, bridge)", {"load"}),
        ("CREATE TABLE a2 () INHERITS (road, bridge)", "CREATE TABLE a2 () INHERITS (road)", set()),
        (
            "CREATE TABLE a2 () INHERITS (road, bridge)",
            "CREATE TABLE a2 () INHERITS (bridge, road)",
            {"km", "lanes", "load"},
        ),
        ("CREATE TABLE a2 (km int, lanes int)", "CREATE TABLE a2 () INHERITS (road)", {"km", "lanes"}),
        ("CREATE TABLE a2 (km int)", "CREATE TABLE a2 (km int, lanes int) INHERITS (road)", set()),
        ("SELECT", "CREATE TABLE a2 () INHERITS (road, bridge)", set()),
    ],
)
def test_columns_that_stay_own(
    before: str, after: str, own: set[str], server: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    urls = fresh_database(server), fresh_database(server)
    sides = Sides(*(made(url, f"{PARENTS} {sql}") for url, sql in zip(urls, (before, after), strict=True)))
    assert {identity.name for identity in stay_own(sides)} == {f"public.a2.{name}" for name in own}
    with psycopg.connect(urls[0], autocommit=True) as connection:
        for step in script(*sides).steps:
            connection.execute(step.sql.encode())
    assert local(urls[0]) - local(urls[1]) == own


def made(url: str, sql: str) -> Catalog:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())
        return inspect(connection, Scope())


def local(url: str) -> set[str]:
    """The columns that Postgres calls the table's own."""
    query = """SELECT attname FROM pg_attribute
               WHERE attrelid = 'a2'::regclass AND attislocal AND attnum > 0 AND NOT attisdropped"""
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute(query)}
