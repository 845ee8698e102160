"""What a plan says of types whose change takes values away."""

from collections.abc import Callable

import psycopg
import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import ConversionRefused
from schemadiff.planning.both_ways import both_ways
from schemadiff.planning.planner import script
from schemadiff.scratch.server import ScratchServer


def test_an_attribute_lost_with_the_old_type_is_a_loss_of_data(
    server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    def made(sql: str) -> Catalog:
        with psycopg.connect(fresh_database(server17), autocommit=True) as connection:
            connection.execute(sql.encode())
            return inspect(connection, Scope.of())

    first = made("CREATE TYPE c AS (a int, b text); CREATE TABLE t (x c)")
    last = made("CREATE TYPE c AS (a bigint); CREATE TABLE t (x c)")

    def losing(live: Catalog, desired: Catalog) -> list[str]:
        return [step.object for step in script(live, desired).steps if Hazard.DATA_LOSS in step.hazards]

    assert losing(first, last) == ["composite type public.c"]
    assert losing(last, first) == []


def test_a_conversion_without_a_way_back_names_the_annotation(
    server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    """Labels are the strings that they were, a time is no timestamp any more."""

    def made(type_: str) -> Catalog:
        with psycopg.connect(fresh_database(server17), autocommit=True) as connection:
            connection.execute("CREATE TYPE mood AS ENUM ('glad')")
            connection.execute(f"CREATE TABLE t (id int PRIMARY KEY, held {type_})".encode())
            return inspect(connection, Scope.of())

    def way(first: str, last: str) -> list[str]:
        steps = both_ways(made(first), made(last), archived=frozenset()).scripts.up.steps
        return [step.sql for step in steps if "held" in step.sql]

    assert way("text", "mood") == ["ALTER TABLE public.t ALTER COLUMN held TYPE public.mood USING held::public.mood"]
    with pytest.raises(ConversionRefused, match=r"has no cast back.*-- @using held::integer above the column"):
        way("jsonb", "int")
