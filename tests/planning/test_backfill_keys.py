"""Backfills whose key would pass over rows are refused."""

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Sql
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.difference.sides import Sides
from schemadiff.errors import Refused
from schemadiff.planning.preflights.backfill_keys import refuse_unfit_keys
from schemadiff.scratch.server import ScratchServer

ALONG_N = Backfill("fill", Sql("UPDATE app.t SET v = 1 WHERE :batch"), Sql("app.t"), Sql("n"), 10, "0")

FIT = {
    "primary key": "(n int PRIMARY KEY)",
    "unique constraint": "(n int NOT NULL UNIQUE)",
    "unique index": "(n int NOT NULL); CREATE UNIQUE INDEX ON app.t (n)",
    "key that includes more": "(n int NOT NULL, v int, UNIQUE (n) INCLUDE (v))",
    "partitioned": "(n int PRIMARY KEY) PARTITION BY RANGE (n)",
}

UNFIT = {
    "nullable": ("(n int UNIQUE)", "may be NULL"),
    "not unique": ("(n int NOT NULL); CREATE INDEX ON app.t (n)", "is not unique"),
    "shared": ("(n int, m int, PRIMARY KEY (n, m))", "is not unique"),
    "partial": ("(n int NOT NULL); CREATE UNIQUE INDEX ON app.t (n) WHERE n > 0", "is not unique"),
    "expression": ("(n int NOT NULL); CREATE UNIQUE INDEX ON app.t (abs(n))", "is not unique"),
    "referring": ("(n int NOT NULL REFERENCES app.u); CREATE INDEX ON app.t (n)", "is not unique"),
}


@pytest.fixture
def catalog(server17: ScratchServer, fresh_database: Callable[..., str]) -> Callable[[str], Catalog]:
    def read(columns: str) -> Catalog:
        with psycopg.connect(fresh_database(server17), autocommit=True) as connection:
            connection.execute("CREATE SCHEMA app; CREATE TABLE app.u (n int PRIMARY KEY)")
            connection.execute(f"CREATE TABLE app.t {columns}".encode())
            return inspect(connection, Scope.of())

    return read


@pytest.mark.parametrize("columns", FIT.values(), ids=FIT)
def test_a_key(catalog: Callable[[str], Catalog], columns: str) -> None:
    side = catalog(columns)
    refuse_unfit_keys([ALONG_N], Sides(side, side))


@pytest.mark.parametrize(("columns", "problem"), UNFIT.values(), ids=UNFIT)
def test_no_key(catalog: Callable[[str], Catalog], columns: str, problem: str) -> None:
    fit, unfit = catalog(FIT["primary key"]), catalog(columns)
    for sides, when in ((Sides(unfit, fit), "now"), (Sides(fit, unfit), "after the plan")):
        with pytest.raises(
            Refused, match=rf"backfill fill: its key app\.t\.n {problem} {when}.* name columns of app\.t"
        ):
            refuse_unfit_keys([ALONG_N], sides)


def test_what_a_side_does_not_have_is_judged_by_the_other(catalog: Callable[[str], Catalog]) -> None:
    without, fit = catalog("(v int)"), catalog(FIT["primary key"])
    refuse_unfit_keys([ALONG_N], Sides(without, fit))


def test_a_key_of_several_columns(catalog: Callable[[str], Catalog]) -> None:
    """They may be more than the key has, and none of them may be NULL."""
    along = replace(ALONG_N, key=Sql("n, m"))
    fit = catalog("(n int, m int, PRIMARY KEY (m, n))")
    refuse_unfit_keys([along], Sides(fit, fit))
    unfit = catalog("(n int NOT NULL, m int, UNIQUE (n, m))")
    with pytest.raises(Refused, match=r"its key app\.t\.m may be NULL now"):
        refuse_unfit_keys([along], Sides(unfit, unfit))
    shared = catalog("(n int NOT NULL, m int NOT NULL, UNIQUE (n, m, v), v int)")
    with pytest.raises(Refused, match=r"its key app\.t \(n, m\) is not unique now"):
        refuse_unfit_keys([along], Sides(shared, shared))
