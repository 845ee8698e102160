"""How files are called that declare objects: readable, the same everywhere, and never two the same."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from schemadiff.pulling.homes import LAST, Home

_LONGEST = 80
_OTHER = re.compile(r"[^A-Za-z0-9_$-]+")
_DATA_STEPS = frozenset({"backfills", "checks"})
"""Folders whose files are no declarations."""
_RESERVED = re.compile(r"(?i)con|prn|aux|nul|com\d|lpt\d")
"""What Windows does not take for a file."""


class _Part(NamedTuple):
    """A folder or file within the folders `above`, as the object is called."""

    above: tuple[str, ...]
    name: str
    folder: bool

    @property
    def readable(self) -> str:
        readable = _OTHER.sub("_", self.name)[:_LONGEST]
        if self.folder and not self.above and (readable.lower() in _DATA_STEPS or readable.lower() >= LAST):
            readable = f"schema_{readable}"
        return f"{readable}_" if _RESERVED.fullmatch(readable) else readable


def paths(homes: Iterable[Home]) -> dict[Home, PurePosixPath]:
    """A file for each home. Names that differ in case alone are told apart, since some systems do not."""
    every = sorted(set(homes))
    folders = {home: _folders(home) for home in every}
    files = {home: _Part(home.folders, home.name, folder=False) for home in every}
    named = _named({part for found in folders.values() for part in found} | set(files.values()))
    return {
        home: PurePosixPath(*(named[part] for part in folders[home]), f"{named[files[home]]}.sql") for home in every
    }


def _folders(home: Home) -> list[_Part]:
    return [_Part(home.folders[:place], name, folder=True) for place, name in enumerate(home.folders)]


def _named(parts: Iterable[_Part]) -> dict[_Part, str]:
    alike: dict[tuple[tuple[str, ...], str, bool], list[_Part]] = defaultdict(list)
    for part in parts:
        alike[part.above, part.readable.lower(), part.folder].append(part)
    return {
        part: part.readable if len(same) == 1 or part.name == part.readable.lower() else _marked(part)
        for same in alike.values()
        for part in same
    }


def _marked(part: _Part) -> str:
    return f"{part.readable}-{hashlib.sha256(part.name.encode()).hexdigest()[:6]}"
