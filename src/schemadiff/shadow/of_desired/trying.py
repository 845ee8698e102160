"""Checks and bodies of routines, tried where all that the files declare is loaded: whether they can run at all.

There are no rows, so that what fails for values, or says that something does not hold, is told nothing of here.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.identity import Identity
from schemadiff.desired.data_steps.steps import Check
from schemadiff.session import SET_PATH, looking_up
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.rehearsing.rehearsal import begin

_BOOLEAN = 16

_ROUTINES = """
SELECT p.oid::int8, l.lanname, p.proconfig
  FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
 WHERE p.oid = ANY (%s::int8[]::oid[]) AND l.lanname IN ('sql', 'plpgsql')
 ORDER BY p.oid
"""

_VALIDATORS = {"sql": "pg_catalog.fmgr_sql_validator", "plpgsql": "pg_catalog.plpgsql_validator"}
"""What Postgres asks when a routine is created under check_function_bodies: of SQL each statement is analysed, of
PL/pgSQL the syntax is read."""

_SCHEMAS = "SELECT string_agg(quote_ident(nspname), ', ' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_'"

_DENIED = "42501"


@dataclass(frozen=True, slots=True)
class Broken:
    """A routine whose body cannot run, and what Postgres says of it."""

    routine: Identity
    message: str


def broken_checks(shadow: ShadowDatabases, database: str, checks: Iterable[Check]) -> Iterator[str]:
    """The checks that name what is not there, or that return no truth value `ok`, each in a sentence."""
    with _session(shadow, database) as connection:
        for check in checks:
            if problem := _problem(connection, check, shadow.settings.search_path):
                yield f"{check.place}: check {check.name} {problem}"


def broken_bodies(shadow: ShadowDatabases, database: str, routines: Mapping[int, Identity]) -> Iterator[Broken]:
    """Of these routines, by OID, those whose bodies cannot run.

    What a body names without a schema may stand in any: who calls it decides where it is looked up.
    """
    if not routines:
        return
    with _session(shadow, database) as connection:
        connection.execute("SET check_function_bodies = on")
        row = connection.execute(_SCHEMAS).fetchone()
        for oid, language, settings in connection.execute(_ROUTINES, [list(routines)]).fetchall():
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(SET_PATH, [row[0] if row else "", True])
                    for setting in settings or ():
                        connection.execute("SELECT set_config(%s, %s, true)", setting.split("=", 1))
                    connection.execute(f"SELECT {_VALIDATORS[language]}({int(oid)}::oid)".encode())
            except psycopg.Error as error:
                if _is_fault(error):
                    yield Broken(routines[oid], str(error.diag.message_primary))


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
