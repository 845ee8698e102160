"""A small migration with every form of segment, written to disk for a fresh database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemadiff.scratch.server import ScratchServer

from .stage import Stage

StageMaker = Callable[..., Stage]


@pytest.fixture
def stage(tmp_path: Path, fresh_database: Callable[..., str]) -> StageMaker:
    """Makes a stage: a database in the state before, and a plan for it on disk."""

    def make(server: ScratchServer, **parts: Any) -> Stage:
        live, desired = fresh_database(server), fresh_database(server)
        return Stage.set_up((live, desired), tmp_path / "plans", **parts)

    return make
