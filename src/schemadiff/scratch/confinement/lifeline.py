"""Ending a server when the process that started it ends in whatever way, even by SIGKILL.

The kernel's own signal for this (PR_SET_PDEATHSIG) comes when the starting *thread* ends, and must be asked for by the
child itself, in code that runs between fork and exec. Here the child holds a pipe, and the kernel signals it as soon as
nobody holds the other end.
"""

import fcntl
import os
import signal
import sys

AVAILABLE = sys.platform == "linux"
"""Whether the system can tell a process with the signal that ends it."""


class Lifeline:
    """A pipe: `end` is for the child to inherit; who lets go, or ends, ends the child."""

    def __init__(self) -> None:
        self.end, self._held = os.pipe()
        self._open = {self.end, self._held}

    def tie(self, process: int) -> None:
        """Tie a process that inherited `end` to this one, if the system can."""
        if sys.platform == "linux":
            fcntl.fcntl(self.end, fcntl.F_SETOWN, process)
            fcntl.fcntl(self.end, fcntl.F_SETSIG, signal.SIGQUIT)
            fcntl.fcntl(self.end, fcntl.F_SETFL, fcntl.fcntl(self.end, fcntl.F_GETFL) | fcntl.FASYNC)
        self._close(self.end)

    def let_go(self) -> None:
        """Close this process's end."""
        self._close(self.end)
        self._close(self._held)

    def _close(self, end: int) -> None:
        if end in self._open:
            self._open.remove(end)
            os.close(end)
