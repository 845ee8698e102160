"""Reading of a directory of desired files: statements, backfills and checks, each with its place."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from schemadiff.config import Project, Variable
from schemadiff.desired import limits
from schemadiff.desired.data_steps.parsing import backfill, checks
from schemadiff.desired.data_steps.steps import Backfill, Check
from schemadiff.desired.reading.desired_statements import DesiredStatement, statements
from schemadiff.desired.reading.source import Source, Text
from schemadiff.desired.reading.text import outside, read_text, too_long
from schemadiff.desired.refusing.guards import without_guards
from schemadiff.desired.templating.templates import Templates
from schemadiff.errors import DesiredError
from schemadiff.project_files import leads_out, matches

PLAIN_SUFFIX = ".sql"
TEMPLATE_SUFFIX = ".sql.j2"

DATA_STEPS = frozenset({"backfills", "checks"})
"""Folders of files that declare nothing."""

Step = TypeVar("Step", Backfill, Check)


@dataclass(frozen=True, slots=True)
class Desired:
    """What the desired files say; `digest` is a sha256 over the statements as they run."""

    statements: tuple[DesiredStatement, ...]
    backfills: tuple[Backfill, ...]
    checks: tuple[Check, ...]
    digest: str


NOTHING = Desired((), (), (), hashlib.sha256().hexdigest())
"""What no file says."""


def read_desired(
    directory: Path,
    templates: Path | None = None,
    *,
    roles: bool = False,
    root: Path | None = None,
    patterns: tuple[str, ...] = (),
    variables: Mapping[str, Variable] | None = None,
) -> Desired:
    """All .sql and .sql.j2 files under `directory` (or that one file), sorted by path.

    With `roles`, they may declare roles; `variables` are what templates read as `vars`. Files in a folder named
    backfills or checks are data steps; of the others, `patterns`, paths from `root`, say which count. Everything lies
    in `root`, links followed; without it, in the folder that names it. DesiredError for what does not, for what cannot
    be read, rendered or split, and for what may not be in a desired file.
    """
    inside = root or (directory if directory.is_dir() else directory.parent)
    found: list[DesiredStatement] = []
    backfills: dict[str, tuple[Backfill, Source]] = {}
    checked: dict[str, tuple[Check, Source]] = {}
    with Templates(templates, root, variables) as rendering:
        for path, folders, source in _sources(directory, inside, rendering, patterns):
            name = path.name.removesuffix(TEMPLATE_SUFFIX).removesuffix(PLAIN_SUFFIX)
            if "backfills" in folders:
                _add(backfills, "backfill", name, backfill(source, name), source)
            elif "checks" in folders:
                for check in checks(source, name):
                    _add(checked, "check", check.name, check, source)
            else:
                found.extend(without_guards(statements(source, roles=roles)))
    return Desired(
        tuple(found),
        tuple(step for step, _ in backfills.values()),
        tuple(check for check, _ in checked.values()),
        _digest(found),
    )


def desired_of(project: Project, *, roles: bool | None = None) -> Desired:
    """What the files of a project say, with `roles` as it says unless told otherwise; errors as of `read_desired`."""
    if project.supabase is not None and not project.desired.exists():
        return NOTHING  # as in a project that the CLI has just made
    roles = project.roles if roles is None else roles
    patterns = project.desired_patterns
    return read_desired(
        project.desired,
        project.templates,
        roles=roles,
        root=project.root,
        patterns=patterns,
        variables=project.vars,
    )


def rendered(path: Path, project: Project) -> str:
    """The SQL that a file of a project stands for, as a template makes it. Errors: DesiredError."""
    file = Text(str(path), read_text(path, project.root))
    if not path.name.endswith(TEMPLATE_SUFFIX):
        return file.text
    with Templates(project.templates, project.root, project.vars) as rendering:
        return rendering.render(file).text


def redrafted(desired: Desired, directory: Path, drafts: Mapping[Path, str | None], *, roles: bool = False) -> Desired:
    """What the files would say with other texts: `drafts` by path, None for a file that goes. Errors: DesiredError."""
    by_file: dict[Path, list[DesiredStatement]] = defaultdict(list)
    for statement in desired.statements:
        by_file[Path(statement.source.name)].append(statement)
    for path, text in drafts.items():
        by_file[path] = (
            [] if text is None else list(without_guards(statements(Source(Text(str(path), text)), roles=roles)))
        )
    found = [statement for path in sorted(by_file, key=partial(_place, directory)) for statement in by_file[path]]
    return replace(desired, statements=tuple(found), digest=_digest(found))


def _place(directory: Path, path: Path) -> tuple[str, ...]:
    """What files are sorted by."""
    return path.relative_to(directory).parts


def _sources(
    directory: Path, root: Path, rendering: Templates, patterns: tuple[str, ...]
) -> Iterator[tuple[Path, tuple[str, ...], Source]]:
    """Each file with the names of its folders below `directory`, and the SQL in it."""
    length = 0
    for path, folders in _files(directory, root):
        if patterns and DATA_STEPS.isdisjoint(folders) and not matches(path.relative_to(root).as_posix(), patterns):
            continue
        file = Text(str(path), read_text(path, root))
        source = rendering.render(file) if path.name.endswith(TEMPLATE_SUFFIX) else Source(file)
        length += len(source.text)
        if length > limits.MOST_TEXT:
            raise too_long(path)
        yield path, folders, source


def _files(directory: Path, root: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Each file with the names of its folders below `directory`."""
    if directory.is_file():
        yield directory, ()
        return
    if not directory.is_dir():
        raise DesiredError(f"{directory}: is not a directory; name the one with the desired files")
    paths = [path for path in _below(directory, root, ()) if path.name.endswith((PLAIN_SUFFIX, TEMPLATE_SUFFIX))]
    for path in sorted(paths, key=partial(_place, directory)):
        yield path, path.relative_to(directory).parts[:-1]


def _below(folder: Path, root: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """All files below a folder, links to folders followed where they stay in `root` and lead to none of those above."""
    if leads_out(folder, root):
        raise outside(folder, root)
    real = folder.resolve()
    if real in above:
        raise DesiredError(f"{folder}: is a link to a folder that contains it; remove it")
    for path in folder.iterdir():
        if path.is_dir():
            yield from _below(path, root, (*above, real))
        elif path.is_file() or path.is_symlink():
            yield path


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
