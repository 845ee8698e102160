"""Postgres server processes: starting one on a data directory and ending it."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from schemadiff.catalog.versions import COUNTS_SCANS_AT_ONCE, major
from schemadiff.errors import ScratchError
from schemadiff.scratch.confinement.cell import Cell
from schemadiff.scratch.confinement.launching import Launch, hold, launch
from schemadiff.scratch.confinement.lifeline import Lifeline
from schemadiff.scratch.confinement.rooms import rooms_of
from schemadiff.scratch.installing.installation import Installation
from schemadiff.scratch.running.account import Account

_START_SECONDS = 60
_STOP_SECONDS = 20
_LONGEST_LOCK_FILE = 4096
"""Bytes."""


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running postmaster that this process has started; if it is `wrapped`, as the child of another program."""

    popen: subprocess.Popen[bytes]
    data: Path
    lifeline: Lifeline | None
    wrapped: bool

    @property
    def pid(self) -> int | None:
        """The process id of the postmaster; None while a program that wraps it has not started it."""
        if not self.wrapped:
            return self.popen.pid
        lines = _lock_file(self.data)
        pid = int(lines[0]) if lines and lines[0].isdigit() else 0
        return pid if pid and _parent(pid) == self.popen.pid else None

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Ends the server: at once (SIGQUIT) or with a checkpoint (SIGINT); returns when it has ended."""
        if self.popen.poll() is None:
            os.kill(self.pid or self.popen.pid, how)
        try:
            self.popen.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()
        if self.lifeline:
            self.lifeline.let_go()

    def leave(self) -> None:
        """Lets the server run on after this process has ended."""
        # Popen warns when it is garbage-collected while its process seems to run.
        self.popen.returncode = 0


def start_server(
    installation: Installation,
    data: Path,
    *,
    account: Account | None,
    log: Path,
    settings: Mapping[str, str],
    cell: Cell,
    lasting: bool = False,
) -> ServerProcess:
    """Starts a server on `data` in a cell, as `account` if given, and waits until it accepts connections.

    `settings` are configuration parameters by name. The server is a session of its own, so that Ctrl-C in the
    terminal reaches only the caller; unless it is `lasting`, it ends when this process ends in whatever way. Raises
    ScratchError with the end of `log` if it does not start.
    """
    options = [f"--{name}={value}" for name, value in settings.items()]
    datagrams = major_of(data) < major(COUNTS_SCANS_AT_ONCE)
    rooms = rooms_of(installation, data, settings.get("unix_socket_directories"), resolving=datagrams)
    lifeline = None if lasting else Lifeline()
    try:
        with log.open("ab") as output:
            command: list[str | Path] = [rooms.program, "-D", data, *options]
            what = Launch(command, data, installation.environment, account, output, datagrams)
            popen = launch(what, cell, rooms, lifeline)
    except BaseException as error:
        if lifeline:
            lifeline.let_go()
        if isinstance(error, OSError):
            raise ScratchError(f"the scratch server {str(rooms.program)!r} cannot be started: {error}") from error
        raise
    server = ServerProcess(popen, data, lifeline, wrapped=cell.wraps)
    try:
        _wait_until_ready(server, log)
        if cell.wraps and server.pid:
            hold(server.pid, cell, account, lifeline)
    except BaseException:
        server.stop()
        raise
    return server


def major_of(data: Path) -> int:
    """The major version that a data directory belongs to."""
    return int((data / "PG_VERSION").read_text("utf-8"))


def _wait_until_ready(server: ServerProcess, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_ready(server):
        if server.popen.poll() is not None or time.monotonic() > deadline:
            end = "\n".join(log.read_text("utf-8", "replace").splitlines()[-12:])
            raise ScratchError(f"the scratch server on {str(server.data)!r} did not start; its log ends with:\n{end}")
        time.sleep(0.002)


def _is_ready(server: ServerProcess) -> bool:
    lines = _lock_file(server.data)
    return len(lines) >= 8 and lines[0] == str(server.pid) and lines[7].strip() == "ready"


def stop_abandoned(data: Path) -> None:
    """Ends the server of `data`, if one runs there, also one that another process started.

    A process is only ended if the data directory names its id and its command line names the data directory.
    """
    lines = _lock_file(data)
    if not lines or not lines[0].isdigit():
        return
    pid = int(lines[0])
    deadline = time.monotonic() + _STOP_SECONDS
    how = signal.SIGQUIT
    while _is_server_of(pid, data):
        with suppress(ProcessLookupError):  # it ends by itself, too, when its owner does
            os.kill(pid, how)
        time.sleep(0.01)
        if time.monotonic() > deadline:
            how = signal.SIGKILL


def _lock_file(data: Path) -> list[str]:
    # Who ruled the server may have put anything there: a link, a pipe, a file without end.
    try:
        file = os.open(data / "postmaster.pid", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return []
    try:
        return os.read(file, _LONGEST_LOCK_FILE).decode("utf-8", "replace").split("\n")
    except OSError:
        return []
    finally:
        os.close(file)


def _parent(pid: int) -> int:
    """The process that started another one; 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return 0
    # the name before it may hold spaces and parentheses
    return int(status.rpartition(")")[2].split()[1])


def _is_server_of(pid: int, data: Path) -> bool:
    if pid <= 1:
        return False
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(data) in words
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return f"-D {data} " in shown.stdout
