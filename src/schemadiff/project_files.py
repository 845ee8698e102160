"""Files of a project are read and written inside of it: no link leads elsewhere."""

import os
import re
import stat
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from uuid import uuid4


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path, once its links are followed, does not lie in `root`."""
    return not path.resolve().is_relative_to(root.resolve())


def read_inside(path: Path, root: Path, *, most: int = -1) -> bytes | None:
    """What a file in `root` holds; None if it lies elsewhere, which is asked of the file that was opened.

    With `most`, no more bytes than that. Raises OSError, also for what is no regular file.
    """
    # a pipe would wait for somebody to write
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        opened = Path(f"/proc/self/fd/{file.fileno()}")
        if leads_out(opened if opened.exists() else path, root):
            return None
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, "is no regular file")
        # room for `most` bytes would be made at once
        return file.read(min(most, status.st_size + 1))


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path is one of `patterns`, or lies below one: `*` within a name, `**` over any folders."""
    return any(_pattern(pattern).fullmatch(path) for pattern in patterns)


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]/]+\])", glob)
    return re.compile(
        "".join(_WILD.get(part) or (part if part[:1] == "[" else re.escape(part)) for part in parts) + "(?:/.*)?"
    )


_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in place of whatever stands at `path`, a link to elsewhere included. Raises OSError."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    with draft.open("xb") as file:
        file.write(content)
    draft.replace(path)
