"""Projects on databases with rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.scratch.server import ScratchServer

from .project import Maker, ProjectFolder


@pytest.fixture
def project(server: ScratchServer, tmp_path: Path, fresh_database: Callable[..., str]) -> Maker:
    """Makes a project on a new database that `live` sets up."""

    def make(live: str) -> ProjectFolder:
        made = ProjectFolder(tmp_path, fresh_database(server))
        made.run(live)
        return made

    return make
