"""Definitions as the server prints them, of another column than the one that they name."""

import re

from schemadiff.catalog.sql import Quoted, Sql

_TOKEN = re.compile(r"""E?'(?:[^']|'')*'|"(?:[^"]|"")+"|[\w$]+|::|\s+|.""", re.DOTALL)
_OF_TYPES = frozenset({"with", "without", "zone", "time", "varying", "precision", "double", "character"})
"""Words that a type's name goes on with, which are no columns there."""
_BEFORE_OTHERS = frozenset({".", "::", "COLLATE", "OPERATOR"})


def with_column(definition: Sql, column: Quoted, other: Quoted) -> Sql | None:
    """The definition with `other` for `column`; None where a word may mean the column or something else."""
    tokens = _TOKEN.findall(definition)
    if column in _OF_TYPES and "::" in tokens:
        return None
    words = [place for place, token in enumerate(tokens) if not token.isspace()]
    for number, place in enumerate(words):
        before = tokens[words[number - 1]] if number else ""
        after = tokens[words[number + 1]] if number + 1 < len(words) else ""
        if tokens[place] == column and before not in _BEFORE_OTHERS and after not in ("(", "."):
            tokens[place] = other
    return Sql("".join(tokens))
