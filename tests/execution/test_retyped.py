"""Columns of tables in use change their type beside the old ones, while an application writes."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from schemadiff.api import plan, write
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import Online, read_schemadiff_toml
from schemadiff.plans.model import Script
from schemadiff.scratch.server import ScratchServer

from .application import Application, Key
from .stage import Stage, execute, run_and_kill

PEOPLE = """
CREATE SCHEMA app;
CREATE TABLE app.people (tenant int, id int, city text, PRIMARY KEY (tenant, id));
CREATE INDEX by_city ON app.people (city);
CREATE VIEW app.cities AS SELECT DISTINCT city FROM app.people;
"""
RETYPED = PEOPLE.replace("id int", "id bigint").replace("city text", "city varchar(40)")
ROWS = "INSERT INTO app.people SELECT 1 + n % 2, n, 'Ulm ' || n FROM generate_series(1, 2500) AS n"
TYPES = """SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a
    WHERE a.attrelid = 'app.people'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1"""


def people(case: Stage) -> dict[Key, str]:
    found = case.rows("SELECT tenant, id, city FROM app.people")
    return {cast(Key, (tenant, number)): str(city) for tenant, number, city in found}


def is_rewritten(script: Script) -> bool:
    return any(Hazard.TABLE_REWRITE in step.hazards for step in script.steps)


def staged(url: str, folder: Path, desired: str, online: Online) -> Stage:
    (folder / "desired_schema").mkdir(exist_ok=True)
    (folder / "desired_schema" / "app.sql").write_text(desired)
    project = read_schemadiff_toml(f'online = "{online}"', folder)
    planned = plan(url, project, name=f"types-{online}", allow=frozenset(Hazard)).plan
    assert planned.proof is not None
    assert planned.proof.holds, planned.proof.objections
    return Stage(url, write(planned, project.plans), planned)


def test_what_an_application_writes_meanwhile_is_converted(
    server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    """Also where both runs are killed between two batches."""
    url = fresh_database(server17)
    execute(url, PEOPLE)
    execute(url, ROWS)
    assert is_rewritten(staged(url, tmp_path, RETYPED, Online.AUTO).plan.up), "a small table is rewritten at once"
    case = staged(url, tmp_path, RETYPED, Online.ALWAYS)
    assert not is_rewritten(case.plan.up)
    assert not is_rewritten(case.plan.down)
    types = case.rows(TYPES)
    with Application(url, people(case)) as application:
        run_and_kill(case, "any(isinstance(one, BackfillProgress) for one in seen)")
        outcome, _ = case.apply()
        assert outcome.resumed
        assert case.rows(TYPES) == [("city", "character varying(40)"), ("id", "bigint"), ("tenant", "integer")]
        run_and_kill(case, "any(isinstance(one, BackfillProgress) for one in seen)", action="rollback")
        outcome, _ = case.rollback()
        assert outcome.resumed
    assert application.writes > 20
    assert people(case) == application.rows
    assert case.rows(TYPES) == types
    assert case.rows("SELECT FROM pg_namespace WHERE nspname = 'schemadiff_archive'") == []


def test_why_a_table_is_rewritten_all_the_same(
    server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    url = fresh_database(server17)
    keyless = PEOPLE.replace(", PRIMARY KEY (tenant, id)", "")
    execute(url, keyless)
    case = staged(url, tmp_path, keyless.replace("id int", "id bigint"), Online.ALWAYS)
    (risk,) = (one for step in case.plan.up.steps for one in step.risks if one.hazard is Hazard.TABLE_REWRITE)
    assert risk.why == "not in batches, since the table has no key by which batches could go"
    assert risk.why in (case.directory / "review.md").read_text()


def test_rows_that_the_new_type_does_not_take_are_found_before(
    server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    url = fresh_database(server17)
    execute(url, PEOPLE)
    execute(url, "INSERT INTO app.people VALUES (1, 1, repeat('x', 41))")
    case = staged(url, tmp_path, RETYPED, Online.ALWAYS)
    assert [(found.object, found.count) for found in case.plan.findings] == [("column app.people.city", 1)]
    assert "people.city text -> varchar(40) (filled in batches" in (case.directory / "review.md").read_text()
