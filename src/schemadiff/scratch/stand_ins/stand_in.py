"""The stand-in for an extension of live: a script that CREATE EXTENSION runs, and what its control file says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import psycopg
from psycopg.sql import SQL, Identifier

from schemadiff.catalog.sql import unquoted
from schemadiff.scratch.stand_ins.members import Installed
from schemadiff.scratch.stand_ins.reading import members_of
from schemadiff.scratch.stand_ins.writing import written


@dataclass(frozen=True, slots=True)
class StandIn:
    """An extension as its files say it; `schema` is the only one that it can lie in, None where any will do."""

    name: str
    version: str
    script: str = ""
    relocatable: bool = True
    schema: str | None = None
    comment: str | None = None

    @property
    def control(self) -> str:
        """The text of its control file."""
        lines = [f"default_version = '{self.version}'", f"relocatable = {str(self.relocatable).lower()}"]
        if self.schema is not None:
            lines.append(f"schema = {_quoted(self.schema)}")
        if self.comment is not None:
            lines.append(f"comment = {_quoted(self.comment)}")
        return "\n".join((MARK, *lines, ""))


MARK = "# stands in for an extension that is not installed here"
"""How the control file of a stand-in begins."""


def what_works(name: str) -> list[str]:
    """Statements for what a stand-in for extension `name` has to do: to keep what is declared by a call."""
    script = files("schemadiff.scratch") / "extensions" / f"{name}.working.sql"
    text = script.read_text("utf-8") if script.is_file() else ""
    return [statement.removesuffix(";") for statement in text.strip().split(";\n\n") if statement]


def stand_ins_like(
    live: psycopg.Connection, scratch: psycopg.Connection, wanted: Sequence[Installed]
) -> Iterator[StandIn]:
    """Stand-ins for extensions of live, in the order in which they were created there.

    What they are made of is tried in `scratch`, a superuser's session in autocommit, and rolled back; what the server
    refuses is left out.
    """
    with scratch.transaction(force_rollback=True):
        for extension in wanted:
            schema = unquoted(extension.schema)
            made = extension.schema if extension.fixed and schema != "pg_catalog" else None
            if schema != "pg_catalog":
                scratch.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
            texts = [*written(members_of(live, extension), made), *what_works(extension.name)]
            working = working_statements(scratch, texts)
            relocatable = extension.relocatable and not extension.fixed
            yield StandIn(
                extension.name,
                extension.version,
                "".join(f"{_placed(text, extension, relocatable=relocatable)};\n" for text in working),
                relocatable,
                schema if extension.fixed else None,
                extension.comment,
            )


def working_statements(scratch: psycopg.Connection, texts: list[str]) -> list[str]:
    """The statements that work, in an order in which they do; they have run then."""
    done: list[str] = []
    left = len(texts) + 1
    while len(texts) < left:
        left = len(texts)
        texts = list(_refused(scratch, texts, done))
    return done


def _refused(scratch: psycopg.Connection, texts: list[str], done: list[str]) -> Iterator[str]:
    """Those of the statements that do not work as they follow each other; those that do are added to `done`."""
    try:
        with scratch.transaction():
            scratch.execute(";\n".join(texts).encode())
    except psycopg.Error:
        if scratch.broken:
            raise
    else:
        done.extend(texts)
        return
    if len(texts) == 1:
        yield from texts
        return
    half = len(texts) // 2
    yield from _refused(scratch, texts[:half], done)
    yield from _refused(scratch, texts[half:], done)


def _placed(text: str, extension: Installed, *, relocatable: bool) -> str:
    """The statement for whatever schema CREATE EXTENSION names."""
    if extension.fixed:
        return text
    return re.sub(rf'(?<![\w.$"]){re.escape(extension.schema)}\.', "" if relocatable else "@extschema@.", text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\n", " ") + "'"
