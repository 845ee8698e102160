"""A project with a database in the state before its migration."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.scratch.server import ScratchServer

from .shell import BACKFILL, BEFORE, CHECK, DESIRED, Shell


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("app.sql", DESIRED), ("backfills/seen.sql", BACKFILL), ("checks/seen.sql", CHECK)):
        path = tmp_path / "desired_schema" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def everywhere(project: Path, server: ScratchServer, fresh_database: Callable[..., str]) -> Shell:
    """The project with a database in the state before, on each version."""
    shell = Shell(fresh_database(server))
    shell.execute(BEFORE)
    return shell


@pytest.fixture
def shell(project: Path, server17: ScratchServer, fresh_database: Callable[..., str]) -> Shell:
    """The project with a database in the state before, on one version."""
    shell = Shell(fresh_database(server17))
    shell.execute(BEFORE)
    return shell
