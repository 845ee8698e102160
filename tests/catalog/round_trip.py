"""Round trips of one object on a real server: what is read can be written, and read again it is the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME, RANK
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.statement import Statement
from schemadiff.scratch.server import ScratchServer

IN_PLACE = {"both": (True, True), "forward": (True, False), "neither": (False, False)}


@dataclass(frozen=True)
class Case:
    """One object in several states, each made by SQL in schema `s`, which holds what `setup` makes.

    Every state is reached from the one before it and the other way round, while the objects that `users`
    makes are there. `in_place` names the directions in which Postgres alters it: both, forward or neither.
    `since` is the first version (server_version_num) that knows the SQL.
    """

    kind: str
    name: str
    states: tuple[str, ...]
    setup: str = ""
    users: str = ""
    cleanup: str = ""
    in_place: str = "both"
    since: int = 0

    def __str__(self) -> str:
        return f"{self.kind}: {self.name} {self.states[-1][:60]}"

    @property
    def identity(self) -> Identity:
        return Identity(self.kind, Quoted(self.name))


@contextmanager
def empty_database(server: ScratchServer, name: str) -> Iterator[Connection[TupleRow]]:
    """A connection as superuser to a database of its own, which is dropped afterwards."""
    server.create_database(name)
    try:
        with psycopg.connect(server.url(name), autocommit=True) as connection:
            yield connection
    finally:
        server.drop_database(name)


def check(connection: Connection[TupleRow], case: Case) -> None:
    """Make, drop and remake every state, then go from each to the next and back."""
    wanted = [_written_as_read(connection, case, state) for state in case.states]
    for (state, before), (_, after) in pairwise(zip(case.states, wanted, strict=True)):
        _make(connection, case, state + ";" + case.users)
        if case.users:
            before = inspect(connection, Scope.of())[case.identity]
        there, reached = _change(connection, before, after)
        back, _ = _change(connection, reached, before)
        assert (there, back) == IN_PLACE[case.in_place]


def _make(connection: Connection[TupleRow], case: Case, state: str) -> None:
    connection.execute("SET client_min_messages = error")
    connection.execute("RESET search_path; DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s")
    for sql in (case.cleanup, case.setup, state):
        if sql:
            connection.execute(sql.encode())


def _written_as_read(connection: Connection[TupleRow], case: Case, state: str) -> CatalogObject:
    _make(connection, case, state)
    catalog = inspect(connection, Scope.of())
    made = catalog[case.identity]
    earlier, later = _parts(catalog, case)
    run(connection, made.drop())
    for part in (*earlier, made, *later):
        run(connection, part.create())
    again = inspect(connection, Scope.of())
    _expect_equal(again, made)
    return made


def _parts(catalog: Catalog, case: Case) -> tuple[list[CatalogObject], list[CatalogObject]]:
    """What goes with the object yet has to be there before it, and the comments on it."""
    along = catalog.dependencies.takes_along.get(case.identity, set())
    needed = along & catalog.dependencies.needs.get(case.identity, set())
    comments = [found for found in catalog if found.KIND == "comment" and found.within() == case.identity]
    return [catalog[identity] for identity in sorted(needed, key=lambda of: RANK[of.kind])], comments


def _change(
    connection: Connection[TupleRow], before: CatalogObject, after: CatalogObject
) -> tuple[bool, CatalogObject]:
    """Turn the object as it is into what it shall be; returns whether it was done in place, and what it is now."""
    cls = BY_NAME[after.KIND]
    differing = [f for f in cls.COLUMNS[: cls.COMPARED] if getattr(before, f) != getattr(after, f)]
    assert differing, "the states do not differ"
    replaced = not cls.REPLACING.isdisjoint(differing) or after.must_replace(before)
    if replaced:
        run(connection, before.drop())
        run(connection, after.create())
    else:
        methods = dict.fromkeys(cls.ALTERING[f][0] for f in differing)
        for method in methods:
            run(connection, getattr(after, method)(before))
    reached = inspect(connection, Scope.of())
    _expect_equal(reached, after)
    return not replaced, reached[after.id]


def run(connection: Connection[TupleRow], statements: object) -> None:
    connection.execute("SET search_path = ''; SET check_function_bodies = off")
    for statement in statements:  # type: ignore[attr-defined]
        assert isinstance(statement, Statement)
        connection.execute(statement.sql.encode())


def _expect_equal(catalog: Catalog, wanted: CatalogObject) -> None:
    found = catalog[wanted.id]
    names = type(found).COLUMNS[: type(found).COMPARED]
    assert {f: getattr(found, f) for f in names} == {f: getattr(wanted, f) for f in names}
