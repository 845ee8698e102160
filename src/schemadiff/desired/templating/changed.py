"""Templates that made what a plan changes, and how they differ from what git has of them."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from schemadiff.desired.reading.source import Text

_TRUNKS = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
_MOST_LINES = 200
_SECONDS = 5


@dataclass(frozen=True, slots=True)
class TemplateChange:
    """A template with the objects of a plan that it made, by kind and name.

    `diff` tells how it differs from what git has at `since`: empty where it does not, None where git does not tell.
    """

    file: str
    objects: tuple[str, ...]
    diff: str | None = None
    since: str | None = None


def template_changes(made: Mapping[str, Iterable[Text]], root: Path) -> tuple[TemplateChange, ...]:
    """The templates in `root` that made objects, named in `made` with the texts that they come from, by their names."""
    texts: dict[str, Text] = {}
    objects: dict[str, list[str]] = {}
    for name, sources in made.items():
        for text in sources:
            texts[text.name] = text
            objects.setdefault(text.name, []).append(name)
    found = []
    for file, text in sorted(texts.items()):
        path = Path(file)
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        differs = (None, None) if shown.is_absolute() else _difference(shown.as_posix(), text.text, root)
        found.append(TemplateChange(shown.as_posix(), tuple(objects[file]), *differs))
    return tuple(found)


def _difference(file: str, now: str, root: Path) -> tuple[str | None, str | None]:
    """The diff to the nearest earlier text that is another, and where git has it."""
    known: str | None = None
    for since, commit in _commits(root):
        before = _git(root, "cat-file", "blob", f"{commit}:./{file}") or ""
        lines = list(unified_diff(before.splitlines(), now.splitlines(), n=2, lineterm=""))[2:]
        if lines:
            more = [f"... {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
            return "\n".join([*lines[:_MOST_LINES], *more]), since
        known = known or since
    return (None, None) if known is None else ("", known)


def _commits(root: Path) -> Iterator[tuple[str, str]]:
    """What is committed, and where the branch began."""
    head = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not head:
        return
    yield "git HEAD", head.strip()
    for trunk in _TRUNKS:
        if base := _git(root, "merge-base", "HEAD", trunk):
            yield f"the merge base with {trunk}", base.strip()
            return


def _git(root: Path, *arguments: str) -> str | None:
    """What git answers, which runs nothing that the repository configures and asks no other machine."""
    careful = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never")
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *careful, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
