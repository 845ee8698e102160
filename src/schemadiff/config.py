"""The settings of a project, read from the text of schemadiff.toml or pyproject.toml, and those of its user.

Anybody who can propose a change writes the files of a project. So they do not decide what starts programs, where
scratch databases are created, or what is deleted: that is the user's. Nothing here reads files: the
command line does, and hands over what it found.
"""

import os.path
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from schemadiff.connection_string import refuse_more_than_a_place
from schemadiff.errors import ConfigError
from schemadiff.supabase_project import MIGRATIONS, SupabaseProject
from schemadiff.toml_table import Table, parsed

CONFIG_NAME = "schemadiff.toml"

DESIRED = "desired_schema"
"""The folder of the desired files, where nothing names another one."""

SCRATCH_VARIABLES = {
    "url": "SCHEMADIFF_SCRATCH_URL",
    "binaries": "SCHEMADIFF_SCRATCH_BINARIES",
    "cache_dir": "SCHEMADIFF_CACHE_DIR",
}
"""The settings in [scratch] of the user's configuration, and the variables that say the same."""

APPROVAL_VARIABLES = {
    "required": "SCHEMADIFF_REQUIRE_APPROVALS",
    "allowed_signers": "SCHEMADIFF_ALLOWED_SIGNERS",
    "signing_key": "SCHEMADIFF_SIGNING_KEY",
}
"""The settings in [approvals] of the user's configuration, and the variables that say the same."""

_OF_THE_USER = {
    "scratch": (
        "a project does not decide which programs run, where databases are created, or what is deleted",
        SCRATCH_VARIABLES,
        "--scratch-url, --scratch-binaries, --cache-dir",
    ),
    "approvals": (
        "whoever can change a plan would decide who has to approve it",
        APPROVAL_VARIABLES,
        "--require-approvals, --allowed-signers, --key",
    ),
}
"""Tables of the user's configuration: why a project does not have them, and what says the same."""


class Profile(StrEnum):
    """Which platform live runs on: it decides which schemas and roles are not the user's."""

    AUTO = "auto"
    SUPABASE = "supabase"
    PLAIN = "plain"


Variable = str | int | bool
"""What templates may be told by a project, an environment, or whoever runs a command."""

VARIABLE = re.compile(r"[a-z_][a-z0-9_]*")
"""What the name of a variable of templates looks like."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A named database: a connection string without password, or the variable that holds a whole one."""

    name: str
    database_url: str | None = None
    database_url_env: str | None = None
    apply_as: str | None = None
    """The role that applies plans, where that is not the one that makes them."""
    vars: Mapping[str, Variable] = field(default_factory=dict)
    """Of templates, in place of the project's."""


@dataclass(frozen=True, slots=True)
class ScratchSettings:
    """Where throwaway servers come from, as the user says, never a project; all empty means: found automatically.

    `binaries` are folders with initdb and postgres, tried before the usual ones. With `require_sandbox`, which no file
    sets, nothing is loaded into a server that runs in no sandbox.
    """

    url: str | None = None
    binaries: tuple[Path, ...] = ()
    cache_dir: Path | None = None
    require_sandbox: bool = False


class Online(StrEnum):
    """Whether changes take the form that lets an application go on, where it takes longer than the plain one."""

    AUTO = "auto"
    """On large tables."""
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Project:
    """All settings of a project, with absolute paths inside of `root`; those on scratch servers are its user's.

    `include` and `exclude` are patterns `glob` or `kind:glob` on qualified object names.
    `roles` compares roles and what else the server holds, too.
    `lock_timeout` is a duration as Postgres writes it ("3s", "500ms"); None leaves what a script says.
    `live_query_timeout` is how long each query may take that looks for rows in the way of a plan. `apply_as` is the
    role that applies plans, None for the one that makes them.
    """

    root: Path
    desired: Path
    templates: Path
    plans: Path
    profile: Profile = Profile.AUTO
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    lock_timeout: str | None = None
    roles: bool = False
    live_query_timeout: str = "5s"
    apply_as: str | None = None
    access_roles: tuple[str, ...] = ()
    online: Online = Online.AUTO
    lint_ignore: tuple[str, ...] = ()
    """Of findings that nobody wants to hear of: `rule` or `rule:glob` on names of objects."""
    scratch: ScratchSettings = field(default_factory=ScratchSettings)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    vars: Mapping[str, Variable] = field(default_factory=dict)
    """What templates read as `vars`."""
    supabase: SupabaseProject | None = None
    """What supabase/config.toml says, where there is one."""
    writes_migrations: bool = False
    """Whether plans are written and recorded as migrations of the Supabase CLI, too."""
    after_apply: tuple[str, ...] = ()
    """Commands that the project wishes for behind `apply`: told, and never run."""
    desired_patterns: tuple[str, ...] = ()
    """Which files in `desired` are meant, as paths from `root`; all of them where there are none."""

    @property
    def migrations(self) -> Path | None:
        """The folder of the Supabase CLI's migrations, None where plans are no such migrations."""
        return self.root / MIGRATIONS if self.writes_migrations else None

    @property
    def of_supabase(self) -> bool:
        """Whether it says so: by its profile, or by a configuration of the Supabase CLI."""
        return self.profile is Profile.SUPABASE or (self.supabase is not None and self.profile is Profile.AUTO)

    @property
    def exposed(self) -> tuple[str, ...] | None:
        """The schemas that an API serves, as far as files say."""
        return self.supabase.exposed if self.supabase else None

    @classmethod
    def default(cls, root: Path, supabase: SupabaseProject | None = None) -> "Project":
        """The settings of a project without a configuration file."""
        return project_from({}, root=root, origin=CONFIG_NAME, supabase=supabase)


def read_schemadiff_toml(text: str, root: Path, supabase: SupabaseProject | None = None) -> Project:
    """The project whose schemadiff.toml holds `text`; relative paths count from `root`."""
    return project_from(parsed(text, CONFIG_NAME), root=root, origin=CONFIG_NAME, supabase=supabase)


def read_pyproject_toml(text: str, root: Path, supabase: SupabaseProject | None = None) -> Project | None:
    """The project of a pyproject.toml with a table `[tool.schemadiff]`, None without such a table."""
    tool = parsed(text, "pyproject.toml").get("tool")
    settings = tool.get("schemadiff") if isinstance(tool, dict) else None
    if settings is None:
        return None
    origin = "pyproject.toml [tool.schemadiff]"
    if not isinstance(settings, dict):
        raise ConfigError(f"{origin} must be a table")
    return project_from(settings, root=root, origin=origin, supabase=supabase)


def project_from(
    settings: Mapping[str, object], *, root: Path, origin: str, supabase: SupabaseProject | None = None
) -> Project:
    """The project that `settings` describe; `origin` names their source in errors.

    Where they do not say which files are desired, `supabase` does.
    Raises ConfigError for an unknown key, naming the nearest known one, and for a value of a wrong type.
    """
    for part in settings.keys() & _OF_THE_USER.keys():
        raise ConfigError(f"{origin}: [{part}] has no place in a project, since {_of_the_user(part)}")
    table = Table(settings, origin)
    declared = supabase if supabase and "desired" not in settings and not (root / DESIRED).is_dir() else None
    project = Project(
        root=root,
        desired=_inside(table, "desired", declared.desired if declared else DESIRED, root),
        templates=_inside(table, "templates", "templates", root),
        plans=_inside(table, "plans", "plans", root),
        profile=_profile(table.take("profile", str, Profile.AUTO.value), origin),
        include=table.strings("include"),
        exclude=table.strings("exclude"),
        lock_timeout=_lock_timeout(table.optional("lock_timeout")),
        after_apply=table.strings("after_apply"),
        roles=table.take("roles", bool, False),
        live_query_timeout=duration(table.take("live_query_timeout", str, "5s"), "live_query_timeout"),
        online=table.one_of("online", Online.AUTO),
        access_roles=_only_strings(table.table("access"), "roles"),
        lint_ignore=_only_strings(table.table("lint"), "ignore"),
        environments=_environments(table.table("environments")),
        vars=_variables(table.table("vars")),
        supabase=supabase,
        writes_migrations=_writes_migrations(table.table("supabase"), supabase),
        desired_patterns=declared.patterns if declared else (),
    )
    table.finish()
    return project


def user_configuration() -> Path:
    """Where the configuration of the user lies, if there is one; a relative path where the user has no home."""
    import platformdirs

    return platformdirs.user_config_path("schemadiff") / "config.toml"


def absolute(text: str, name: str) -> Path:
    """`text` as a path, which depends on no working directory: that may be a project's. Raises ConfigError."""
    path = Path(os.path.expanduser(text))
    if not path.is_absolute():
        raise ConfigError(f"{name} is {text!r}, but needs a path from / or ~ on")
    return path


def duration(text: str, name: str) -> str:
    """`text` if Postgres understands it as a duration ("3s", "500ms", "0"); ConfigError otherwise."""
    if re.fullmatch(r"0|\d+(\.\d+)?(us|ms|s|min|h)", text) is None:
        raise ConfigError(f"{name} is {text!r}, but needs a number with a unit, such as 3s or 500ms")
    return text


_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}


def seconds_of(text: str) -> float:
    """A duration such as `duration` lets through, in seconds; "0" is no limit, so a day."""
    number = text.rstrip("hmnisu")
    return float(number) * _SECONDS.get(text.removeprefix(number), 1e-3) or 24 * 3600.0


def _only_strings(table: Table, key: str) -> tuple[str, ...]:
    """The only setting of a table, a list of strings."""
    values = table.strings(key)
    table.finish()
    return values


def _writes_migrations(table: Table, supabase: SupabaseProject | None) -> bool:
    wanted = table.take("migrations", bool, supabase is not None and supabase.migrates)
    table.finish()
    return wanted


def _profile(text: str, origin: str) -> Profile:
    known = tuple(profile.value for profile in Profile)
    if text not in known:
        raise ConfigError(f"{origin}: unknown profile {text!r}; known are {', '.join(known)}")
    return Profile(text)


def _lock_timeout(text: str | None) -> str | None:
    return text and duration(text, "lock_timeout")


def _of_the_user(part: str) -> str:
    why, variables, options = _OF_THE_USER[part]
    listed = ", ".join(variables.values())
    return f"{why}: move it to {user_configuration()}, or use {listed}, or the options {options}"


def _inside(table: Table, key: str, default: str, root: Path) -> Path:
    text = table.take(key, str, default)
    path = Path(os.path.normpath(text))
    if ".." in path.parts or (path.is_absolute() and not path.is_relative_to(root)):
        raise ConfigError(
            f"{table.origin}: {key} is {text!r}, which leads out of {root}: all files of a project lie inside of it"
        )
    return root / text


def _environments(table: Table) -> dict[str, Environment]:
    return {name: _environment(name, table.table(name)) for name in table.names()}


def _environment(name: str, table: Table) -> Environment:
    environment = Environment(
        name,
        table.optional("database_url"),
        table.optional("database_url_env"),
        table.optional("apply_as"),
        _variables(table.table("vars")),
    )
    table.finish()
    url = environment.database_url
    if (url is None) == (environment.database_url_env is None):
        raise ConfigError(f"{table.origin}: give either database_url (without password) or database_url_env")
    if url is not None:
        refuse_more_than_a_place(url, table.origin)
    return environment


def _variables(table: Table) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for name in table.names():
        value = table.take(name, object, None)
        if VARIABLE.fullmatch(name) is None:
            raise ConfigError(f"{table.origin}: {name!r} is no name of a variable, such as region or max_rows")
        if not isinstance(value, str | int):
            raise ConfigError(f"{table.origin}: {name} must be a string, a whole number, or true or false")
        found[name] = value
    return found
