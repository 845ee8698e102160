"""Judges the plans between two schemas on a real server, there and back."""

import difflib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from traceback import format_exception

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from corpus.dump import dumped
from properties.schemas import Pair
from properties.world import Item
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.sequence import Sequence
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.difference.explanation import differences, sentences
from schemadiff.planning.planner import script
from schemadiff.plans.model import Script
from schemadiff.scratch.server import ScratchServer

_NUMBERS = count(1)
_DATA_ERRORS = ("22", "23")
"""Classes of SQLSTATE that say that the rows do not fit the new schema."""
_NO_CAST = "42846"
"""Of a change of type for which Postgres has no cast, which is the user's to solve."""

Values = dict[str, list[TupleRow]]


@dataclass(frozen=True)
class Failure:
    """What is wrong: `signature` is the same for the same failure of a smaller pair."""

    signature: str
    text: str

    @property
    def state(self) -> str:
        """The SQLSTATE where a statement failed."""
        return self.signature.split(" ")[1]


@dataclass(frozen=True)
class Verdict:
    """The failure if there is one, the statements that both sides accepted, and how many were offered."""

    failure: Failure | None
    first: tuple[str, ...]
    second: tuple[str, ...]
    offered: int
    steps: int = 0


class Failed(Exception):
    """Ends the judging of a pair."""

    def __init__(self, signature: str, text: str) -> None:
        self.failure = Failure(signature, text)


def judge(server: ScratchServer, pair: Pair) -> Verdict:
    """The verdict on a pair; rows that contradict the new schema are left out in a second try."""
    verdict = _judge(server, pair)
    if verdict.failure and verdict.failure.state[:2] in _DATA_ERRORS:
        verdict = _judge(server, replace(pair, rows=()))
    if verdict.failure and verdict.failure.state == _NO_CAST:
        return replace(verdict, failure=None)
    return verdict


def _judge(server: ScratchServer, pair: Pair) -> Verdict:
    with _database(server) as (a, url_a), _database(server) as (b, url_b):
        first, second = _load(a, (*pair.first, *pair.rows)), _load(b, pair.second)
        offered = sum(len(item.sql) for side in (pair.first, pair.second) for item in side)
        steps, failure = 0, None
        try:
            sides = Side(a, url_a), Side(b, url_b)
            scripts = there_and_back(server.version_num // 10000, *sides, Scope.of())
            steps = sum(len(plan.steps) for plan in scripts)
        except Failed as failed:
            failure = failed.failure
        return Verdict(failure, first, second, offered, steps)


@contextmanager
def _database(server: ScratchServer) -> Iterator[tuple[Connection[TupleRow], str]]:
    name = f"properties_{os.getpid()}_{next(_NUMBERS)}"
    server.create_database(name)
    try:
        with psycopg.connect(server.url(name), autocommit=True) as connection:
            connection.execute("SET client_min_messages = error")
            yield connection, server.url(name)
    finally:
        server.drop_database(name)


def _load(connection: Connection[TupleRow], items: Iterable[Item]) -> tuple[str, ...]:
    """Run what the server accepts of the statements, and return it."""
    accepted = []
    for item in items:
        for statement in item.sql:
            try:
                connection.execute(statement.encode())
            except psycopg.Error:
                break
            accepted.append(statement)
    return tuple(accepted)


@dataclass(frozen=True)
class Side:
    """A session, and the URL at which a superuser dumps its database."""

    connection: Connection[TupleRow]
    dump_url: str


def there_and_back(major: int, live: Side, wanted: Side, scope: Scope) -> tuple[Script, Script]:
    """Both scripts, after they took `live` to what `wanted` is and back. Raises Failed."""
    connection = live.connection
    with ThreadPoolExecutor(2) as pool:
        dumps = [pool.submit(dumped, side.dump_url, major) for side in (live, wanted)]
        first, last = inspect(connection, scope), inspect(wanted.connection, scope)
        up, down = _plan("up", first, last), _plan("down", last, first)
        kept = _survivors(first, last, up, down)
        values = _values(connection, kept)
        dump_first, dump_last = (dump.result() for dump in dumps)
        for way, plan, catalog, dump in (("up", up, last, dump_last), ("down", down, first, dump_first)):
            apply(way, connection, plan)
            dumping = pool.submit(dumped, live.dump_url, major)
            left = differences(inspect(connection, scope), catalog)
            if left:
                raise Failed(f"{way} leaves {left[0].object.split(' ')[0]}", "\n".join(sentences(left)) + _text(plan))
            _expect_same(f"{way} dump", dumping.result(), dump, plan)
            found = _values(connection, kept)
            for query in (query for query in values if found[query] != values[query]):
                words = f"{query}\nbefore {values[query]}\nafter {found[query]}"
                raise Failed(f"{way} rows", words + _text(plan))
    return up, down


def _plan(way: str, before: Catalog, after: Catalog) -> Script:
    """The script, which must not lean on the order in which the server returned its rows."""
    try:
        made, again = script(before, after), script(_reordered(before), _reordered(after))
    except Exception as error:
        raise Failed(f"{way} refused by {type(error).__name__}", "".join(format_exception(error))) from error
    if _text(made) != _text(again):
        raise Failed(f"{way} unsteady", f"{_text(made)}\n---- again ----\n{_text(again)}")
    return made


def _reordered(catalog: Catalog) -> Catalog:
    rows = {kind: dict(reversed(list(found.items()))) for kind, found in catalog.rows.items()}
    addresses = dict(reversed(list(catalog.addresses.items())))
    return replace(catalog, rows=rows, addresses=addresses, edges=catalog.edges[::-1], _built={})


def apply(way: str, connection: Connection[TupleRow], plan: Script) -> None:
    """Run a script, segment by segment. Raises Failed."""
    connection.execute("SET check_function_bodies = off")
    for segment in plan.segments:
        try:
            if segment.transactional:
                connection.execute("BEGIN")
            for step in segment.steps:
                sql = step.sql
                connection.execute(sql.encode())
            if segment.transactional:
                sql = "COMMIT"
                connection.execute("COMMIT")
        except psycopg.Error as error:
            raise Failed(
                f"{way} {error.sqlstate} at {step.operation} {step.kind}", f"{sql}: {error}\n{_text(plan)}"
            ) from error


def _text(plan: Script) -> str:
    return "\n" + "\n-- next segment\n".join(
        "\n".join(f"{step.sql};" for step in segment.steps) for segment in plan.segments
    )


def _expect_same(what: str, found: list[str], wanted: list[str], plan: Script) -> None:
    found, wanted = [_without_order(entry) for entry in found], [_without_order(entry) for entry in wanted]
    if found != wanted:
        old, new = ("\n".join(entries).splitlines() for entries in (found, wanted))
        lines = "\n".join(difflib.unified_diff(old, new, "reached", "wanted", lineterm="", n=3))
        raise Failed(what, f"{lines}\n{_text(plan)}")


def _without_order(entry: str) -> str:
    """The entry; a table's statements for columns stand in the order of the columns, which is nobody's wish."""
    header, newline, body = entry.partition("\n")
    return header + newline + ("\n".join(sorted(body.split("\n"))) if "Type: TABLE;" in header else body)


def _survivors(first: Catalog, last: Catalog, up: Script, down: Script) -> list[str]:
    """Queries for the values that no script may change: of columns and sequences equal on both sides."""
    lost = {step.object for way in (up, down) for step in way.steps if Hazard.DATA_LOSS in step.hazards}
    types = {name.removeprefix("composite type ") for name in lost if name.startswith("composite type ")}
    types |= _retyped_domains(first, last)
    queries = []
    columns: dict[str, list[Column]] = {}
    for name, values in first.rows[Column.KIND].items():
        column = Column.of(values)
        other = last.rows[Column.KIND].get(name)
        if other is None or f"column {name}" in lost or column.generated:
            continue
        if any(type in column.type for type in types):
            continue
        if Column.of(other).type == column.type and not Column.of(other).generated:
            columns.setdefault(column.table, []).append(column)
    gone = {name.removeprefix("table ") for name in lost if name.startswith("table ")}
    for table, found in sorted(columns.items()):
        if not gone:
            listed = ", ".join(column.name for column in sorted(found, key=lambda column: column.name))
            queries.append(f"SELECT ROW({listed})::text FROM ONLY {table} ORDER BY 1")
    old, new = first.rows[Sequence.KIND], last.rows[Sequence.KIND]
    drawn = "".join(step.sql for way in (up, down) for step in way.steps if "nextval" in step.sql)
    kept = [name for name in sorted(old) if old[name] == new.get(name) and literal(name) not in drawn]
    if not gone:
        queries += [f"SELECT last_value, is_called FROM {name}" for name in kept]
    return queries


def _retyped_domains(first: Catalog, last: Catalog) -> set[str]:
    """Domains whose values are written in other words afterwards, and those over them."""
    old, new = ({name: Domain.of(values) for name, values in side.rows[Domain.KIND].items()} for side in (first, last))
    found = {name for name in old.keys() & new.keys() if old[name].type != new[name].type}
    while over := {name for name, domain in old.items() if any(type in domain.type for type in found)} - found:
        found |= over
    return found


def _values(connection: Connection[TupleRow], queries: list[str]) -> Values:
    connection.execute("SET row_security = off")
    return {query: connection.execute(query.encode()).fetchall() for query in queries}
