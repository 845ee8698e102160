"""Foreign code that does not end while a plan is rehearsed: each ends with the statement, or with what ran."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import schemadiff
from schemadiff.catalog.sql import Sql
from schemadiff.config import Project
from schemadiff.desired import limits
from schemadiff.desired.loading import watch
from schemadiff.errors import ScratchError
from schemadiff.plans.model import Script, Segment, Step, StepOperation
from schemadiff.proof.rows.rows_role import RowsRole
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.rehearsing.rehearsal import rehearse

Fresh = Callable[..., str]

SLEEPS = "BEGIN PERFORM pg_sleep(1000); RETURN 1; END"
CATCHES = "BEGIN LOOP BEGIN PERFORM pg_sleep(1000); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END"
PUTS_OFF = "BEGIN PERFORM set_config('statement_timeout', '0', false); LOOP END LOOP; END"
RENAMES_ITSELF = (
    "BEGIN LOOP BEGIN PERFORM set_config('application_name', random()::text, false); PERFORM pg_sleep(0.1);"
    " EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END"
)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What takes a minute for users takes a second here."""
    monkeypatch.setattr(limits, "STATEMENT_SECONDS", 1)
    monkeypatch.setattr(watch, "_TICK_SECONDS", 0.1)
    monkeypatch.setattr(watch, "_GRACE_SECONDS", 0.5)
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < 100


def function(body: str) -> str:
    return f"CREATE FUNCTION public.f() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ {body} $$"


def step(sql: str) -> Step:
    return Step(Sql(sql), StepOperation.RUN, "statement", sql[:20])


@pytest.mark.parametrize(
    ("body", "transactional"),
    [(SLEEPS, True), (SLEEPS, False), (CATCHES, True), (PUTS_OFF, True), (RENAMES_ITSELF, False)],
)
def test_a_statement_without_end(
    server17: ScratchServer, fresh_database: Fresh, body: str, transactional: bool
) -> None:
    url = fresh_database(server17, owner="deadline_owner")
    first = Segment((step("CREATE SCHEMA s"), step("CREATE TABLE s.t (a int)"), step(function(body))))
    second = Segment((step("CREATE INDEX i ON s.t (a) WHERE a > public.f()"),), transactional=transactional)
    failure = rehearse(Script((first, second)), url)
    assert failure is not None and failure.number == 4
    assert str(failure).startswith("statement 4 (") and "does not end within 1 seconds" in str(failure)
    assert "CREATE INDEX i" in str(failure)


def test_all_statements_together(
    server17: ScratchServer, fresh_database: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REHEARSAL_SECONDS", 2)
    waits = Segment(tuple(step("SELECT pg_sleep(0.4)") for _ in range(30)))
    failure = rehearse(Script((waits,)), fresh_database(server17, owner="deadline_owner"))
    assert failure is not None and "was running when all together had taken 2 seconds" in str(failure)


def test_rows_whose_checks_do_not_end(server17: ScratchServer, fresh_database: Fresh) -> None:
    url = fresh_database(server17, owner="deadline_owner")
    with psycopg.connect(url) as connection:
        connection.execute(function(CATCHES).encode())
        database = connection.info.dbname
    with (
        pytest.raises(ScratchError, match=r"code of the database does not end within 1 seconds.*look at functions"),
        RowsRole(server17, "deadline_owner", database).session(database) as rows,
    ):
        rows.execute("SELECT public.f()")


def test_a_plan_whose_statement_does_not_end_once_there_are_rows(
    server17: ScratchServer, fresh_database: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATEMENT_SECONDS", 4)
    url = fresh_database(server17, owner="deadline_owner")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY)")
    (tmp_path / "desired_schema").mkdir()
    (tmp_path / "desired_schema" / "a.sql").write_text(
        "CREATE SCHEMA app; CREATE FUNCTION app.f() RETURNS int VOLATILE LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS (SELECT FROM app.t) THEN {CATCHES}; END IF; RETURN 1; END $$;"
        "CREATE TABLE app.t (id int PRIMARY KEY, b int NOT NULL DEFAULT app.f());"
    )
    proof = schemadiff.plan(url, Project.default(tmp_path), name="endless").plan.proof
    assert proof is not None and not proof.holds
    (opinion,) = proof.up
    assert "does not end within 4 seconds" in opinion.words[0] and "column app.t.b" in opinion.words[0]
