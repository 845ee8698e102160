"""Errors of a server, told without a value of any row."""

import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import psycopg

_NAMES_NO_VALUE = frozenset(("08", "0A", "23", "25", "28", "2B", "3D", "53", "55", "57"))
"""Classes of errors whose messages name objects and never a value, unless a function of the user raises them."""

_OF_THE_STATEMENT = frozenset(("42501", "42701", "42710", "42723", "42809", "42P06", "42P07", "42P16", "42P17"))
"""Errors of class 42 that are about what the statement says, wherever; others are only if they say where it says it.

A value that is cast to regclass and is no name of a table makes the same error as a statement that names none.
"""


def without_values(error: "psycopg.Error") -> str:
    """The message if it can contain no value of a row, else only what kind of error it is."""
    diagnosis, state = error.diag, error.sqlstate or ""
    if not state:
        return str(error)  # the client's own
    of_objects = state[:2] in _NAMES_NO_VALUE or state in _OF_THE_STATEMENT
    of_statement = of_objects or (state.startswith("42") and diagnosis.statement_position is not None)
    if of_statement and diagnosis.message_primary and not (diagnosis.context or diagnosis.internal_query):
        return f"{diagnosis.message_primary} [{state}]"
    return f"{type(error).__name__}, with a message that is not shown as it may contain values [{state}]"


def words_of(error: BaseException) -> str:
    """What an error of any kind says, without values if it is a server's."""
    if hasattr(error, "sqlstate") and hasattr(error, "diag"):
        return without_values(cast("psycopg.Error", error))
    return str(error)


def traceback_without_values(error: BaseException) -> str:
    """Where an error came from, and what led to it, the first cause first."""
    return "\n".join(reversed(list(_told(error))))


def _told(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        yield f"Traceback (most recent call last):\n{frames}{type(error).__qualname__}: {words_of(error)}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
