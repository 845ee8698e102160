"""SQL text as a type of its own, so that a bare string never becomes SQL by accident."""

import re
from collections.abc import Iterator
from typing import NewType

from schemadiff.catalog.fingerprint import digest
from schemadiff.catalog.keywords import KEYWORDS

Sql = NewType("Sql", str)
"""A piece of SQL: an expression, a type name, a clause or a statement without its semicolon."""

Quoted = NewType("Quoted", str)
"""An identifier as the server's quote_ident() printed it, qualified where the object lives in a schema."""


LONGEST_NAME = 63
"""Bytes in a name, as Postgres is built everywhere."""

_SIMPLE = re.compile(r"[a-z_][a-z0-9_]*")


def quote_ident(name: str) -> Quoted:
    """`name` as the server's quote_ident() prints it."""
    if _SIMPLE.fullmatch(name) and name not in KEYWORDS:
        return Quoted(name)
    return Quoted('"' + name.replace('"', '""') + '"')


def unquoted(name: Quoted) -> str:
    """The name that a single quoted identifier stands for."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def outside_quotes(name: str) -> Iterator[tuple[int, str]]:
    """The characters of a name that stand outside of double quotes, with their places."""
    quoted = False
    for place, character in enumerate(name):
        if character == '"':
            quoted = not quoted
        elif not quoted:
            yield place, character


def name_parts(name: str) -> tuple[Quoted, ...]:
    """The parts of a qualified name, which dots outside of quotes divide."""
    dots = [place for place, character in outside_quotes(name) if character == "."]
    return tuple(
        Quoted(name[start:end]) for start, end in zip((0, *(dot + 1 for dot in dots)), (*dots, len(name)), strict=True)
    )


def last_name(identity: str) -> Quoted:
    """The name of an object by itself: without its schema or table, its arguments and what it stands ON."""
    return name_parts(_led_by(identity))[-1]


def qualifier(identity: str) -> Quoted:
    """What qualifies the name of an object: a table's schema, a column's schema and table; empty for none."""
    return Quoted(".".join(name_parts(_led_by(identity))[:-1]))


def schema_of(identity: str) -> Quoted | None:
    """The schema that the name of an object is qualified with."""
    schema, *rest = name_parts(_led_by(identity))
    return schema if rest else None


def _led_by(identity: str) -> str:
    """What stands before the arguments of a routine, and before ON."""
    for place, character in outside_quotes(identity):
        if character == "(" or identity.startswith(" ON ", place):
            return identity[:place]
    return identity


def beside(name: Quoted, suffix: str) -> Quoted:
    """A name of its own beside `name`, in the same schema or ON the same table, for the time of an exchange."""
    led_by = _led_by(name)
    *qualifiers, last = name_parts(led_by)
    room = LONGEST_NAME - len(suffix.encode()) - 1
    stem = unquoted(last)
    if len(stem.encode()) > room:  # names that begin alike stay apart
        short = digest(stem)[:8]
        stem = f"{stem.encode()[: room - len(short) - 1].decode(errors='ignore')} {short}"
    return Quoted(".".join((*qualifiers, quote_ident(f"{stem} {suffix}"))) + name.removeprefix(led_by))


def literal(text: str) -> Sql:
    """`text` as a string literal that reads the same whatever standard_conforming_strings says."""
    quoted = text.replace("'", "''")
    if "\\" in quoted:
        return Sql("E'" + quoted.replace("\\", "\\\\") + "'")
    return Sql(f"'{quoted}'")


_WORD = re.compile(r'"((?:[^"]|"")+)"|([^\W\d][\w$]*)')


def names_in(text: str) -> Iterator[str]:
    """Every name that a text may mean, also inside of its strings and comments.

    One may stand right beside the quotes of a body, such as $function$.
    """
    for quoted, plain in _WORD.findall(text):
        yield quoted.replace('""', '"') or plain.lower()
        if "$" in plain:
            yield from filter(None, plain.lower().split("$"))
