"""The cell that a scratch server runs in: what this system can keep it from, and what it cannot.

Desired files and live's own definitions are code, and run on the server. In the cell, whoever rules the server rules no
more than its data directory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from schemadiff.errors import SandboxMissing
from schemadiff.notes import Note, NoteKind
from schemadiff.scratch.confinement import landlock, lifeline, limits, seccomp, wrapping
from schemadiff.scratch.running.account import Account


class Guard(StrEnum):
    """What a server is kept from; the words complete "the scratch server is not kept from"."""

    PROGRAMS = "starting programs"
    FILES = "reading and writing files that are not its own"
    TRUNCATING = "emptying files that are not its own"
    TCP = "using the network"
    SOCKETS = "connecting to sockets on this machine"
    SIGNALS = "ending other processes of its user"
    AMOUNTS = "taking all memory and disk there is"
    OUTLIVING = "going on when schemadiff is killed"


ESSENTIAL = frozenset({Guard.PROGRAMS, Guard.FILES, Guard.TCP})
"""Without one of these, there is no cell to speak of."""


class Means(StrEnum):
    """What shuts a server in."""

    LANDLOCK = "Landlock"
    BUBBLEWRAP = "bubblewrap"
    SANDBOX_EXEC = "sandbox-exec"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Cell:
    """How a server is shut in, and what it is kept from; `reason` says why it is not kept from more."""

    means: Means
    enforced: frozenset[Guard]
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether all that is essential is enforced."""
        return self.enforced >= ESSENTIAL

    @property
    def wraps(self) -> bool:
        """Whether the server is the child of the program that shuts it in."""
        return self.means is Means.BUBBLEWRAP

    @property
    def missing(self) -> tuple[Guard, ...]:
        """What the server is not kept from."""
        return tuple(guard for guard in Guard if guard not in self.enforced)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader of a plan must know about it: nothing where nothing is missing."""
        if not self.missing:
            return ()
        what = f"a sandbox with gaps ({self.means})" if self.holds else "no sandbox"
        return (Note.of(NoteKind.SANDBOX, what, self.reason, _in_words(self.missing)),)

    def require(self) -> None:
        """Raises SandboxMissing unless it holds."""
        if not self.holds:
            raise SandboxMissing(
                f"the scratch server would run without a sandbox: {self.reason}. {_REMEDY}, or do without "
                "--require-sandbox if you trust the desired files and live"
            )


_REMEDY = "Use a Linux with Landlock (5.13 or later, not switched off), or install bubblewrap"

GIVEN = Cell(Means.NONE, frozenset(), "it was given by URL and is not started by schemadiff")
"""What stands for a server of somebody else's."""

OPEN = Cell(Means.NONE, frozenset(), "it is a database to try with")
"""For servers on which nobody's code runs but their users' own."""


@cache
def cell_here(account: Account | None) -> Cell:
    """The best cell that this system offers to a server that runs as `account`."""
    always = {
        *({Guard.AMOUNTS} if limits.AVAILABLE else ()),
        *({Guard.OUTLIVING} if lifeline.AVAILABLE else ()),
        *({Guard.TCP, Guard.SOCKETS} if seccomp.available() else ()),
    }
    version = landlock.version()
    if version:
        enforced = always.union(_of_landlock(version))
        return Cell(Means.LANDLOCK, frozenset(enforced), f"the kernel's Landlock is version {version}")
    separate = {Guard.PROGRAMS, Guard.FILES, Guard.TRUNCATING, Guard.TCP, Guard.SOCKETS}
    if wrapping.bubblewrap_works(account):
        return Cell(Means.BUBBLEWRAP, frozenset(always | separate), "the kernel has no Landlock")
    if wrapping.sandbox_exec_works():
        return Cell(Means.SANDBOX_EXEC, frozenset(separate | {Guard.SIGNALS}), "macOS can do no more")
    lacking = "this system has no Landlock" + (
        ", and bubblewrap is not installed or not allowed to work" if lifeline.AVAILABLE else ""
    )
    return Cell(Means.NONE, frozenset(always), lacking)


def _of_landlock(version: int) -> Iterator[Guard]:
    yield from (Guard.PROGRAMS, Guard.FILES)
    if version >= landlock.COVERS_TRUNCATION:
        yield Guard.TRUNCATING
    if version >= landlock.COVERS_TCP:
        yield Guard.TCP
    if version >= landlock.COVERS_SIGNALS:
        yield Guard.SIGNALS


def _in_words(guards: tuple[Guard, ...]) -> str:
    *others, last = guards
    return f"{', '.join(others)} and {last}" if others else last
