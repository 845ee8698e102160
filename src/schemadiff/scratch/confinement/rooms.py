"""What a server needs of the file system: the folders it lives in, and what every program needs."""

import struct
from dataclasses import dataclass
from pathlib import Path

from schemadiff.scratch.installing.installation import Installation

LIBRARIES = (
    "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64",
    "/nix/store", "/gnu/store", "/home/linuxbrew/.linuxbrew", "/etc/ld.so.cache",
)  # fmt: skip
"""Where shared libraries lie, also in distributions of another kind. They are read, and never executed as programs."""

DATA = (
    "/usr/share/zoneinfo", "/etc/localtime", "/usr/share/locale", "/usr/share/icu",
    "/usr/share/perl", "/usr/share/perl5", "/usr/share/tcltk", "/usr/share/proj", "/usr/share/gdal",
)  # fmt: skip
"""What libraries read, among them those of languages and of PostGIS. No configuration."""

HOSTS = ("/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf")

SOURCES = (Path("/dev/urandom"), Path("/dev/zero"))
SINK = Path("/dev/null")

_ELF = b"\x7fELF\x02\x01"
_INTERPRETER = 3


@dataclass(frozen=True, slots=True)
class Rooms:
    """Paths that a server may execute, read and write; folders with all that is in them."""

    program: Path
    loader: Path | None
    reads: tuple[Path, ...]
    writes: tuple[Path, ...]


def rooms_of(installation: Installation, data: Path, socket: str | None, *, resolving: bool = False) -> Rooms:
    """What a server of `installation` needs, with its folders for data and for its socket.

    With `resolving`, it has to find out what localhost is.
    """
    program = installation.programs / "postgres"
    shared = (*LIBRARIES, *DATA, *(HOSTS if resolving else ()))
    reads = (installation.root, *installation.behind, *map(Path, shared))
    return Rooms(program, loader_of(program), reads, (data,) if socket is None else (data, Path(socket)))


def loader_of(program: Path) -> Path | None:
    """The dynamic loader that a program names in its header; None where it names none, or is for another system."""
    with program.open("rb") as file:
        header = file.read(64)
        if not header.startswith(_ELF):
            return None
        (table,) = struct.unpack_from("<Q", header, 32)
        size, count = struct.unpack_from("<HH", header, 54)
        file.seek(table)
        entries = file.read(size * count)
        for start in range(0, size * count, size):
            (kind,) = struct.unpack_from("<I", entries, start)
            if kind == _INTERPRETER:
                offset, length = struct.unpack_from("<Q16xQ", entries, start + 8)
                file.seek(offset)
                return Path(file.read(length).rstrip(b"\0").decode())
    return None
