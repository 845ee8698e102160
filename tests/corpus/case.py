"""One folder of the corpus: two schemas, and what is expected of the plans between them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
KNOWN = {"min_version", "max_version", "covers", "up", "down", "kept", "restored", "one_way", "secret", "icu", "online"}


@dataclass(frozen=True)
class Words:
    """SQL that must and must not stand in one direction's script."""

    require: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()


@dataclass(frozen=True)
class CorpusCase:
    """A folder with a.sql, b.sql and perhaps expect.toml and rows.sql.

    `rows` are loaded into a; each query of `kept` gives the same before, after up and after down,
    each of `restored` the same before and after down, which brings back from the archive what up destroys.
    With `online`, all tables count as large. `one_way` tells that no statement leads back, `secret` that pg_dump
    says what a plan must not, `icu` that the server must be built with ICU. `covers` lists `kind.field` that differ
    between a and b.
    """

    name: str
    a: str
    b: str
    rows: str
    min_version: int
    max_version: int
    covers: tuple[str, ...]
    up: Words
    down: Words
    kept: tuple[str, ...]
    restored: tuple[str, ...]
    one_way: bool
    secret: bool
    icu: bool
    online: bool

    def __str__(self) -> str:
        return self.name

    def runs_on(self, major: int) -> bool:
        """Whether a server of `major` knows the SQL."""
        return self.min_version <= major <= self.max_version


def _words(table: dict[str, Any]) -> Words:
    unknown = table.keys() - {"require", "forbid"}
    assert not unknown, unknown
    return Words(tuple(table.get("require", ())), tuple(table.get("forbid", ())))


def read_case(folder: Path) -> CorpusCase:
    """The case in `folder`."""
    path, rows = folder / "expect.toml", folder / "rows.sql"
    expect = tomllib.loads(path.read_text()) if path.exists() else {}
    assert expect.keys() <= KNOWN, f"{path}: {expect.keys() - KNOWN}"
    return CorpusCase(
        folder.name,
        (folder / "a.sql").read_text(),
        (folder / "b.sql").read_text(),
        rows.read_text() if rows.exists() else "",
        expect.get("min_version", 14),
        expect.get("max_version", 99),
        tuple(expect.get("covers", ())),
        _words(expect.get("up", {})),
        _words(expect.get("down", {})),
        tuple(expect.get("kept", ())),
        tuple(expect.get("restored", ())),
        expect.get("one_way", False),
        expect.get("secret", False),
        expect.get("icu", False),
        expect.get("online", False),
    )


CASES = tuple(read_case(folder) for folder in sorted(FOLDER.iterdir()) if (folder / "a.sql").exists())
