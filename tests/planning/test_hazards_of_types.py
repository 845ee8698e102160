"""What a plan says of types whose change takes values away."""

from collections.abc import Callable

import psycopg

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.statements.hazard import Hazard
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
