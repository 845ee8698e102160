"""What migra finds different in words alone: a server reads both texts, and what it prints of them decides.

The code is not shared with our own inspection, so that neither hides what the other does wrong.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import psycopg

_NAME = "migra_reads_again"
_VIEW = f"SELECT pg_catalog.pg_get_viewdef('pg_temp.{_NAME}'::pg_catalog.regclass)"


class _Text(NamedTuple):
    """An attribute of two of migra's objects, and how a server reads a value of it: a pattern, and a query."""

    found: Any
    wanted: Any
    attribute: str
    statement: str
    printed: str = _VIEW


def settle_words(found: Any, wanted: Any, url: str) -> None:
    """Give `found` the words of `wanted` where a server reads the same; the database at `url` stays as it is."""
    differing = [text for text in _texts(found, wanted) if _value(text.found, text) != _value(text.wanted, text)]
    if not differing:
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path = ''; SET client_min_messages = error; SET lock_timeout = '10s'")
        for text in differing:
            read = _read(text, text.found, connection)
            if read is not None and read == _read(text, text.wanted, connection):
                setattr(text.found, text.attribute, _value(text.wanted, text))


def _value(built: Any, text: _Text) -> Any:
    return getattr(built, text.attribute)


def _read(text: _Text, built: Any, connection: psycopg.Connection) -> object:
    value = _value(built, text)
    if value is None:
        return None
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(text.statement.format(str(value).rstrip().rstrip(";")).encode())
            return connection.execute(text.printed.encode()).fetchone()
    except psycopg.Error:
        return None


def _both(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    yield from ((found[name], wanted[name]) for name in found.keys() & wanted.keys())


def _texts(found: Any, wanted: Any) -> Iterator[_Text]:
    for one, other in (*_both(found.views, wanted.views), *_both(found.materialized_views, wanted.materialized_views)):
        yield _Text(one, other, "definition", f"CREATE TEMPORARY VIEW {_NAME} AS {{}}")
    for one, other in _both(found.relations, wanted.relations):
        for column in _both(one.columns, other.columns):
            yield _Text(*column, "default", _selected("{}", one.quoted_full_name))
    for one, other in _both(found.indexes, wanted.indexes):
        table = _table(one)
        yield _Text(one, other, "key_expressions", _selected("ROW({})", table))
        yield _Text(one, other, "partial_predicate", _selected("({})", table))
    for one, other in _both(found.rlspolicies, wanted.rlspolicies):
        for attribute in ("qual", "withcheck"):
            yield _Text(one, other, attribute, _selected("({})", _table(one)))
    for one, other in _both(found.constraints, wanted.constraints):
        valid = " NOT VALID" if one.constraint_type == "CHECK" else ""
        statement = f"ALTER TABLE {_escaped(_table(one))} ADD CONSTRAINT {_NAME} {{}}{valid}"
        printed = (
            "SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint "
            f"WHERE conname = '{_NAME}' ORDER BY coninhcount LIMIT 1"
        )
        if one.constraint_type in ("CHECK", "EXCLUDE"):
            yield _Text(one, other, "definition", statement, printed)
    yield from _triggers(found, wanted)


def _triggers(found: Any, wanted: Any) -> Iterator[_Text]:
    printed = f"SELECT pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE tgname = '{_NAME}'"
    rename = 'ALTER TRIGGER {} ON {} RENAME TO "{}"; '
    for one, other in _both(found.triggers, wanted.triggers):
        table = f"{_quoted(one.schema)}.{_quoted(one.table_name)}"
        aside = rename.format(_quoted(one.name), table, f"{_NAME}_aside")
        back = rename.format(_quoted(one.name), table, _NAME)
        yield _Text(one, other, "full_definition", f"{_escaped(aside)}{{}}; {_escaped(back)}", printed)


def _selected(expression: str, table: str) -> str:
    return f"CREATE TEMPORARY VIEW {_NAME} AS SELECT {expression} AS value FROM {_escaped(table)}"


def _table(built: Any) -> str:
    return f"{_quoted(built.schema)}.{_quoted(built.table_name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
