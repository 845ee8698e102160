"""migra's judgement: a differ that shares no code with ours, and has other blind spots."""

import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.plans.model import Opinion

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

JUDGE = "migra"


@cache
def call_the_judge() -> Future[None]:
    """Begin to import migra in a thread of its own: it takes as long as all the rest of planning."""
    return ThreadPoolExecutor(1).submit(_import)


def _import() -> None:
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        import migra  # noqa: F401


def second_opinion(reached_url: str, wanted_url: str) -> Opinion:
    """Whether migra, too, finds no difference between two databases."""
    try:
        found = _differences(reached_url, wanted_url)
    except Exception as error:  # migra fails in many ways on what it does not know; none of them is a verdict
        return Opinion(JUDGE, False, (f"migra itself fails ({_first_line(error)})",), abstains=True)
    return Opinion(JUDGE, not found, found)


def _differences(reached_url: str, wanted_url: str) -> tuple[str, ...]:
    call_the_judge().result()
    from migra import Migration

    engines = [_engine(url) for url in (reached_url, wanted_url)]
    try:
        with engines[0].connect() as reached, engines[1].connect() as wanted:
            migration = Migration(reached, wanted, exclude_schema=ARCHIVE_SCHEMA)
            _forgive(migration.changes.i_from, reached)
            _forgive(migration.changes.i_target, wanted)
            migration.set_safety(False)
            migration.add_all_changes()
            return tuple(str(statement).strip() for statement in migration.statements)
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


def _forgive(inspected: Any, connection: "Connection") -> None:
    """Take out of what migra sees what means nothing or what it sees by halves.

    That is foreign keys that follow another one, the order of roles, and tables without columns.
    """
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
    from sqlalchemy import create_engine, pool

    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=pool.NullPool)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip()}".splitlines()[0]
