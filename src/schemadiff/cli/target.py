"""Which project and which database a command works on: options, environment variables, .env and files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemadiff.config import (
    CONFIG_NAME,
    Environment,
    Project,
    nearest,
    read_pyproject_toml,
    read_schemadiff_toml,
)
from schemadiff.connection_string import shown
from schemadiff.errors import ConfigError

URL_VARIABLES = ("SCHEMADIFF_DATABASE_URL", "DATABASE_URL")

LIBPQ_VARIABLES = {
    "PGHOST": "host",
    "PGHOSTADDR": "hostaddr",
    "PGPORT": "port",
    "PGDATABASE": "dbname",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGPASSFILE": "passfile",
    "PGSERVICE": "service",
    "PGSERVICEFILE": "servicefile",
    "PGSSLMODE": "sslmode",
    "PGSSLROOTCERT": "sslrootcert",
    "PGSSLCERT": "sslcert",
    "PGSSLKEY": "sslkey",
    "PGCONNECT_TIMEOUT": "connect_timeout",
    "PGTARGETSESSIONATTRS": "target_session_attrs",
    "PGOPTIONS": "options",
}
"""libpq's environment variables and the connection parameters that say the same."""

NAMING_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE")
"""Those that name a database; a user or an SSL mode alone does not."""

_ASSIGNMENT = re.compile(
    r"""\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*
        (?:'(?P<literal>[^']*)'|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>.*?))
        \s*(?:(?:^|(?<=\s|'|"))\#.*)?$""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Target:
    """The live database: a connection string (with its password, if any) and where it was found."""

    url: str
    source: str

    @property
    def shown(self) -> str:
        """The connection string without password and its source, for messages."""
        return f"{shown(self.url)} (from {self.source})"


def find_project(config: Path | None, directory: Path) -> Project:
    """The project of the file `config`, or of the nearest one at or above `directory`, or the defaults there.

    Errors: ConfigError when `config` cannot be read or any file read holds wrong settings.
    """
    if config is not None:
        return _project_in(config.resolve(), required=True) or Project.default(config.resolve().parent)
    for folder in (directory, *directory.parents):
        for name in (CONFIG_NAME, "pyproject.toml"):
            project = _project_in(folder / name, required=False)
            if project is not None:
                return project
    return Project.default(directory)


def read_dotenv(text: str, name: str = ".env") -> dict[str, str]:
    """The variables of a .env file: NAME=value lines, quotes and `export` as a shell would read them.

    Errors: ConfigError with file and line for anything else; the line itself is not shown, it may be secret.
    """
    variables: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _ASSIGNMENT.fullmatch(line)
        if found is None:
            raise ConfigError(f"{name}:{number}: not of the form NAME=value")
        quoted = found["quoted"]
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else found["literal"] or found["bare"]
        variables[found["name"]] = value or ""
    return variables


def find_target(
    *,
    database_url: str | None,
    environment: str | None,
    project: Project,
    variables: Mapping[str, str],
    dotenv: Mapping[str, str],
) -> Target:
    """The live database that options, environment variables and .env name, the first of them in this order.

    The option --database-url; --env; SCHEMADIFF_DATABASE_URL, DATABASE_URL and PG* of the environment;
    the same of .env. Errors: ConfigError when none or two contradicting ones are given.
    """
    if database_url is not None and environment is not None:
        raise ConfigError("--database-url and --env both name a database: give one of them")
    if database_url is not None:
        return _checked(Target(database_url, "--database-url"))
    merged = {**dotenv, **variables}
    if environment is not None:
        return _checked(_environment_target(_environment(environment, project), merged))
    for origin, names in (("", variables), (" in .env", dotenv)):
        for name in URL_VARIABLES:
            if names.get(name):
                return _checked(Target(names[name], f"{name}{origin}"))
        if any(names.get(name) for name in NAMING_VARIABLES):
            return Target(_libpq_url(merged), f"the PG* variables{origin}")
    raise ConfigError(_no_target(project))


def checked_url(url: str, source: str) -> str:
    """`url` if it is a connection string; ConfigError, without showing it, if not."""
    return _checked(Target(url, source)).url


def _project_in(path: Path, *, required: bool) -> Project | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        if required:
            raise ConfigError(f"configuration file {path} does not exist") from error
        return None
    except (OSError, UnicodeDecodeError) as error:
        if required:
            raise ConfigError(f"configuration file {path} cannot be read: {error}") from error
        return None
    if path.name == "pyproject.toml":
        return read_pyproject_toml(text, path.parent)
    return read_schemadiff_toml(text, path.parent)


def _environment(name: str, project: Project) -> Environment:
    environment = project.environments.get(name)
    if environment is None:
        known = tuple(project.environments)
        hint = nearest(name, known) if known else "the configuration names none; add [environments.NAME]"
        raise ConfigError(f"unknown environment {name!r}: {hint}")
    return environment


def _environment_target(environment: Environment, variables: Mapping[str, str]) -> Target:
    source = f"environment {environment.name}"
    if environment.database_url is not None:
        return Target(environment.database_url, source)
    name = environment.database_url_env or ""
    if not variables.get(name):
        raise ConfigError(f"{source} takes its database from ${name}, which is not set: set it or add it to .env")
    return Target(variables[name], f"{source}, ${name}")


def _libpq_url(variables: Mapping[str, str]) -> str:
    from urllib.parse import quote

    parameters = [
        f"{parameter}={quote(variables[name], safe='')}"
        for name, parameter in LIBPQ_VARIABLES.items()
        if variables.get(name)
    ]
    return f"postgresql:///?{'&'.join(parameters)}"


def _checked(target: Target) -> Target:
    url = target.url
    if not url.startswith(("postgresql://", "postgres://")) and "=" not in url:
        raise ConfigError(
            f"{target.source} is not a connection string: it looks like postgresql://user@host:5432/database"
        )
    if url.startswith("postgres") and "://" in url:
        authority = url.split("://", 1)[1].split("?", 1)[0]
        if authority.count("@") > 1 or "@" in authority.partition("/")[2]:
            raise ConfigError(
                f"{target.source} holds an @, / or ? that is not encoded: in a password write them as %40, %2F, %3F"
            )
    return target


def _no_target(project: Project) -> str:
    named = " | ".join(project.environments)
    option = f"--env {named}" if named else "--env NAME (with [environments.NAME] in schemadiff.toml)"
    return f"no database is named: give --database-url URL, {option}, or set DATABASE_URL or PGHOST"
