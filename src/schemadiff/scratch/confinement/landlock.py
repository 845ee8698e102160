"""Landlock, the sandbox of the Linux kernel for processes without rights: bindings of the three system calls.

A thread that restricts itself can never get the rights back, nor can anything that it starts.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from enum import IntFlag
from functools import cache, reduce
from operator import or_
from pathlib import Path

from schemadiff.scratch.confinement.system_calls import keep_privileges_down, system_call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The same numbers on all architectures."""

_VERSION = 1
_PATH_BENEATH = 1


class Access(IntFlag):
    """What may be done with files, in the kernel's bits and their order."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


RUN = Access.EXECUTE | Access.READ_FILE
READ = Access.READ_FILE | Access.READ_DIR
# No links, devices or pipes: a later reader with more rights would follow them, or wait for ever.
WRITE = (
    READ | Access.WRITE_FILE | Access.TRUNCATE | Access.MAKE_REG | Access.MAKE_DIR | Access.MAKE_SOCK | Access.REFER
    | Access.REMOVE_FILE | Access.REMOVE_DIR
)  # fmt: skip

_ON_FILES = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV

COVERS_TRUNCATION = 3
COVERS_TCP = 4
COVERS_SIGNALS = 6
"""The first versions of the kernel's interface that know it."""

_SINCE = {Access.REFER: 2, Access.TRUNCATE: COVERS_TRUNCATION, Access.IOCTL_DEV: 5}

_TCP_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


@cache
def version() -> int:
    """The version of the kernel's interface; 0 where there is none, or it is switched off."""
    if sys.platform != "linux":
        return 0
    try:
        return system_call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    except OSError:
        return 0


def restrict_thread(allowed: Iterable[tuple[Path, Access]]) -> None:
    """Let this thread, and what it starts, do with files only what is `allowed` at a path and beneath it.

    It can no longer use TCP, and reaches neither abstract sockets nor signals processes of others, as far as the
    kernel's version knows that. Paths that do not exist are passed over. Raises OSError.
    """
    known = version()
    handled = reduce(or_, (access for access in Access if _SINCE.get(access, 1) <= known))
    attributes = struct.pack(
        "=QQQ",
        handled,
        _TCP_BIND_AND_CONNECT if known >= COVERS_TCP else 0,
        _ABSTRACT_SOCKETS_AND_SIGNALS if known >= COVERS_SIGNALS else 0,
    )
    rules = system_call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    try:
        for path, access in allowed:
            _allow(rules, path, access & handled)
        keep_privileges_down()
        system_call(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, access: Access) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights = access if path.is_dir() else access & _ON_FILES
        system_call(
            _ADD_RULE,
            ctypes.c_int(rules),
            ctypes.c_int(_PATH_BENEATH),
            struct.pack("=Qi", rights, target),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(target)
