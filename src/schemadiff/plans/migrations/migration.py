"""One migration of the Supabase CLI: statements that run together, under a name and, once it is known, a version."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from schemadiff.catalog.sql import Sql

_FILE = re.compile(r"(?P<version>\d+)_(?P<name>.*)\.sql")
_VERSION = "%Y%m%d%H%M%S"


@dataclass(frozen=True, slots=True)
class Migration:
    """A file of the CLI; it is recorded when `segment` of the script is done, counted from 1.

    The version is empty where it is only known once the script runs.
    """

    name: str
    statements: tuple[Sql, ...]
    segment: int
    version: str = ""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.version}_{self.name}.sql"

    @property
    def text(self) -> str:
        """What stands in the file."""
        return text_of(self.statements)


@dataclass(frozen=True, slots=True)
class Migrations:
    """A plan's scripts as migrations: what up is, and what takes it back, without rows that the archive keeps."""

    up: tuple[Migration, ...]
    down: tuple[Migration, ...]


def text_of(statements: tuple[str, ...]) -> str:
    """Statements as the text of a file."""
    return "".join(f"{_terminated(statement)}\n\n" for statement in statements).rstrip("\n") + "\n"


def statements_of(text: str) -> tuple[Sql, ...]:
    """The statements in the text of a file; the whole text where it cannot be divided."""
    from pglast.parser import ParseError, split  # long to load

    for with_parser in (True, False):  # the scanner alone takes a body BEGIN ATOMIC apart
        try:
            return tuple(Sql(statement) for statement in split(text, with_parser=with_parser))
        except ParseError:
            continue
    return (Sql(text),)


def parsed_file(name: str) -> tuple[str, str] | None:
    """The version and the name in the name of a file, None where the CLI passes it over."""
    found = _FILE.fullmatch(name)
    return (found["version"], found["name"]) if found else None


def with_versions(migrations: tuple[Migration, ...], first: datetime, above: str = "") -> tuple[Migration, ...]:
    """Migrations with versions from the second `first` on, or from that which follows the version `above`."""
    begin = first.astimezone(UTC).replace(microsecond=0)
    if re.fullmatch(r"\d{14}", above) and begin.strftime(_VERSION) <= above:
        begin = moment_of(above) + timedelta(seconds=1)
    return tuple(
        replace(one, version=(begin + timedelta(seconds=number)).strftime(_VERSION))
        for number, one in enumerate(migrations)
    )


def moment_of(version: str) -> datetime:
    """When a version says that it was made."""
    return datetime.strptime(version, _VERSION).replace(tzinfo=UTC)


def _terminated(statement: str) -> str:
    # a comment at the end would swallow the semicolon
    return f"{statement}\n;" if "--" in statement.rpartition("\n")[2] else f"{statement};"
