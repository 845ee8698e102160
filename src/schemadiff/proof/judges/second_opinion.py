"""migra's judgement: a differ that shares no code with ours, and has other blind spots."""

import json
import sys
from contextlib import suppress
from subprocess import DEVNULL, PIPE, Popen
from types import TracebackType
from typing import Self

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.plans.model import Opinion
from schemadiff.proof.judges.migra_worker import Answer, failed

JUDGE = "migra"

_WORKER = """
import json, os, sys
for name in [name for name in os.environ if name.startswith("PG")]:
    del os.environ[name]
sys.path[:] = json.loads(sys.stdin.readline())
from schemadiff.proof.judges.migra_worker import serve
serve(sys.stdin, sys.stdout)
"""
"""Finds modules where this process does, and (with -P) not in the working directory, which a pull request may fill.

The URLs say all: nothing is left to libpq's variables.
"""


class SecondJudge:
    """migra in a process of its own, which ends with the `with` block, or when this process ends.

    It starts with the first question or, since importing migra takes as long as planning, `early`: with the block.
    URLs with passwords go through a pipe, since everybody on a machine may read command lines.
    """

    def __init__(self, *, early: bool = False) -> None:
        self._early = early
        self._process: Popen[str] | None = None

    def __enter__(self) -> Self:
        if self._early:
            with suppress(OSError):  # `opinion` tries again, and tells
                self._started()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()  # closes the pipes, too
            self._process = None

    def opinion(self, reached_url: str, wanted_url: str, reading_url: str | None = None) -> Opinion:
        """Whether migra, too, finds no difference between two databases; where it fails, it abstains.

        Texts that differ are read once more in the database at `reading_url`, which is a scratch server's, if given.
        """
        try:
            answer = self._ask(self._started(), (reached_url, wanted_url, ARCHIVE_SCHEMA, reading_url or ""))
        except OSError as error:
            answer = failed(error)
        if answer["failure"]:
            return Opinion(JUDGE, False, (f"migra itself fails ({answer['failure']})",), abstains=True)
        differences = tuple(answer["differences"])
        return Opinion(JUDGE, not differences, differences)

    def _started(self) -> Popen[str]:
        if self._process is None:
            command = [sys.executable, "-P", "-W", "ignore", "-c", _WORKER]
            # a process group of its own: Ctrl-C in the terminal is for this process alone
            self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, encoding="utf-8", process_group=0)
            _send(self._process, sys.path)
        return self._process

    def _ask(self, process: Popen[str], question: tuple[str, ...]) -> Answer:
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            _send(process, question)
            if line := process.stdout.readline():
                answer: Answer = json.loads(line)
                return answer
        return Answer(differences=[], failure=f"its process ended with exit code {process.wait()}")


def _send(process: Popen[str], message: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()
