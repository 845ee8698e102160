"""A filter of system calls for a server that only answers: it accepts on Unix sockets and connects to nothing.

Landlock knows TCP alone, and only since Linux 6.7; this shuts every other way out, on older kernels TCP, too. It also
refuses what Landlock lets pass: changing the modes of files.
"""

import ctypes
import struct
from errno import EPERM
from functools import cache

from schemadiff.scratch.confinement.system_calls import Machine, keep_privileges_down, machine, system_call

_SET_MODE_FILTER = 1
_ACTION_AVAILABLE = 2
_SPECULATION_ALLOWED = 1 << 2
"""Without it, kernels before 5.16 slow the whole server down."""

_ERROR = 0x00050000
_REFUSE = _ERROR | EPERM
_ALLOW = 0x7FFF0000

_LOAD = 0x20
_IF_EQUAL = 0x15
_IF_AT_LEAST = 0x35
_AND = 0x54
_RETURN = 0x06

_NUMBER, _ARCHITECTURE, _FIRST, _SECOND, _THIRD = 0, 4, 16, 24, 32
"""Offsets in struct seccomp_data; of arguments, the lower half, as both architectures are little-endian."""

_UNIX, _INET, _INET6 = 1, 2, 10
_STREAM, _DATAGRAM = 1, 2
_KIND_OF_SOCKET = 0xF
SOCKET_MODE = 0o600
"""What the server may make of the mode of a file whose path it knows: its socket's, and no folder's."""

_INTERNET_ADDRESSES = (16, 28)
"""Lengths of addresses of IPv4 and IPv6."""


_FOREIGN_NUMBERS = 0x40000000
"""From here on, x86_64 has the same calls again with other numbers."""

_Instruction = tuple[int, int, int, int]


@cache
def available() -> bool:
    """Whether the kernel takes such filters, and this machine's system calls are known."""
    on = machine()
    if on is None:
        return False
    try:
        action = struct.pack("=I", _ERROR)
        system_call(on.seccomp, ctypes.c_uint(_ACTION_AVAILABLE), ctypes.c_uint(0), action)
    except OSError:
        return False
    return True


def refuse_connections(on: Machine, *, datagrams: bool = False) -> None:
    """Refuse this thread, and what it starts, every connection to anything, for good.

    With `datagrams`, those of UDP are left to it. Raises OSError.
    """
    program = _program(on, datagrams)
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    described = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    keep_privileges_down()
    system_call(on.seccomp, ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(_SPECULATION_ALLOWED), described)


def _program(on: Machine, datagrams: bool) -> list[_Instruction]:
    """The filter; jumps count the instructions that they skip, where the condition holds and where it does not."""
    # Ways around the filter, to other processes and to secrets.
    others = (on.io_uring_setup, on.fchmodat2, on.ptrace, on.add_key, on.request_key, on.keyctl)
    sockets = [_unless(_UNIX, _STREAM)]
    if datagrams:
        sockets += [_unless(_INET, _DATAGRAM), _unless(_INET6, _DATAGRAM)]
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, on.architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, 0, 1, _FOREIGN_NUMBERS),
        (_RETURN, 0, 0, _REFUSE),
        *(part for number in others for part in _when(number, [(_RETURN, 0, 0, _REFUSE)])),
        *(_when(on.chmod, _mode(_SECOND)) if on.chmod is not None else []),
        *_when(on.fchmodat, _mode(_THIRD)),
        *_when(on.socket, [*(part for socket in sockets for part in socket), (_RETURN, 0, 0, _REFUSE)]),
        *_when(on.connect, [*(_internet() if datagrams else []), (_RETURN, 0, 0, _REFUSE)]),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _when(number: int, body: list[_Instruction]) -> list[_Instruction]:
    """`body`, which returns, for one system call."""
    return [(_IF_EQUAL, 0, len(body), number), *body]


def _unless(family: int, kind: int) -> list[_Instruction]:
    """Allow sockets of a family and a kind; its flags stand in the same argument."""
    return [
        (_LOAD, 0, 0, _FIRST),
        (_IF_EQUAL, 0, 4, family),
        (_LOAD, 0, 0, _SECOND),
        (_AND, 0, 0, _KIND_OF_SOCKET),
        (_IF_EQUAL, 0, 1, kind),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _mode(argument: int) -> list[_Instruction]:
    """Allow the mode of a server's own socket, which it sets by its path, and no other."""
    return [(_LOAD, 0, 0, argument), (_IF_EQUAL, 0, 1, SOCKET_MODE), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]


def _internet() -> list[_Instruction]:
    """Allow connections to internet addresses: only what `socket` allows can use one."""
    ipv4, ipv6 = _INTERNET_ADDRESSES
    return [(_LOAD, 0, 0, _THIRD), (_IF_EQUAL, 1, 0, ipv4), (_IF_EQUAL, 0, 1, ipv6), (_RETURN, 0, 0, _ALLOW)]
