"""Declarations as the text of files."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from schemadiff.pulling.declarations import Declaration


def texts(declared: Iterable[Declaration]) -> dict[PurePosixPath, str]:
    """The text of each file, sorted by path."""
    found: dict[PurePosixPath, list[Declaration]] = defaultdict(list)
    for declaration in declared:
        found[declaration.path].append(declaration)
    return {path: text(found[path]) for path in sorted(found)}


def text(declared: Iterable[Declaration]) -> str:
    """Statements one below the other, an empty line where another kind of object begins or one has several lines."""
    written = ""
    before: Declaration | None = None
    for declaration in declared:
        if before is not None:
            alike = before.object.kind == declaration.object.kind and "\n" not in before.sql + declaration.sql
            written += "\n" if alike else "\n\n"
        written += f"{declaration.sql};"
        before = declaration
    return written + "\n"
