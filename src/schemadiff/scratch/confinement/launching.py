"""Starting a program in a cell."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from schemadiff.scratch.confinement import landlock, limits, seccomp, wrapping
from schemadiff.scratch.confinement.cell import Cell, Guard, Means
from schemadiff.scratch.confinement.landlock import Access
from schemadiff.scratch.confinement.lifeline import Lifeline
from schemadiff.scratch.confinement.rooms import SINK, SOURCES, Rooms
from schemadiff.scratch.confinement.system_calls import become, machine
from schemadiff.scratch.running.account import Account


@dataclass(frozen=True, slots=True)
class Launch:
    """A command and what it starts with; `datagrams` lets it use UDP where the cell would not."""

    command: Sequence[str | Path]
    folder: Path
    environment: Mapping[str, str]
    account: Account | None
    output: IO[bytes]
    datagrams: bool = False


def launch(what: Launch, cell: Cell, rooms: Rooms, lifeline: Lifeline | None) -> subprocess.Popen[bytes]:
    """The process of a command that has begun in the cell, as a session of its own. Raises OSError."""
    # Landlock, seccomp and users restrict the calling thread and what it starts. So a thread that ends right afterwards
    # goes into the cell and takes the child along; no code of ours has to run between fork and exec, where it could
    # deadlock on what other threads hold, and no interpreter has to start in the cell, which would take longer than
    # the server itself.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_launch, what, cell, rooms, lifeline).result()


def hold(process: int, cell: Cell, account: Account | None, lifeline: Lifeline | None) -> None:
    """Limit a process that was launched through another program, and tie it to this one. Raises OSError."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_hold, process, cell, account, lifeline).result()


def _launch(what: Launch, cell: Cell, rooms: Rooms, lifeline: Lifeline | None) -> subprocess.Popen[bytes]:
    prefix: list[str] = []
    with open(os.devnull, "rb") as nothing:
        match cell.means:
            case Means.BUBBLEWRAP:
                prefix = wrapping.bubblewrap_command(rooms)
            case Means.SANDBOX_EXEC:
                prefix = wrapping.sandbox_exec_command(rooms)
            case Means.LANDLOCK:
                landlock.restrict_thread(_allowed(rooms))
        on = machine()
        if on and Guard.SOCKETS in cell.enforced and not prefix:
            seccomp.refuse_connections(on, datagrams=what.datagrams)
        account = _become(what.account)
        popen = subprocess.Popen(
            [*prefix, *what.command],
            stdin=nothing,
            stdout=what.output,
            stderr=what.output,
            cwd=what.folder,
            env=what.environment,
            start_new_session=True,
            pass_fds=[lifeline.end] if lifeline else [],
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    if not cell.wraps:
        _hold(popen.pid, cell, what.account, lifeline)
    return popen


def _hold(process: int, cell: Cell, account: Account | None, lifeline: Lifeline | None) -> None:
    # Root may lack the right to do it to others' processes, as in containers.
    _become(account)
    if lifeline:
        lifeline.tie(process)
    if Guard.AMOUNTS in cell.enforced:
        # Foreign code first runs when the server answers; what it starts until then needs no limits.
        limits.limit(process, alone=account is not None)


def _become(account: Account | None) -> Account | None:
    """Let this thread be the account's; returns it where that must be left to the child."""
    on = machine()
    if account and on and os.getuid() == 0:
        become(account.uid, account.gid, on)
        return None
    return account


def _allowed(rooms: Rooms) -> Iterator[tuple[Path, Access]]:
    yield rooms.program, landlock.RUN
    if rooms.loader:
        yield rooms.loader, landlock.RUN
    for path in (*rooms.reads, *SOURCES):
        yield path, landlock.READ
    yield SINK, landlock.READ | Access.WRITE_FILE
    for path in rooms.writes:
        yield path, landlock.WRITE
