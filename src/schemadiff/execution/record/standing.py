"""Ledger and archive are used only as we make them: whoever else owns or has changed them, nothing runs in there."""

from collections.abc import Collection, Iterator
from textwrap import indent

from schemadiff.catalog.private_schema import PrivateTable, findings, revocations, strangers
from schemadiff.connection import Connection
from schemadiff.errors import Refused

_SCHEMA = "SELECT FROM pg_catalog.pg_namespace WHERE nspname = %s"

_FULL_NAMES = "SELECT set_config('search_path', '', true)"


def standing(
    connection: Connection,
    schema: str,
    tables: Collection[PrivateTable],
    *,
    reading: bool = False,
    applying: str | None = None,
) -> frozenset[str] | None:
    """The names of those `tables` that are there, None where there is no such schema.

    `reading` and `applying` as for `strangers`.

    Errors: Refused, naming the owner, where the schema or one of the tables is another's, or not as we make it.
    """
    with connection.transaction():
        connection.execute(_FULL_NAMES)
        if connection.execute(_SCHEMA, [schema]).fetchone() is None:
            return None
        names = [table.name for table in tables]
        others = connection.execute(strangers(schema, names, reading=reading, applying=applying).encode()).fetchall()
        found = connection.execute(findings(schema, names).encode()).fetchall()
    owner = next((owner for *_, owner in others if owner), None)
    lines = [_line(name and f"{schema}.{name}", words) for name, words, _ in others]
    there = frozenset(str(name) for name, *_ in found)
    for table in tables:
        if table.name in there:
            lines += _deviations(table, {line for name, line, _ in found if name == table.name})
    if lines:
        raise Refused(_refusal(schema, owner, lines))
    return there


def create_private(connection: Connection, schema: str, tables: Collection[PrivateTable]) -> None:
    """Make those `tables` that are missing, and the schema, for their owner alone; in one transaction, or not at all.

    Errors: those of `standing`; psycopg.Error where the current role may not, or another session makes them meanwhile.
    """
    with connection.transaction():
        connection.execute(_FULL_NAMES)
        there = standing(connection, schema, tables)
        lacking = [table for table in tables if table.name not in (there or ())]
        if not lacking:
            return
        if there is None:
            connection.execute(f"CREATE SCHEMA {schema}".encode())
        for table in lacking:
            connection.execute(table.create().encode())
        made = revocations(schema, [table.name for table in lacking], whole=there is None)
        for (statement,) in connection.execute(made.encode()).fetchall():
            connection.execute(statement.encode())
        standing(connection, schema, tables)


def _deviations(table: PrivateTable, found: set[str]) -> Iterator[str]:
    name = f"{table.schema}.{table.name}"
    yield from (_line(name, f"has {line}") for line in sorted(found - table.lines))
    yield from (_line(name, f"lacks {line}") for line in sorted(table.lines - found))


def _line(name: str | None, words: str) -> str:
    return f"table {name} {words}" if name else f"the schema {words}"


def _refusal(schema: str, owner: str | None, lines: list[str]) -> str:
    said = indent("\n".join(lines), "  ")
    if owner:
        step = (
            f"look at what {owner} made there; if it is of your own runs, use the role that applied them, or hand it "
            f"over with 'ALTER SCHEMA {schema} OWNER TO ...' and the same for its tables; if not, drop it: "
            f"DROP SCHEMA {schema} CASCADE"
        )
    else:
        step = (
            "take back what was added or granted there; if it was never made by schemadiff, move it away: "
            f"ALTER SCHEMA {schema} RENAME TO ..."
        )
    return f"schema {schema} is not used, since it is not as schemadiff makes it; nothing was run:\n{said}\n{step}"
