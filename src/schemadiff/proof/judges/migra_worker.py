"""The process that migra lives in: it answers what `second_opinion.SecondJudge` asks, a line of JSON each.

So migra's warnings, imports and failures stay out of the process that plans.
"""

import json
import re
import sys
from contextlib import redirect_stdout, suppress
from importlib.resources import files
from io import BytesIO
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, TextIO, TypedDict

from schemadiff.proof.judges.migra_words import settle_words

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


class Answer(TypedDict):
    """The SQL that migra would run, or why it has no answer: `failure` is empty where it has one."""

    differences: list[str]
    failure: str


def serve(questions: TextIO, answers: TextIO) -> None:
    """Answer until the questions end, which they do with the process that asks.

    A question is the URL of the database that was reached, that of the wanted one, a schema to leave out, and the URL
    of a database that reads texts once more, or an empty text.
    """
    with redirect_stdout(None):  # where the answers go
        sys.modules["pkg_resources"] = _PkgResources("pkg_resources")
        with suppress(Exception):  # the answers will tell
            _import_while_nobody_waits()
        for line in questions:
            answers.write(json.dumps(_answer(*json.loads(line))) + "\n")
            answers.flush()


_VISIBLE = re.compile(rb"pg_catalog\.pg_type_is_visible\s*\(\s*t\.oid\s*\)")


class _PkgResources(ModuleType):
    """What migra uses of a module that setuptools has given up, to read its queries."""

    def resource_stream(self, module: str, path: str) -> IO[bytes]:
        """A file beside a module; a query in it finds in schema public what it would find by the search path."""
        content = files(sys.modules[module].__package__ or module).joinpath(path).read_bytes()
        return BytesIO(_VISIBLE.sub(b"n.nspname = 'public'", content))


def _import_while_nobody_waits() -> None:
    import migra  # noqa: F401
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401


def failed(error: Exception) -> Answer:
    """What is answered where an error stands in the way."""
    return Answer(differences=[], failure=f"{type(error).__name__}: {str(error).strip()}".splitlines()[0])


def _answer(reached_url: str, wanted_url: str, left_out: str, reading_url: str) -> Answer:
    try:
        return Answer(differences=_differences(reached_url, wanted_url, left_out, reading_url), failure="")
    except Exception as error:  # migra fails in many ways on what it does not know; none of them is a verdict
        return failed(error)


def _differences(reached_url: str, wanted_url: str, left_out: str, reading_url: str) -> list[str]:
    from migra import Migration

    engines = [_engine(url) for url in (reached_url, wanted_url)]
    try:
        with engines[0].connect() as reached, engines[1].connect() as wanted:
            migration = Migration(reached, wanted, exclude_schema=left_out)
            _leave_out_what_means_nothing(migration.changes.i_from, reached)
            _leave_out_what_means_nothing(migration.changes.i_target, wanted)
            reached.rollback()  # whoever reads texts once more needs the locks
            wanted.rollback()
            if reading_url:
                settle_words(migration.changes.i_from, migration.changes.i_target, reading_url)
            migration.set_safety(False)
            migration.add_all_changes()
            return [str(statement).strip() for statement in migration.statements]
    finally:
        for engine in engines:
            engine.dispose()


_COPIES = """
    SELECT n.nspname::text, r.relname::text, c.conname::text
      FROM pg_catalog.pg_constraint AS c
      JOIN pg_catalog.pg_class AS r ON r.oid = c.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
     WHERE c.contype = 'f' AND c.conparentid <> 0
"""
"""Foreign keys that Postgres derives where a partitioned table is on either side, named as partitions come."""


def _leave_out_what_means_nothing(inspected: Any, connection: "Connection") -> None:
    """Also what migra sees by halves: foreign keys derived from another one, order of roles, tables without columns."""
    copies = {tuple(row) for row in connection.exec_driver_sql(_COPIES)}
    for name, constraint in list(inspected.constraints.items()):
        if (constraint.schema, constraint.table_name, constraint.name) in copies:
            del inspected.constraints[name]
    for name in [name for name, table in inspected.tables.items() if not table.columns]:
        for relations in (inspected.tables, inspected.relations, inspected.selectables):
            relations.pop(name, None)
    for policy in inspected.rlspolicies.values():
        policy.roles = sorted(policy.roles)


def _engine(url: str) -> "Engine":
    import psycopg
    from sqlalchemy import create_engine, pool

    # SQLAlchemy would leave out parameters without a value, which libpq would then take from its environment
    # and names are told as everywhere, whatever search_path the database sets
    def connect() -> psycopg.Connection:
        connection = psycopg.connect(url, autocommit=True)
        connection.execute("SET search_path = ''")
        connection.autocommit = False
        return connection

    return create_engine("postgresql+psycopg://", creator=connect, poolclass=pool.NullPool)
