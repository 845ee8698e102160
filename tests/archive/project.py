"""A project on a live database with rows: planned, applied, used and taken back in one process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

import schemadiff
from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import Project
from schemadiff.execution.run_options import RunOptions
from schemadiff.planning.renames.policy import RenameMode, RenamePolicy
from schemadiff.plans.model import Plan

Rows = dict[str, list[str]]

_TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname), c.relkind FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'S') AND n.nspname = 'app' ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Applied:
    """A plan that was applied to the database of `url`."""

    plan: Plan
    directory: Path
    url: str

    def rollback(self) -> None:
        """Take it back."""
        schemadiff.rollback(self.directory, self.url, RunOptions(allow=frozenset(Hazard)))


@dataclass(frozen=True, slots=True)
class ProjectFolder:
    """A folder with desired files beside a live database."""

    folder: Path
    url: str

    def plan(self, desired: str, *, allow: tuple[Hazard, ...] = (Hazard.DATA_LOSS,), archive: bool = True) -> Plan:
        """The proven plan to `desired`."""
        files = self.folder / "desired_schema"
        files.mkdir(exist_ok=True)
        (files / "app.sql").write_text(desired)
        made = schemadiff.plan(
            self.url,
            Project.default(self.folder),
            name="change",
            renames=RenamePolicy(RenameMode.NEVER),
            allow=frozenset(allow),
            archive=archive,
        )
        return made.plan

    def apply(self, desired: str, **options: object) -> Applied:
        """Plan and apply."""
        plan = self.plan(desired, **options)  # type: ignore[arg-type]
        assert plan.proof and plan.proof.holds, plan.proof
        directory = schemadiff.write(plan, self.folder / "plans")
        schemadiff.apply(directory, self.url, RunOptions(allow=frozenset(Hazard)))
        return Applied(plan, directory, self.url)

    def backfill(self, sql: str) -> None:
        """Let the next plan hold a backfill of app.t."""
        folder = self.folder / "desired_schema" / "backfills"
        folder.mkdir(parents=True)
        (folder / "fill.sql").write_text(f"-- @backfill table=app.t key=id batch=7\n{sql};\n")

    def run(self, sql: str) -> None:
        """What the users of the database do."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.encode())

    def rows(self) -> Rows:
        """Every row of every table in app, without regard to the order of columns, and where sequences stand."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            found: Rows = {}
            for name, kind in connection.execute(_TABLES).fetchall():
                columns = "to_jsonb(t)" if kind == "r" else "jsonb_build_array(last_value, is_called)"
                query = f"SELECT {columns} FROM ONLY {name} AS t" if kind == "r" else f"SELECT {columns} FROM {name}"
                values = connection.execute(query.encode()).fetchall()
                found[name] = sorted(json.dumps(value, sort_keys=True) for (value,) in values)
            return found

    def state(self) -> State:
        """The schema."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return inspect(connection, Scope.of()).state()

    def one(self, query: str) -> object:
        """The single value of a query."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(query.encode()).fetchone()
            return row and row[0]


Maker = Callable[..., ProjectFolder]
