"""The real input on each version: a live database before the migration, and the plan for it, made once."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest

from schemadiff.demo.state import DESIRED, TEMPLATES, before_sql, demo_files, rows_sql
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

from .shell import Shell

OWNER = "postgres"
"""Who owns a Supabase database; no superuser."""

BEFORE = "before"

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Stage:
    """A Supabase-like server with a database in the state before the migration, to copy from."""

    server: ScratchServer

    @property
    def major(self) -> int:
        return self.server.version_num // 10000

    def database(self) -> str:
        """The URL of a new database in the state before."""
        name = f"live_{next(_NUMBERS)}"
        self.server.create_database(name, template=BEFORE, owner=OWNER)
        return self.server.url(name, OWNER)


@pytest.fixture(scope="session")
def stage_of() -> Iterator[Callable[[int], Stage]]:
    """Gives the stage of a major version, started when the first test asks for it."""
    servers = []

    @cache
    def stage(major: int) -> Stage:
        manager = scratch_server(major, "supabase")
        server = manager.__enter__()
        servers.append(manager)
        server.create_database(BEFORE, template=server.platform_template, owner=OWNER)
        with psycopg.connect(server.url(BEFORE, OWNER)) as connection:
            connection.execute(before_sql().encode())
            connection.execute(rows_sql().encode())
        return Stage(server)

    yield stage
    for manager in servers:
        manager.__exit__(None, None, None)


@pytest.fixture(params=[15, 17])
def stage(request: pytest.FixtureRequest, stage_of: Callable[[int], Stage]) -> Stage:
    """A stage of each version."""
    return stage_of(request.param)


@pytest.fixture(scope="session")
def planned(
    stage_of: Callable[[int], Stage], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Stage], tuple[Path, str]]:
    """Gives the project's folder and the plan for the state before, made once for each version."""

    @cache
    def made(stage: Stage) -> tuple[Path, str]:
        folder = tmp_path_factory.mktemp(f"planned_{stage.major}")
        for name in (DESIRED, TEMPLATES):
            shutil.copytree(demo_files() / name, folder / name)
        return folder, Shell(folder, stage.database()).plan("--name", "dual_id")

    return made


@dataclass(frozen=True, slots=True)
class Project(Shell):
    """The real input's project with its plan and a live database of its own."""

    planned: str

    @property
    def up_sql(self) -> Path:
        return self.folder / self.planned / "up.sql"


@pytest.fixture
def dual_id(stage: Stage, planned: Callable[[Stage], tuple[Path, str]], tmp_path: Path) -> Project:
    """The real input, planned, on a live database in the state before."""
    folder, plan = planned(stage)
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path, stage.database(), plan)


@pytest.fixture
def shop(stage_of: Callable[[int], Stage], tmp_path: Path, request: pytest.FixtureRequest) -> Shell:
    """A small project whose files declare what its database holds."""
    server = stage_of(17).server
    name = f"shop_{next(_NUMBERS)}"
    server.create_database(name, template=server.platform_template, owner=OWNER)
    request.addfinalizer(lambda: server.drop_database(name))
    shell = Shell(tmp_path, server.url(name, OWNER))
    shell.write("desired_schema/shop.sql", SHOP)
    shell.execute(SHOP)
    shell.execute("INSERT INTO shop.customer SELECT n, 'name ' || n FROM generate_series(1, 20) AS n")
    return shell


SHOP = """CREATE SCHEMA shop;
CREATE TABLE shop.customer (id bigint PRIMARY KEY, full_name text NOT NULL);
"""
