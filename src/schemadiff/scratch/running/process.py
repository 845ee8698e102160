"""Postgres server processes: starting one on a data directory and ending it."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemadiff.errors import ScratchError
from schemadiff.scratch.installing.installation import Installation
from schemadiff.scratch.running.account import Account

_START_SECONDS = 60
_STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running postmaster that this process has started."""

    popen: subprocess.Popen[bytes]
    data: Path

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        return self.popen.pid

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Ends the server: at once (SIGQUIT) or with a checkpoint (SIGINT); returns when it has ended."""
        if self.popen.poll() is None:
            self.popen.send_signal(how)
        try:
            self.popen.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

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
) -> ServerProcess:
    """Starts a server on `data`, as `account` if given, and waits until it accepts connections.

    `settings` are configuration parameters by name. The server is a session of its own, so that Ctrl-C in the
    terminal reaches only the caller. Raises ScratchError with the end of `log` if it does not start.
    """
    options = [f"--{name}={value}" for name, value in settings.items()]
    with log.open("ab") as output:
        popen = subprocess.Popen(
            [installation.programs / "postgres", "-D", data, *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=data,
            env=installation.environment,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    server = ServerProcess(popen, data)
    try:
        _wait_until_ready(server, log)
    except BaseException:
        server.stop()
        raise
    return server


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
        os.kill(pid, how)
        time.sleep(0.01)
        if time.monotonic() > deadline:
            how = signal.SIGKILL


def _lock_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text("utf-8", "replace").split("\n")
    except OSError:
        return []


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
