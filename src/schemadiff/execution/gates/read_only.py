"""Queries of a plan that may only read: preflights and checks."""

from collections.abc import Iterator
from contextlib import contextmanager

from pglast import ast, parse_sql
from pglast.parser import ParseError

from schemadiff.catalog.sql import Sql
from schemadiff.connection import Connection
from schemadiff.errors import PlanFileError

_TIMEOUT = "5min"


@contextmanager
def reading(connection: Connection, timeout: str = _TIMEOUT) -> Iterator[None]:
    """A read-only transaction for the block, rolled back at its end; each statement ends after `timeout`."""
    connection.execute("BEGIN READ ONLY")
    try:
        connection.execute("SELECT pg_catalog.set_config('statement_timeout', %s, true)", [timeout])
        yield
    finally:
        if not connection.closed:
            connection.rollback()


def single_query(sql: str, owner: str) -> Sql:
    """`sql` without its semicolon if it is exactly one query, which cannot leave the transaction it runs in.

    Errors: PlanFileError that names `owner` for anything else.
    """
    try:
        trees = parse_sql(sql)
    except ParseError as error:
        raise PlanFileError(f"{owner} is not SQL: {error.args[0]}: fix it and make the plan again") from error
    if len(trees) != 1 or not isinstance(trees[0].stmt, ast.SelectStmt):
        raise PlanFileError(f"{owner} is not one query: make it a single SELECT and make the plan again")
    start = trees[0].stmt_location or 0
    length = trees[0].stmt_len
    return Sql(sql[start : start + length] if length else sql[start:])
