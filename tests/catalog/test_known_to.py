"""A younger server is read in the words of an older one: the same SQL gives the same catalog."""

import os
from collections.abc import Callable, Iterator
from itertools import count

import psycopg
import pytest

from corpus.case import CASES, CorpusCase
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.newer import beyond
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.versions import major
from schemadiff.difference.explanation import differences, sentences
from schemadiff.scratch.server import ScratchServer

OLDER = 15
LOADER = "known_loader"
"""A superuser of one name on both servers."""
_NUMBERS = count(1)
_NO_OBJECTS = ("role", "tablespace", "extension")
"""What not every server has: cases that name such a thing run where it is there."""


@pytest.fixture(scope="module")
def servers(server15: ScratchServer, server17: ScratchServer) -> Iterator[tuple[ScratchServer, ScratchServer]]:
    """The older server and the younger one, with the roles that cases name."""
    if major(server15.version_num) != OLDER:
        pytest.skip("no Postgres 15 here")
    for server in (server15, server17):
        server.create_role(LOADER, "SUPERUSER LOGIN")
        for role in ("corpus_alice", "corpus_bob", "corpus Carol"):
            server.create_role(role)
    yield server15, server17
    for server in (server15, server17):
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP ROLE {LOADER}".encode())


def _sides() -> Iterator[object]:
    for case in CASES:
        if case.runs_on(OLDER) and not case.icu:
            yield from (pytest.param(case, side, id=f"{case}-{side}") for side in "ab")


@pytest.mark.parametrize(("case", "side"), tuple(_sides()))
def test_the_corpus_on_both(servers: tuple[ScratchServer, ScratchServer], case: CorpusCase, side: str) -> None:
    sql = case.a if side == "a" else case.b
    older, younger = (_loaded(server, sql, servers[0].version_num) for server in servers)
    assert older.known_to == younger.known_to
    assert not sentences(differences(younger, older))
    assert not list(beyond(younger, older.server_version))


def _loaded(server: ScratchServer, sql: str, known_to: int) -> Catalog:
    name = f"known_{os.getpid()}_{next(_NUMBERS)}"
    server.create_database(name)
    try:
        with psycopg.connect(server.url(name, LOADER), autocommit=True) as connection:
            connection.execute("SET client_min_messages = error; SET allow_in_place_tablespaces = on")
            try:
                connection.execute(sql.encode())
            except psycopg.errors.UndefinedObject as error:
                if any(word in str(error) for word in _NO_OBJECTS):
                    pytest.skip(str(error))
                raise
            connection.execute("RESET ALL")
            return inspect(connection, Scope.of(), as_known_to=known_to)
    finally:
        server.drop_database(name)


def test_what_the_older_server_cannot_hold_is_named(
    server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    with psycopg.connect(fresh_database(server17), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE t (a int, b int, UNIQUE NULLS NOT DISTINCT (a)); CREATE UNLOGGED SEQUENCE s;"
            "CREATE VIEW v WITH (security_invoker) AS SELECT a FROM t"
        )
        catalog = inspect(connection, Scope.of(), as_known_to=140000)
    assert sorted(beyond(catalog, 140000)) == [
        "sequence public.s: UNLOGGED, since PostgreSQL 15",
        "table constraint t_a_key ON public.t: NULLS NOT DISTINCT, since PostgreSQL 15",
        "view public.v: security_invoker, since PostgreSQL 15",
    ]
    assert not list(beyond(catalog, catalog.server_version))
