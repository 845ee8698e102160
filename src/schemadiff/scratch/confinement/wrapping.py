"""Programs that shut another program in, for systems without Landlock: bubblewrap on Linux, sandbox-exec on macOS."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from schemadiff.scratch.confinement.rooms import SINK, SOURCES, Rooms
from schemadiff.scratch.running.account import Account

_APART = ("--unshare-net", "--unshare-ipc", "--unshare-uts", "--cap-drop", "ALL")
_TRIAL = 20
"""Seconds."""


def bubblewrap() -> str | None:
    """Where bubblewrap is installed, if it is."""
    return shutil.which("bwrap") if sys.platform == "linux" else None


def bubblewrap_works(account: Account | None) -> bool:
    """Whether it may make namespaces for the account here: kernels, distributions and containers differ in that."""
    program = bubblewrap()
    if program is None:
        return False
    trial = [program, *_APART, "--ro-bind", "/", "/", "true"]
    return _succeeds(trial, account)


def bubblewrap_command(rooms: Rooms) -> list[str]:
    """What stands before the command of a server, which keeps its process id as others see it."""
    # In this order: what comes later may cover what came before, as a folder of libraries does the loader.
    loader = [rooms.loader] if rooms.loader else []
    binds = [(path, "--ro-bind-try") for path in (*loader, rooms.program, *rooms.reads)]
    binds += [(path, "--bind") for path in rooms.writes]
    arguments = [bubblewrap() or "bwrap", *_APART, "--dev", "/dev"]
    for path, option in binds:
        # A link is bound as what it leads to.
        arguments += [option, str(path.resolve()), str(path)]
    return [*arguments, "--"]


def sandbox_exec_works() -> bool:
    """Whether macOS's sandbox-exec is there and takes a profile."""
    return sys.platform == "darwin" and _succeeds(["sandbox-exec", "-p", "(version 1)(allow default)", "true"], None)


def sandbox_exec_command(rooms: Rooms) -> list[str]:
    """What stands before the command of a server on macOS."""
    return ["sandbox-exec", "-p", "\n".join(_profile(rooms))]


def _profile(rooms: Rooms) -> Iterator[str]:
    yield "(version 1)"
    yield "(deny default)"
    yield '(import "system.sb")'
    yield "(allow process-fork)"
    yield "(allow signal (target same-sandbox))"
    yield "(allow ipc-sysv-shm ipc-sysv-sem ipc-posix-shm* ipc-posix-sem*)"
    yield "(allow sysctl-read)"
    yield "(allow file-read-metadata)"
    yield f"(allow process-exec {_literal(rooms.program)})"
    for path in (*rooms.reads, Path("/usr/lib"), Path("/System/Library"), Path("/private/var/db/timezone")):
        yield f"(allow file-read* {_subpath(path)})"
    for path in SOURCES:
        yield f"(allow file-read* {_literal(path)})"
    yield f"(allow file-read* file-write* {_literal(SINK)})"
    for path in rooms.writes:
        yield f"(allow file-read* file-write* {_subpath(path)})"
        yield f"(allow network-bind network-inbound {_subpath(path)})"


def _literal(path: Path) -> str:
    return f"(literal {_quoted(path)})"


def _subpath(path: Path) -> str:
    return f"(subpath {_quoted(path)})"


def _quoted(path: Path) -> str:
    # the sandbox compares paths without links
    text = os.path.realpath(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _succeeds(command: list[str], account: Account | None) -> bool:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_TRIAL,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
