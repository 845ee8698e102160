"""Checks and bodies of routines, tried where all that the files declare is loaded: whether they can run at all.

There are no rows, so that what fails for values, or says that something does not hold, is told nothing of here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.identity import Identity
from schemadiff.desired.data_steps.steps import Check
from schemadiff.session import looking_up
from schemadiff.shadow.bodies.trying import Broken, Parsed, try_bodies
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.rehearsing.rehearsal import begin

_BOOLEAN = 16

_DENIED = "42501"


def broken_checks(shadow: ShadowDatabases, database: str, checks: Iterable[Check]) -> Iterator[str]:
    """The checks that name what is not there, or that return no truth value `ok`, each in a sentence."""
    with _session(shadow, database) as connection:
        for check in checks:
            if problem := _problem(connection, check, shadow.settings.search_path):
                yield f"{check.place}: check {check.name} {problem}"


def tried_bodies(
    shadow: ShadowDatabases, database: str, routines: Mapping[int, Identity], known: Collection[str]
) -> list[Broken | Parsed]:
    """Of these routines, by OID, those whose bodies cannot run, and those that could only be parsed.

    `known` are the schemas that are read; of others that live has, a shadow database holds nothing.
    """
    if not routines:
        return []
    others = schemas_there(shadow.live) - set(known) if shadow.live is not None else set()
    with _session(shadow, database) as connection:
        missing = others - schemas_there(connection)
        return list(try_bodies(connection, routines, shadow.settings.search_path, missing.__contains__))


def schemas_there(connection: psycopg.Connection[TupleRow]) -> set[str]:
    """The names of all schemas of a database."""
    return {str(name) for (name,) in connection.execute("SELECT nspname FROM pg_catalog.pg_namespace").fetchall()}


def _problem(connection: psycopg.Connection[TupleRow], check: Check, path: str) -> str:
    try:
        with connection.transaction(force_rollback=True), looking_up(connection, path):
            connection.execute("SET TRANSACTION READ ONLY")
            cursor = connection.execute(check.sql.encode())
            types = {column.name: column.type_code for column in cursor.description or ()}
    except psycopg.Error as error:
        broken = _is_fault(error) and error.sqlstate != check.raises
        return f"cannot run: {error.diag.message_primary}" if broken else ""
    if check.raises is not None:
        return ""
    if "ok" not in types:
        return "returns no column named ok: write SELECT ... AS ok"
    return "" if types["ok"] == _BOOLEAN else "returns a column ok that is not a boolean"


def _is_fault(error: psycopg.Error) -> bool:
    """Whether the words are at fault, and no value, right or resource."""
    return (error.sqlstate or "").startswith("42") and error.sqlstate != _DENIED


@contextmanager
def _session(shadow: ShadowDatabases, database: str) -> Iterator[psycopg.Connection[TupleRow]]:
    with psycopg.connect(shadow.server.url(database, shadow.role), autocommit=True) as connection:
        begin(connection, shadow.settings)
        yield connection
