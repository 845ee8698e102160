"""Definitions that a server words otherwise after it has read its own words are the same; others are not."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.difference.diff import diff
from schemadiff.difference.explanation import differences
from schemadiff.planning.planner import script
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.rehearsing.rehearsal import rehearse
from schemadiff.shadow.wording.same_words import in_words_of, other_words

WORDY = (Path(__file__).parent / "wordy.sql").read_text()

Made = tuple[Catalog, str]


@pytest.fixture
def made(server: ScratchServer, fresh_database: Callable[..., str]) -> Callable[[str], Made]:
    """The catalog and the URL of a database made by SQL."""

    def make(sql: str) -> Made:
        url = fresh_database(server)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.encode())
            return inspect(connection, Scope.of()), url

    return make


def test_what_a_copy_words_otherwise_is_the_same(made: Callable[[str], Made]) -> None:
    (live, _), (empty, url) = made(WORDY), made("")
    assert rehearse(script(empty, live), url) is None
    with psycopg.connect(url, autocommit=True) as connection:
        copy = inspect(connection, live.scope)
    worded = {identity.name for identity in diff(copy, live)}
    assert len(worded) > 8, f"the texts come back as they were: only {worded} do not"
    settled = in_words_of(live, copy, url)
    assert differences(settled, live) == ()
    assert len(other_words(copy, settled)) == len(worded)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("IN ('new', 'newer')", "IN ('newer', 'new')"),
        ("words_state CHECK (state IN", "words_state CHECK (state NOT IN"),
        ("VALUE IN ('yes', 'no')", "VALUE IN ('yes')"),
        ("((state IN ('new', 'old')))", "((state IN ('new', 'odd')))"),
        ("THEN 'known'", "THEN 'unknown'"),
        ("SELECT 'second'", "SELECT 'third'"),
        ("FROM words WHERE note IN (SELECT 'a'", "FROM words WHERE note IN (SELECT 'c'"),
        ("UNION SELECT '2'", "UNION ALL SELECT '2'"),
        ("SELECT 'nothing'", "SELECT 'something'"),
        ("DEFAULT ARRAY['a'", "DEFAULT ARRAY['c'"),
        ("WHEN (NEW.state IN", "WHEN (NEW.state NOT IN"),
        ("WHERE EXISTS (SELECT 'a'", "WHERE NOT EXISTS (SELECT 'a'"),
        ("USING (note IN (SELECT 'a'", "USING (note IN (SELECT 'c'"),
        ("USING (note", "USING (NOT note"),
        ("WITH CHECK (state IN ('new', 'old'))", ""),
        ("note FROM words;", "id FROM words;"),
    ],
)
def test_what_means_something_else_stays_different(made: Callable[[str], Made], old: str, new: str) -> None:
    assert WORDY.count(old) == 1
    (live, _), (other, url) = made(WORDY), made(WORDY.replace(old, new))
    assert differences(in_words_of(live, other, url), live)
    with psycopg.connect(url, autocommit=True) as connection:
        assert differences(inspect(connection, live.scope), other) == (), "the database that reads is left as it was"
