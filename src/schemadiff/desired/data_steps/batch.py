"""`:batch`, the placeholder in a backfill for the condition on its key: found by the scanner of Postgres.

What looks like it inside of strings, comments and casts (`'a'::batch`) is none, as for psql.
"""

import re
from itertools import pairwise

from schemadiff.catalog.sql import Sql

BATCH = ":batch"

EVERY_ROW = "(true)"
"""A condition as long as `BATCH`, so that what follows keeps its position."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def with_batch(sql: str, condition: str) -> Sql:
    """`sql`, one statement or many, with `condition` in each place of `:batch`.

    Raises ParseError where a string or comment has no end.
    """
    parts, end = [], 0
    for start in batch_places(sql):
        parts += [sql[end:start], condition]
        end = start + len(BATCH)
    return Sql("".join([*parts, sql[end:]]))


def batch_places(sql: str) -> list[int]:
    """Where `:batch` is. Raises ParseError as `with_batch` does."""
    if BATCH not in sql:
        return []
    from pglast.parser import scan  # takes longer to import than everything else that reads a backfill

    # the scanner counts bytes and translates them to characters in quadratic time: give it one byte each
    tokens = scan(_NOT_ASCII.sub("q", sql))
    return [
        colon.start
        for colon, word in pairwise(tokens)
        if colon.name == "ASCII_58" and word.start == colon.start + 1
        if sql[word.start : word.end + 1] == BATCH[1:]
    ]
