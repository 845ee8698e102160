"""What supabase/config.toml says of a project: where its schema is declared, what is exposed, the local stack.

Anybody who can propose a change writes that file, so it names a port on this machine at most, never a host.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from schemadiff.errors import ConfigError
from schemadiff.toml_table import parsed

CONFIG = "supabase/config.toml"
"""Where the file stands in a project."""

MIGRATIONS = "supabase/migrations"
"""The folder of the CLI's migrations."""

LOCAL = "local"
"""What `--env` calls the local stack."""

VARIABLES = ("SUPABASE_DB_URL", "POSTGRES_URL_NON_POOLING", "POSTGRES_URL", "POSTGRES_PRISMA_URL")
"""Variables that Supabase's integrations and branches set, those first that lead past the transaction pooler."""

_USUAL_PORT = 54322
_FOLDERS = ("supabase/schemas", "supabase/database")
"""Where the CLI looks for declarations that `schema_paths` does not name."""

_WILD = re.compile(r"[*?\[]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SupabaseProject:
    """What the file says; `desired` is the folder of the declarations, as a path from the project's root.

    `patterns`, paths from there too, say which files in it are meant; all, where there are none. `exposed` are the
    schemas of the API, None where the file says nothing.
    """

    desired: str = _FOLDERS[0]
    patterns: tuple[str, ...] = ()
    exposed: tuple[str, ...] | None = None
    major: int | None = None
    port: int = _USUAL_PORT
    migrates: bool = True
    """Whether the CLI runs migrations at all."""

    @property
    def local_url(self) -> str:
        """The database of the local stack, whose password is the same on every machine."""
        return f"postgresql://postgres:postgres@127.0.0.1:{self.port}/postgres"


def read_supabase_config(text: str, root: Path) -> SupabaseProject:
    """What the supabase/config.toml of the project in `root` says; what concerns other tools is not looked at.

    Raises ConfigError for what is no TOML, for a value of a wrong type, and for schema paths that lead out of `root`.
    """
    document = parsed(text, CONFIG)
    paths = [_inside(path) for path in _strings(document, "db", "migrations", "schema_paths") or ()]
    desired, patterns = _declared(paths) if paths else (_usual(root), ())
    return SupabaseProject(
        desired,
        patterns,
        _strings(document, "api", "schemas"),
        _take(document, int, "db", "major_version"),
        _take(document, int, "db", "port") or _USUAL_PORT,
        _take(document, bool, "db", "migrations", "enabled") is not False,
    )


def _usual(root: Path) -> str:
    return next((folder for folder in _FOLDERS if (root / folder).is_dir()), _FOLDERS[0])


def _declared(paths: list[str]) -> tuple[str, tuple[str, ...]]:
    """The folder that holds all that `paths` name, and the patterns that say what in it."""
    if len(paths) == 1 and not _names_files(paths[0]):
        return paths[0], ()
    folders = [_fixed(path) for path in paths]
    return posixpath.commonpath(folders) or ".", tuple(paths)


def _fixed(path: str) -> str:
    """The folder above the first part of a path that is a pattern, or a file."""
    parts = path.split("/")
    wild = next((place for place, part in enumerate(parts) if _WILD.search(part)), None)
    if wild is None:
        wild = len(parts) - (1 if _names_files(path) else 0)
    return "/".join(parts[:wild])


def _names_files(path: str) -> bool:
    return bool(_WILD.search(path)) or path.endswith(".sql")


def _inside(path: str) -> str:
    found = posixpath.normpath(posixpath.join("supabase", path))
    if found.startswith(("../", "/")) or found == "..":
        raise ConfigError(
            f"{CONFIG} [db.migrations]: schema_paths names {path!r}, which leads out of the project: all files of a "
            "project lie inside of it"
        )
    return found


def _take(document: Mapping[str, object], kind: type[T], *names: str) -> T | None:
    """A value, None where it is not set, or where a variable says it that is not ours to follow."""
    value: object = document
    for name in names:
        if not isinstance(value, Mapping):
            raise _wrong(names, "of another type")
        value = value.get(name)
        if value is None:
            return None
    if isinstance(value, str) and kind is not str and value.startswith("env("):
        return None
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _wrong(names, f"{value!r:.40}")
    return value


def _strings(document: Mapping[str, object], *names: str) -> tuple[str, ...] | None:
    values = _take(document, list, *names)
    if values is None:
        return None
    if not all(isinstance(value, str) for value in values):
        raise _wrong(names, f"{values!r:.40}")
    return tuple(map(str, values))


def _wrong(names: tuple[str, ...], found: str) -> ConfigError:
    *table, name = names
    return ConfigError(f"{CONFIG} [{'.'.join(table)}]: {name} is {found}, which the Supabase CLI would not take either")
