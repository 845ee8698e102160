"""Desired files written for a test, and scratch databases to load them into."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from schemadiff.desired.files import Desired, read_desired
from schemadiff.scratch.server import ScratchServer

from .database import Scratch

_NUMBERS = count(1)


@pytest.fixture
def scratch(server: ScratchServer) -> Iterator[Scratch]:
    name = f"desired_{next(_NUMBERS)}"
    yield Scratch(server, name)
    server.drop_database(name)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], Desired]:
    """Writes files and reads them; paths under templates/ are templates, all others desired files."""
    monkeypatch.chdir(tmp_path)

    def written(files: dict[str, str]) -> Desired:
        for name, text in files.items():
            path = Path(name) if name.startswith("templates/") else Path("schema", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        Path("schema").mkdir(exist_ok=True)
        return read_desired(Path("schema"), Path("templates"))

    return written
