"""SQL text as a type of its own, so that a bare string never becomes SQL by accident."""

from typing import NewType

Sql = NewType("Sql", str)
"""A piece of SQL: an expression, a type name, a clause or a statement without its semicolon."""

Quoted = NewType("Quoted", str)
"""An identifier as the server's quote_ident() printed it, qualified where the object lives in a schema."""


def literal(text: str) -> Sql:
    """`text` as a string literal that reads the same whatever standard_conforming_strings says."""
    quoted = text.replace("'", "''")
    if "\\" in quoted:
        return Sql("E'" + quoted.replace("\\", "\\\\") + "'")
    return Sql(f"'{quoted}'")
