"""Every side of the corpus as files: what is pulled declares exactly the database that it was pulled from."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from corpus.case import CASES
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.desired.files import NOTHING, redrafted
from schemadiff.difference.explanation import differences, sentences
from schemadiff.pulling.declarations import declarations
from schemadiff.pulling.writing import texts
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_desired.desired_database import create_desired_database

FOLDER = Path("/project/desired_schema")
SCOPE = Scope.of()

NOT_IN_FILES = {
    "access-method-handlers", "aggregate-options", "base-type-functions", "conversion-definitions",
    "foreign-data-wrapper-server-mapping", "language-handlers", "transform-functions",
}  # fmt: skip
"""Cases with what only a superuser may create, which files are not trusted with."""
INVALID = {"index-invalid-leftover"}
"""Cases with what is broken on live, which no file can say."""
ATTACHED_TO_ANOTHER = {"index-attached-beside-its-like"}
"""Of two equal indexes of a partition, a new parent takes the first one."""

GIVEN_TO_A_SUPERUSER = {"owner-of-sequence-and-its-table"}
"""Cases that come to name the server's own superuser, who loads them, as an owner: files may not."""

LEFT_OUT = NOT_IN_FILES | INVALID | ATTACHED_TO_ANOTHER | GIVEN_TO_A_SUPERUSER
OTHERS = [case for case in CASES if not case.icu and case.name not in LEFT_OUT]


@pytest.fixture(scope="module", params=["server15", "server17"])
def shadow(request: pytest.FixtureRequest) -> Iterator[ShadowDatabases]:
    """Shadow databases, also for what stands in for live; the corpus' roles and tablespace are there."""
    server: ScratchServer = request.getfixturevalue(request.param)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("SET allow_in_place_tablespaces = on")
        for role in ("corpus_alice", "corpus_bob", "corpus Carol"):
            server.create_role(role)
        if not connection.execute("SELECT FROM pg_tablespace WHERE spcname = 'corpus space'").fetchall():
            connection.execute("CREATE TABLESPACE \"corpus space\" LOCATION ''")
    made = ShadowDatabases(server, SCOPE, None, "pulling_owner")
    made.deputy.beside_superusers = True  # what stands in for live belongs to the server's own
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute('GRANT corpus_alice, corpus_bob, "corpus Carol" TO pulling_owner')
        connection.execute('GRANT CREATE ON TABLESPACE "corpus space" TO pulling_owner')
    yield made
    server.drop_database("baseline")


@contextmanager
def live(shadow: ShadowDatabases, text: str) -> Iterator[tuple[Connection[TupleRow], Catalog]]:
    """A database with `text` loaded by a superuser, read as the one who loads files."""
    server = shadow.server
    shadow.clone("baseline", "live")
    try:
        with psycopg.connect(server.url("live"), autocommit=True) as connection:
            connection.execute("SET client_min_messages = error")
            if text.strip():
                connection.execute(text.encode())
        with psycopg.connect(server.url("live", shadow.role), autocommit=True) as connection:
            yield connection, inspect(connection, SCOPE)
    finally:
        server.drop_database("live")


@pytest.mark.parametrize("place", range(0, len(OTHERS), 2), ids=lambda place: OTHERS[place].name)
def test_what_is_pulled_declares_what_it_was_pulled_from(shadow: ShadowDatabases, place: int) -> None:
    """Each case once, every second one on either version."""
    major = shadow.server.version_num // 10000
    case = OTHERS[min(place + (major == 17), len(OTHERS) - 1)]
    if not case.runs_on(major):
        pytest.skip("not for this version")
    with live(shadow, case.b) as (_, found):
        made = texts(declarations(shadow.read("baseline"), found))
        drafted = redrafted(NOTHING, FOLDER, {FOLDER / path: text for path, text in made.items()})
        try:
            declared, _ = create_desired_database(shadow, drafted, "declared", found)
            left = sentences(differences(found, declared))
            assert not left, "\n".join(left)
        finally:
            shadow.server.drop_database("declared")
