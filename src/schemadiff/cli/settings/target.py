"""Which project and which database a command works on: options, environment variables, .env and files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from schemadiff.cli.settings.libpq_variables import NAMING, completed, completed_for_a_project
from schemadiff.config import Environment, Project
from schemadiff.connection_string import UNREADABLE, shown, without_others_parameters
from schemadiff.errors import ConfigError, NoDatabaseNamed
from schemadiff.supabase_project import LOCAL, VARIABLES
from schemadiff.toml_table import nearest

URL_VARIABLES = ("SCHEMADIFF_DATABASE_URL", "DATABASE_URL")

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

    The option --database-url; --env; SCHEMADIFF_DATABASE_URL, DATABASE_URL and PG* of the environment, in a Supabase
    project those that its integrations set, too; the same of .env. PG* of one source complete nothing that another
    one names.
    Errors: ConfigError when none or two contradicting ones are given.
    """
    if database_url is not None and environment is not None:
        raise ConfigError("--database-url and --env both name a database: give one of them")
    if database_url is not None:
        return Target(usable_url(database_url, "--database-url", variables), "--database-url")
    if environment == LOCAL and project.supabase and LOCAL not in project.environments:
        return Target(completed(project.supabase.local_url, {}, {}), "the local stack")
    if environment is not None:
        return _environment_target(_environment(environment, project), variables, dotenv)
    for origin, own in (("", variables), (" in .env", dotenv)):
        for name in URL_VARIABLES:
            if own.get(name):
                source = f"{name}{origin}"
                return Target(completed(_checked(own[name], source), own, variables), source)
        if any(own.get(name) for name in NAMING):
            return Target(completed("", own, variables), f"the PG* variables{origin}")
        for name in VARIABLES if project.of_supabase else ():
            if own.get(name):
                source = f"{name}{origin}"
                # what else is set belongs to other databases
                return Target(completed(_checked(own[name], source), {}, variables), source)
    raise NoDatabaseNamed(_no_target(project))


def usable_url(url: str, source: str, variables: Mapping[str, str]) -> str:
    """A connection string that the caller gave, with what its variables say beyond it.

    Errors: ConfigError, without showing it, if it is none.
    """
    return completed(_checked(url, source), variables, variables)


def _environment(name: str, project: Project) -> Environment:
    environment = project.environments.get(name)
    if environment is None:
        known = (*project.environments, *([LOCAL] if project.supabase else []))
        hint = nearest(name, known) if known else "the configuration names none; add [environments.NAME]"
        raise ConfigError(f"unknown environment {name!r}: {hint}")
    return environment


def _environment_target(environment: Environment, variables: Mapping[str, str], dotenv: Mapping[str, str]) -> Target:
    source = f"environment {environment.name}"
    if environment.database_url is not None:
        url = _checked(environment.database_url, source)
        return Target(completed_for_a_project(url, variables), source)
    name = environment.database_url_env or ""
    for own in (variables, dotenv):
        if own.get(name):
            source = f"{source}, ${name}"
            return Target(completed(_checked(own[name], source), own, variables), source)
    raise ConfigError(f"{source} takes its database from ${name}, which is not set: set it or add it to .env")


def _checked(url: str, source: str) -> str:
    if not url.startswith(("postgresql://", "postgres://")) and "=" not in url:
        raise ConfigError(f"{source} is not a connection string: it looks like postgresql://user@host:5432/database")
    if shown(without_others_parameters(url)) == UNREADABLE:
        raise ConfigError(
            f"{source} cannot be read as a connection string: in a password, write @ as %40, / as %2F, ? as %3F, % as "
            "%25, and a blank as %20"
        )
    return without_others_parameters(url)


def _no_target(project: Project) -> str:
    named = " | ".join(dict.fromkeys((*project.environments, *([LOCAL] if project.supabase else []))))
    option = f"--env {named}" if named else "--env NAME (with [environments.NAME] in schemadiff.toml)"
    return f"no database is named: give --database-url URL, {option}, or set DATABASE_URL or PGHOST"
