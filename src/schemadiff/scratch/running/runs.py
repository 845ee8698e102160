"""Run directories: one for each running server, removed with it, or by the next process after a kill."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from schemadiff.scratch.installing.cache import is_marked, locked, make_folder, mark
from schemadiff.scratch.running.account import Account
from schemadiff.scratch.running.process import stop_abandoned

_LONGEST_SOCKET_PATH = 103
"""Bytes, the least of what the systems in use allow (107 on Linux, 103 on macOS)."""
_PREFIX = "schemadiff-"
_MEMORY = Path("/dev/shm")
_LEAST_MEMORY = 2**30


@dataclass(frozen=True, slots=True)
class Run:
    """The directory of one server: its data, its socket, its log and the lock of the process that owns it."""

    folder: Path
    socket: Path

    @property
    def data(self) -> Path:
        """The data directory; see `data_folder`."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server writes to its standard error."""
        return self.folder / "server.log"


@contextmanager
def claimed_run(cache: Path, account: Account | None) -> Iterator[Run]:
    """A new run directory, removed afterwards; also removes those whose owner no longer runs.

    The owner holds a file lock, which the system releases when the process ends in whatever way.
    """
    runs = cache / "runs"
    make_folder(runs)
    folder = runs / uuid4().hex[:12]
    with locked(cache / "runs.lock"):
        stale = list(_claimed_stale(runs))
        make_folder(folder)
        mark(folder)
        owner = _claim(folder)
    for abandoned, lock in stale:
        remove_run(abandoned)
        os.close(lock)
    process = os.getpid()
    watcher = None
    try:
        run = Run(folder, socket_folder(folder, account))
        watcher = _watcher(run)
        yield run
    finally:
        # A forked child that unwinds must leave the server to its parent.
        if os.getpid() == process:
            remove_run(folder)
            os.close(owner)
            if watcher:
                watcher.kill()
                watcher.communicate()  # closes the pipe, too


def _claimed_stale(runs: Path) -> Iterator[tuple[Path, int]]:
    for folder in filter(is_marked, runs.iterdir()):
        try:
            lock = _claim(folder)
        except OSError:
            continue
        yield folder, lock


def _claim(folder: Path) -> int:
    """Locks the owner file; raises BlockingIOError, an OSError, while its owner runs."""
    lock = os.open(folder / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


def socket_folder(folder: Path, account: Account | None) -> Path:
    """A folder only the server's user can enter, elsewhere if the path would be too long for a socket."""
    socket = folder / "socket"
    if len(os.fsencode(socket)) + len("/.s.PGSQL.65535") > _LONGEST_SOCKET_PATH:
        target = Path(tempfile.gettempdir()) / f"{_PREFIX}{uuid4().hex[:12]}"
        socket.symlink_to(target)
        socket = target
    _make_private(socket, account)
    return socket


def data_folder_in_memory(folder: Path, account: Account | None) -> Path:
    """A data directory on a file system in memory, if there is one with room; else as `data_folder`.

    There, the thousand small files of a data directory are copied and removed several times faster.
    """
    data = folder / "data"
    try:
        space = os.statvfs(_MEMORY)
    except OSError:
        return data_folder(folder, account)
    if space.f_bavail * space.f_frsize < _LEAST_MEMORY or not os.access(_MEMORY, os.W_OK):
        return data_folder(folder, account)
    target = _MEMORY / f"{_PREFIX}{folder.name}"
    data.symlink_to(target)
    _make_private(target, account)
    return data


def data_folder(folder: Path, account: Account | None) -> Path:
    """An empty data directory in `folder`."""
    _make_private(folder / "data", account)
    return folder / "data"


def _make_private(folder: Path, account: Account | None) -> None:
    folder.mkdir(mode=0o700)
    if account:
        os.chown(folder, account.uid, account.gid)


def remove_run(folder: Path) -> None:
    """Ends the server whose files are in `folder`, if it still runs, and removes them; nothing if it is not ours."""
    if not is_marked(folder):
        return
    stop_abandoned(folder / "data")
    for target in _elsewhere(folder):
        shutil.rmtree(target, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _elsewhere(folder: Path) -> list[Path]:
    """What a run keeps in other places, under names that only we give."""
    targets = []
    for link in (folder / "data", folder / "socket"):
        with suppress(OSError):  # no link; or gone: the watcher of a killed run removes it, too
            targets.append(link.readlink())
    return [target for target in targets if re.fullmatch(rf"{_PREFIX}[0-9a-f]{{12}}", target.name)]


def _watcher(run: Run) -> subprocess.Popen[bytes] | None:
    """A process that removes a run's files when this one is killed: they may hold rows of live's."""
    # The server ends by itself then; its data in memory are named like the run, if they lie there.
    folders = [run.folder, _MEMORY / f"{_PREFIX}{run.folder.name}", *_elsewhere(run.folder)]
    command: list[str | Path] = ["/bin/sh", "-c", 'read -r line; sleep 1; exec rm -rf -- "$@"', "schemadiff", *folders]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath},
            start_new_session=True,
        )
    except OSError:  # then the next run removes them
        return None
