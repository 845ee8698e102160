"""SQL text as a type of its own, so that a bare string never becomes SQL by accident."""

import re
from typing import NewType

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


def last_name(name: Quoted) -> Quoted:
    """What follows the last dot outside of quotes: the name without its schema."""
    quoted, start = False, 0
    for place, character in enumerate(name):
        if character == '"':
            quoted = not quoted
        elif character == "." and not quoted:
            start = place + 1
    return Quoted(name[start:])


def beside(name: Quoted, suffix: str) -> Quoted:
    """A name of its own beside `name`, in the same schema, for the time of an exchange."""
    last = last_name(name)
    room = LONGEST_NAME - len(suffix.encode()) - 1
    stem = unquoted(last).encode()[:room].decode(errors="ignore")
    return Quoted(name.removesuffix(last) + quote_ident(f"{stem} {suffix}"))


def literal(text: str) -> Sql:
    """`text` as a string literal that reads the same whatever standard_conforming_strings says."""
    quoted = text.replace("'", "''")
    if "\\" in quoted:
        return Sql("E'" + quoted.replace("\\", "\\\\") + "'")
    return Sql(f"'{quoted}'")
