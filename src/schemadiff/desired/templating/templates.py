"""Rendering of .sql.j2 files, in a process of its own."""

import json
import os
import selectors
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from types import TracebackType
from typing import TYPE_CHECKING, Self

from schemadiff.config import Variable
from schemadiff.desired import limits
from schemadiff.desired.reading.source import Source, Span, Text
from schemadiff.errors import DesiredError

if TYPE_CHECKING:
    from schemadiff.desired.templating.worker import Answer

_WORKER = """
import json, os, sys
os.environ.clear()
sys.path[:] = json.loads(sys.stdin.readline())
from schemadiff.desired.templating.worker import serve
serve(sys.stdin, sys.stdout)
"""
"""Finds modules where this process does, and (with -P) not in the working directory; knows no secrets of its user."""

_GRACE_SECONDS = 10
"""For what the process does beside rendering, such as to begin."""

_BYTES_OF_A_CHARACTER = 12
"""In JSON, at most."""

_CHUNK = 2**16


class Templates:
    """Renders files that call the templates of one directory, in a process that ends with the `with` block.

    It starts with the first file. Templates lie in `root`, links followed, or else in the directory; they read
    `variables` as `vars`.
    """

    def __init__(
        self, directory: Path | None, root: Path | None, variables: Mapping[str, Variable] | None = None
    ) -> None:
        self._variables = dict(variables or {})
        self._folders = [None if folder is None else str(folder) for folder in (directory, root)]
        self._process: Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()  # closes the pipes, too

    def render(self, file: Text) -> Source:
        """The SQL that `file` renders to; DesiredError with file, line and the line itself if it does not."""
        process = self._process or self._started()
        _send(process, [file.name, file.text])
        answer = _received(process, file.name)
        if answer["error"]:
            raise DesiredError(answer["error"])
        texts = {name: Text(name, text) for name, text in answer["texts"].items()} | {file.name: file}
        spans = [Span(start, texts[name], offset, expression) for start, name, offset, expression in answer["spans"]]
        return Source(file, answer["text"], tuple(spans))

    def _started(self) -> Popen[bytes]:
        command = [sys.executable, "-P", "-W", "ignore", "-c", _WORKER]
        # a process group of its own: Ctrl-C in the terminal is for this process alone
        self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, process_group=0)
        _send(self._process, sys.path)
        _send(self._process, [*self._folders, limits.TEMPLATE_SECONDS, limits.TEMPLATE_MEMORY, limits.MOST_TEXT])
        _send(self._process, self._variables)
        return self._process


def _send(process: Popen[bytes], message: object) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # the answer, which will not come, tells


def _received(process: Popen[bytes], name: str) -> "Answer":
    """The next answer, about the file `name`. DesiredError if it does not come, or takes too long or too much."""
    assert process.stdout is not None
    deadline = time.monotonic() + limits.TEMPLATE_SECONDS + _GRACE_SECONDS
    parts: list[bytes] = []
    length = 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not (parts and parts[-1].endswith(b"\n")):
            if not selector.select(deadline - time.monotonic()):
                raise _unrendered(name, f"does not end within {limits.TEMPLATE_SECONDS} seconds")
            part = os.read(process.stdout.fileno(), _CHUNK)
            length += len(part)
            if not part or length > _BYTES_OF_A_CHARACTER * limits.MOST_TEXT:
                raise _unrendered(name, "makes the process fail that renders it")
            parts.append(part)
    answer: Answer = json.loads(b"".join(parts))
    return answer


def _unrendered(name: str, what: str) -> DesiredError:
    return DesiredError(f"{name}:1:1: {what}; write what it makes as a file, or in smaller parts")
