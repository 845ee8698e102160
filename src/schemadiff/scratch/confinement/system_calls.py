"""System calls of Linux that concern the calling thread alone, and have no wrapper in Python that says so."""

import ctypes
import os
import platform
import struct
import sys
from dataclasses import dataclass
from functools import cache

_SET_NO_NEW_PRIVILEGES = 38


@dataclass(frozen=True, slots=True)
class Machine:
    """The numbers of system calls, and by which one the kernel knows the architecture."""

    architecture: int
    setgroups: int
    setresgid: int
    setresuid: int
    seccomp: int
    socket: int
    connect: int
    chmod: int | None
    fchmodat: int
    ptrace: int
    add_key: int
    request_key: int
    keyctl: int
    io_uring_setup: int = 425
    fchmodat2: int = 452


_MACHINES = {
    "x86_64": Machine(
        0xC000003E, setgroups=116, setresgid=119, setresuid=117, seccomp=317, socket=41, connect=42, chmod=90,
        fchmodat=268, ptrace=101, add_key=248, request_key=249, keyctl=250,
    ),
    "aarch64": Machine(
        0xC00000B7, setgroups=159, setresgid=149, setresuid=147, seccomp=277, socket=198, connect=203, chmod=None,
        fchmodat=53, ptrace=117, add_key=217, request_key=218, keyctl=219,
    ),
}  # fmt: skip


@cache
def machine() -> Machine | None:
    """The machine that this process runs on, if it is a Linux whose numbers are known."""
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    return _MACHINES.get(platform.machine())


def system_call(number: int, *arguments: object) -> int:
    """The result of a system call. Raises OSError."""
    result: int = _libc().syscall(ctypes.c_long(number), *arguments)
    return _checked(result)


def keep_privileges_down() -> None:
    """Never let this thread, and what it starts, gain rights by executing a file. Raises OSError."""
    _checked(_libc().prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))


def become(uid: int, gid: int, on: Machine) -> None:
    """Let this thread, which is root's, and what it starts be another user's. Raises OSError.

    Other threads stay who they are: unlike Python's, these calls do not pass through the C library.
    """
    system_call(on.setgroups, ctypes.c_size_t(0), None)
    system_call(on.setresgid, *[ctypes.c_uint(gid)] * 3)
    system_call(on.setresuid, *[ctypes.c_uint(uid)] * 3)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
