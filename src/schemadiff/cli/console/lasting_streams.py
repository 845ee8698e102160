"""Streams that outlast their readers: a run on a database does not stop because nobody listens any more."""

import os
import sys
from typing import TextIO, cast


class LastingStream:
    """A stream that says nothing more once its other end is closed, instead of failing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write to whoever listens."""
        try:
            return self._stream.write(text)
        except OSError:
            self._turn_away()
            return len(text)

    def flush(self) -> None:
        """Hand over to whoever listens."""
        try:
            self._stream.flush()
        except OSError:
            self._turn_away()

    def _turn_away(self) -> None:
        """Let all that is still to come go nowhere, also what is flushed when the process ends."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


def open_streams() -> None:
    """Give a process that was started with closed streams some that go nowhere: no connection takes their numbers."""
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", closefd=False))


def outlast_readers() -> None:
    """Let this process go on when whoever reads its output is gone."""
    sys.stdout = cast(TextIO, LastingStream(sys.stdout))
    sys.stderr = cast(TextIO, LastingStream(sys.stderr))
