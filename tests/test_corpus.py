"""Every pair of schemas of the corpus, there and back, judged by our inspection and by pg_dump."""

import difflib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from corpus.asking import expect_a_preflight_for_each_hazard, expect_no_rows
from corpus.case import CASES, CorpusCase, Words
from corpus.dump import dumped
from corpus.server_words import expect_the_servers_words
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import AROUND_SCHEMAS, KINDS
from schemadiff.catalog.reading import inspection
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.config import Online
from schemadiff.desired.data_steps.batch import EVERY_ROW, with_batch
from schemadiff.difference.diff import diff
from schemadiff.difference.explanation import differences, sentences
from schemadiff.planning.both_ways import both_ways
from schemadiff.planning.passes import LEANED_ON
from schemadiff.planning.planner import script
from schemadiff.planning.sizes import Sizes
from schemadiff.plans.model import Script
from schemadiff.plans.preflights import asked_before
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server
from schemadiff.shadow.of_live.invalid_indexes import with_valid_indexes

GIVEN = tuple(url for url in os.environ.get("SCHEMADIFF_TEST_SERVERS", "").split() if url)
"""URLs of servers to run on instead of our own, for other versions; their user is a superuser."""

SHARED = (
    *(
        ("ROLE", f'"{role}"', f"SELECT FROM pg_roles WHERE rolname = '{role}'", "")
        for role in ("corpus_alice", "corpus_bob", "corpus Carol")
    ),
    ("TABLESPACE", '"corpus space"', "SELECT FROM pg_tablespace WHERE spcname = 'corpus space'", "LOCATION ''"),
)
"""What belongs to no database: kind, name, query that finds it, how it is made."""

AWAY = {
    "constraint-index-becomes-constraint", "constraint-key-changes-under-references", "index-under-keys-and-identity",
}  # fmt: skip
"""Cases in which a foreign key is away while an index is built that it needs; the plan says so."""

_NUMBERS = count(1)


@pytest.fixture(scope="module", params=GIVEN or ("server15", "server17"))
def corpus_server(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    """A server with the roles and the tablespace that cases name."""
    with _server(request) as server, psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(9), pg_advisory_lock_shared(10)")
        connection.execute("SET allow_in_place_tablespaces = on")
        for kind, name, query, making in SHARED:
            if connection.execute(query.encode()).fetchone() is None:
                connection.execute(f"CREATE {kind} {name} {making}".encode())
        connection.execute("SELECT pg_advisory_unlock(9)")
        yield server
        if connection.execute("SELECT pg_try_advisory_lock(10)").fetchone() == (True,):
            for kind, name, *_ in SHARED:
                with suppress(psycopg.Error):  # a database that somebody left may name it
                    connection.execute(f"DROP {kind} {name}".encode())


@contextmanager
def _server(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    if request.param in GIVEN:
        with scratch_server(url=request.param) as server:
            yield server
    else:
        yield request.getfixturevalue(request.param)


@contextmanager
def _database(server: ScratchServer, *texts: str) -> Iterator[tuple[Connection[TupleRow], str]]:
    """A database with `texts` loaded, and its name."""
    name = f"corpus_{os.getpid()}_{next(_NUMBERS)}"
    server.create_database(name)
    try:
        with psycopg.connect(server.url(name), autocommit=True) as connection:
            connection.execute("SET client_min_messages = error")
            for text in filter(str.strip, texts):
                connection.execute(text.encode())
            connection.execute("RESET ALL; SET client_min_messages = error")
            yield connection, server.url(name)
    finally:
        with psycopg.connect(server.url(name), autocommit=True) as connection:
            _let_subscriptions_go(connection)
        server.drop_database(name)


def _has_icu(server: ScratchServer) -> bool:
    with psycopg.connect(server.url("postgres")) as connection:
        return connection.execute("SELECT FROM pg_collation WHERE collname = 'und-x-icu'").fetchone() is not None


def _let_subscriptions_go(connection: Connection[TupleRow]) -> None:
    """A database with a subscription cannot be dropped."""
    mine = "SELECT quote_ident(s.subname) FROM pg_subscription AS s, pg_database AS d WHERE d.oid = s.subdbid"
    for (name,) in connection.execute(f"{mine} AND d.datname = current_database()".encode()).fetchall():
        for words in ("ALTER {} DISABLE", "ALTER {} SET (slot_name = NONE)", "DROP {}"):
            connection.execute(words.format(f"SUBSCRIPTION {name}").encode())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_there_and_back(corpus_server: ScratchServer, case: CorpusCase) -> None:
    major = corpus_server.version_num // 10000
    if not case.runs_on(major):
        pytest.skip("not for this version")
    if case.icu and not _has_icu(corpus_server):
        pytest.skip("not without ICU")
    with _database(corpus_server, case.a, case.rows) as (a, url_a), _database(corpus_server, case.b) as (b, url_b):
        first, last = inspect(a, Scope.of()), inspect(b, Scope.of())
        dump_first, dump_last = dumped(url_a, major), dumped(url_b, major)
        expect_the_servers_words(a, first)
        expect_the_servers_words(b, last)
        _expect_nothing_passed_over(b, last)
        kept, restored = _answers(a, case.kept), _answers(a, case.restored)
        _expect_covered(case, first, last)
        with_archive = case.restored or case.online
        up, down = _with_archive(first, last, case) if with_archive else (_plan(first, last), _plan(last, first))
        _expect_words("up", up, case.up)
        _expect_words("down", down, case.down)
        ways = (("up", up, last, dump_last), ("down", down, first, dump_first))
        for way, plan, catalog, dump in ways[:1] if case.one_way else ways:
            assert Hazard.GAP not in plan.hazards or case.name in AWAY, f"{way} leaves a gap{_text(plan)}"
            _apply(way, a, plan, _leaned_on(plan, first, last))
            reached = inspect(a, Scope.of())
            left = differences(reached, with_valid_indexes(catalog) if way == "down" else catalog)
            if left:
                pytest.fail(f"{way} leaves: " + "\n".join(sentences(left)) + _text(plan), pytrace=False)
            assert not script(reached, catalog).segments, f"after {way}, a second plan is not empty"
            if not case.secret:
                _expect_same_dump(way, dumped(url_a, major), dump, plan)
            assert _answers(a, case.kept) == kept, f"{way} does not keep the rows" + _text(plan)
        assert case.one_way or _answers(a, case.restored) == restored, "down does not bring back the rows" + _text(down)


def test_every_field_that_can_change_is_covered() -> None:
    every = {
        f"{cls.KIND}.{field}"
        for cls in KINDS
        for field in (*cls.ALTERING, *cls.REPLACING)
        if cls not in AROUND_SCHEMAS and cls.ROWS is None  # a dump of the schema does not hold them
    } - {"security label.labels"}  # Postgres itself brings no provider of labels
    covered = {field for case in CASES for field in case.covers}
    assert sorted(covered - every) == [], "no such fields"
    assert sorted(every - covered) == [], "no case of the corpus changes these"


def _plan(before: Catalog, after: Catalog) -> Script:
    """The script, which must not lean on the order in which the server returned its rows."""
    made = script(before, after)
    again = script(_reordered(before), _reordered(after))
    assert _text(again) == _text(made), "planning twice does not give the same"
    return made


def _with_archive(first: Catalog, last: Catalog, case: CorpusCase) -> tuple[Script, Script]:
    """Both scripts, of which the first saves what it destroys and the second one gives it back."""
    sizes = Sizes(policy=Online.ALWAYS if case.online else Online.NEVER)
    made = both_ways(first, last, archived=frozenset(), sizes=sizes).scripts
    again = both_ways(_reordered(first), _reordered(last), archived=frozenset(), sizes=sizes).scripts
    assert (_text(again.up), _text(again.down)) == (_text(made.up), _text(made.down)), "planning twice differs"
    return made.up, made.down


def _reordered(catalog: Catalog) -> Catalog:
    rows = {kind: dict(reversed(list(found.items()))) for kind, found in catalog.rows.items()}
    addresses = dict(reversed(list(catalog.addresses.items())))
    return replace(catalog, rows=rows, addresses=addresses, edges=catalog.edges[::-1], _built={})


def _apply(way: str, connection: Connection[TupleRow], plan: Script, leaned_on: set[Identity]) -> None:
    """Run the script; of `leaned_on`, nothing is away at any commit, unless it says so."""
    foretold = {step.id for step in plan.steps if Hazard.GAP in step.hazards}
    connection.execute("SET check_function_bodies = off; SET search_path = ''")
    expect_a_preflight_for_each_hazard(plan)
    asked = asked_before(plan)
    expect_no_rows(connection, asked.get(None, []))
    for number, segment in enumerate(plan.segments, 1):
        expect_no_rows(connection, asked.get(number, []))
        if segment.transactional:
            connection.execute("BEGIN")
        for step in segment.steps:
            try:
                sql = with_batch(step.sql, EVERY_ROW) if segment.backfill else step.sql
                connection.execute(sql.encode())
            except psycopg.Error as error:
                pytest.fail(f"{way} fails at {step.sql}: {error}\n{_text(plan)}", pytrace=False)
        if segment.transactional:
            connection.execute("COMMIT")
        standing = inspect(connection, Scope.of()) if leaned_on else leaned_on
        away = sorted(one for one in leaned_on - foretold if one not in standing)
        assert not away, f"{way}: {away} are away behind segment {number}{_text(plan)}"
    connection.execute("RESET search_path")


def _leaned_on(plan: Script, *ends: Catalog) -> set[Identity]:
    """What is there at both ends and should be all the while; nothing where the script drops none of it."""
    if len(plan.segments) < 2 or not any(s.operation is StepOperation.DROP and s.kind in LEANED_ON for s in plan.steps):
        return set()
    first, *others = ends
    names = {Identity(kind, Quoted(name)) for kind in LEANED_ON for name in first.rows.get(kind, ())}
    return {name for name in names if all(name in other for other in others)}


def _text(plan: Script) -> str:
    return "\n" + "\n-- next segment\n".join(
        "\n".join(f"{step.sql};" for step in segment.steps) for segment in plan.segments
    )


def _answers(connection: Connection[TupleRow], queries: tuple[str, ...]) -> list[list[TupleRow]]:
    return [connection.execute(query.encode()).fetchall() for query in queries]


def _expect_covered(case: CorpusCase, first: Catalog, last: Catalog) -> None:
    changed = {f"{identity.kind}.{f}" for identity, change in diff(first, last).items() for f in change.fields}
    missing = set(case.covers) - changed
    assert not missing, f"the case does not change {missing}, it changes {changed}"


def _expect_nothing_passed_over(connection: Connection[TupleRow], catalog: Catalog) -> None:
    """The queries that the database seems not to need find nothing when they are sent all the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspection, "RARE", "SELECT '', true")
        assert inspect(connection, Scope.of()).rows == catalog.rows


def _expect_words(way: str, plan: Script, words: Words) -> None:
    text = _text(plan)
    missing = [word for word in words.require if word not in text]
    unwanted = [word for word in words.forbid if word in text]
    assert not missing and not unwanted, f"{way}: missing {missing}, unwanted {unwanted}{text}"


def _expect_same_dump(way: str, found: list[str], wanted: list[str], plan: Script) -> None:
    if found != wanted:
        old, new = ("\n".join(entries).splitlines() for entries in (found, wanted))
        lines = "\n".join(difflib.unified_diff(old, new, "reached", "wanted", lineterm="", n=3))
        pytest.fail(f"pg_dump sees a difference after {way}:\n{lines}\n{_text(plan)}", pytrace=False)
