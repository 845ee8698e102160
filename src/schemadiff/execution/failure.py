"""Errors of the server, told with the statement, its place in the script, and what stands now."""

import re
import textwrap
from collections.abc import Iterator

import psycopg

from schemadiff.catalog.sql import quote_ident
from schemadiff.connection_string import without_password
from schemadiff.errors import ExecutionError

_SHOWN_LINES = 5


def failure(error: psycopg.Error, *, where: str, sql: str | None, state: str, step: str) -> ExecutionError:
    """An ExecutionError about `error`, which `sql` (None: one of our own statements) raised at `where`.

    `state` says how things stand now, `step` what to do next.
    """
    lines = [
        f"{where} fails: {_message(error)}",
        *([] if sql is None else [shown(sql)]),
        *_details(error),
        f"now: {state}",
        f"next: {step}",
    ]
    return ExecutionError(without_password("\n".join(lines)))


_REMEDIES = {
    "25006": "this server is a standby, or was made read-only: name the primary with --database-url",
    "42501": "use a role that may do this, or have it granted",
    "53100": "make room on the server's disk",
    "53200": "raise max_locks_per_transaction if it is the lock table that is full, else the server's memory",
    "53300": "close idle connections, or wait until there are fewer",
    "57014": "see what cancelled it",
}


def remedy(error: psycopg.Error, blockers: str = "") -> str:
    """What to do about an error before the command is run again; `blockers` hold the lock, if that is what it is."""
    state = error.sqlstate or ""
    if state in ("55P03", "40P01"):
        return f"let {blockers or 'the sessions that hold the lock'} finish, or raise --lock-timeout or --max-wait"
    if state in _REMEDIES:
        return _REMEDIES[state]
    if state.startswith("23"):
        return "fix the rows in the way"
    if state.startswith(("08", "57P")) or (isinstance(error, psycopg.OperationalError) and not state):
        return "see that the server answers"
    return "fix the cause"


def shown(sql: str) -> str:
    """The first lines of `sql`, indented."""
    lines = sql.strip().splitlines()
    more = [] if len(lines) <= _SHOWN_LINES else ["..."]
    return textwrap.indent("\n".join([*lines[:_SHOWN_LINES], *more]), "    ")


def kind_of_error(error: psycopg.Error) -> str:
    """What kind of error it is, without the server's message, which may hold values."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.rstrip("_")).lower()
    return f"{words} (SQLSTATE {error.sqlstate})" if error.sqlstate else words


def _message(error: psycopg.Error) -> str:
    if _is_of_values(error):
        return f"{kind_of_error(error)}{_objects(error)}"
    text = error.diag.message_primary or " ".join(str(error).split()) or type(error).__name__
    return f"{text} (SQLSTATE {error.sqlstate})" if error.sqlstate else text


def _is_of_values(error: psycopg.Error) -> bool:
    """Whether the server's message is about values of rows, and shows them."""
    return (error.sqlstate or "").startswith(("22", "23"))


def _objects(error: psycopg.Error) -> str:
    """The objects that an error names."""
    table = ".".join(quote_ident(part) for part in (error.diag.schema_name, error.diag.table_name) if part)
    named = (
        ("constraint", error.diag.constraint_name and quote_ident(error.diag.constraint_name)),
        ("column", error.diag.column_name and quote_ident(error.diag.column_name)),
        ("table", error.diag.table_name and table),
    )
    words = ", ".join(f"{kind} {name}" for kind, name in named if name)
    return f": {words}" if words else ""


def _details(error: psycopg.Error) -> Iterator[str]:
    if _is_of_values(error):
        return
    if error.diag.message_detail:
        yield f"detail: {error.diag.message_detail}"
    if error.diag.message_hint:
        yield f"hint: {error.diag.message_hint}"
    if error.diag.context:
        yield f"context: {error.diag.context.splitlines()[0]}"
