"""Reading of a directory of desired files: statements, backfills and checks, each with its place."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from schemadiff.desired.data_steps.parsing import backfill, checks
from schemadiff.desired.data_steps.steps import Backfill, Check
from schemadiff.desired.reading.desired_statements import DesiredStatement, statements
from schemadiff.desired.reading.source import Source, Text
from schemadiff.desired.templating.templates import Templates
from schemadiff.errors import DesiredError

PLAIN_SUFFIX = ".sql"
TEMPLATE_SUFFIX = ".sql.j2"

Step = TypeVar("Step", Backfill, Check)


@dataclass(frozen=True, slots=True)
class Desired:
    """What the desired files say; `digest` is a sha256 over the statements as they run."""

    statements: tuple[DesiredStatement, ...]
    backfills: tuple[Backfill, ...]
    checks: tuple[Check, ...]
    digest: str


def read_desired(directory: Path, templates: Path | None = None, *, roles: bool = False) -> Desired:
    """All .sql and .sql.j2 files under `directory` (or that one file), sorted by path.

    With `roles`, they may declare roles. Files in a folder named backfills or checks are data steps. DesiredError
    for what cannot be read, rendered or split, and for what may not be in a desired file.
    """
    rendering = Templates(templates, _read)
    found: list[DesiredStatement] = []
    backfills: dict[str, tuple[Backfill, Source]] = {}
    checked: dict[str, tuple[Check, Source]] = {}
    for path, folders in _files(directory):
        file = Text(str(path), _read(path, directory if directory.is_dir() else path.parent))
        source = rendering.render(file) if path.name.endswith(TEMPLATE_SUFFIX) else Source(file)
        name = path.name.removesuffix(TEMPLATE_SUFFIX).removesuffix(PLAIN_SUFFIX)
        if "backfills" in folders:
            _add(backfills, "backfill", name, backfill(source, name), source)
        elif "checks" in folders:
            for check in checks(source, name):
                _add(checked, "check", check.name, check, source)
        else:
            found.extend(statements(source, roles=roles))
    return Desired(
        tuple(found),
        tuple(step for step, _ in backfills.values()),
        tuple(check for check, _ in checked.values()),
        _digest(found),
    )


def _files(directory: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Each file with the names of its folders below `directory`."""
    if directory.is_file():
        yield directory, ()
        return
    if not directory.is_dir():
        raise DesiredError(f"{directory}: is not a directory; name the one with the desired files")
    paths = [path for path in directory.rglob("*") if path.name.endswith((PLAIN_SUFFIX, TEMPLATE_SUFFIX))]
    for path in sorted(paths, key=lambda path: path.relative_to(directory).parts):
        if path.is_file():
            yield path, path.relative_to(directory).parts[:-1]


def _read(path: Path, directory: Path) -> str:
    if not path.resolve().is_relative_to(directory.resolve()):
        raise DesiredError(f"{path}: is a link to a file outside of {directory}; put the file itself there")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DesiredError(f"{path}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    except OSError as error:
        raise DesiredError(f"{path}: cannot be read: {error.strerror}; make it readable") from None
    if "\0" in text:
        raise DesiredError(f"{path}: contains a NUL character, which Postgres does not accept; remove it")
    return text


def _add(found: dict[str, tuple[Step, Source]], kind: str, name: str, step: Step, source: Source) -> None:
    if name in found:
        raise DesiredError(f"{source.name}: {kind} {name!r} is in {found[name][1].name}, too; rename one of them")
    found[name] = (step, source)


def _digest(found: list[DesiredStatement]) -> str:
    digest = hashlib.sha256()
    for statement in found:
        for part in (*statement.settings, statement.sql):
            digest.update(part.encode() + b"\0")
        digest.update(b"\0")
    return digest.hexdigest()
