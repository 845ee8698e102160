"""Differences in words: object, field, both values, and the words that differ."""

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.difference.explanation import (
    MOVED,
    Difference,
    differences,
    sentence,
    sentences,
    state_differences,
)
from schemadiff.difference.highlighting import marked
from schemadiff.scratch.server import ScratchServer

FUNCTION = "BEGIN\n  -- one\n  -- two\n  -- three\n  RETURN old_name(a) + 1;\n  -- four\n  -- five\nEND"

FOUND = """
CREATE TABLE public.t (id integer PRIMARY KEY, mood text, n integer DEFAULT 1 NOT NULL);
ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;
CREATE TABLE public.extra (a integer DEFAULT 7);
CREATE SCHEMA app; CREATE TABLE app.t (id integer);
COMMENT ON COLUMN public.t.mood IS 'how it is';
CREATE SEQUENCE public.s;
GRANT SELECT ON public.t TO PUBLIC;
CREATE FUNCTION public.f(a integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  -- the first line
  -- the second line
  RETURN a + 1;
END $$;
"""
EXPECTED = """
CREATE TABLE public.t (id bigint PRIMARY KEY, mood text, n integer);
COMMENT ON COLUMN public.t.mood IS 'how it was';
ALTER TABLE public.t ALTER mood SET STORAGE EXTERNAL;
CREATE SEQUENCE public.s INCREMENT 5;
GRANT SELECT, INSERT ON public.t TO PUBLIC;
CREATE FUNCTION public.f(a integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  -- the first line
  -- the second line
  RETURN a + 2;
END $$;
CREATE VIEW public.v AS SELECT id FROM public.t;
"""
WORDS = """\
sequence public.s: increment is 1, should be 5
schema app should not be there, with 2 parts of it
table public.extra should not be there, with 2 parts of it
table public.t: row-level security is yes, should be no
column public.t.id: type is integer, should be bigint
column public.t.mood: storage is EXTENDED, should be EXTERNAL
column public.t.n: NOT NULL is yes, should be no
default value public.t.n should not be there (1)
view public.v is missing, with 1 part of it
privilege TABLE public.t TO PUBLIC: privileges is SELECT, should be (INSERT, SELECT)
comment COLUMN public.t.mood: text is how it is, should be how it was
function public.f(integer): definition differs, [-is-] {+should be+}
    ...
      -- the second line
      RETURN a + [-1-]{+2+};
    END $function$"""


@pytest.fixture
def catalogs(server: ScratchServer, fresh_database: Callable[..., str]) -> tuple[Catalog, Catalog]:
    """What was found and what was expected."""
    made = []
    for sql in (FOUND, EXPECTED):
        with psycopg.connect(fresh_database(server), autocommit=True) as connection:
            connection.execute(sql.encode())
            made.append(inspect(connection, Scope.of()))
    return made[0], made[1]


def test_object_field_and_both_values(catalogs: tuple[Catalog, Catalog]) -> None:
    found = sentences(differences(*catalogs))
    missing = [words for words in WORDS.split("\n") if words not in "\n".join(found).split("\n")]
    assert not missing, "\n".join(found)
    assert not [words for words in found if "None" in words or "('" in words]


def test_states_are_told_like_catalogs(catalogs: tuple[Catalog, Catalog]) -> None:
    found, expected = (catalog.state() for catalog in catalogs)
    assert set(state_differences(found, expected)) == set(differences(*catalogs))


def test_states_without_values_are_told_by_their_objects(catalogs: tuple[Catalog, Catalog]) -> None:
    found, expected = (catalog.state() for catalog in catalogs)
    words = sentences(state_differences(found, replace(expected, rows=None)), MOVED)
    assert "sequence public.s is different" in words
    assert "table public.extra is new, with 2 parts of it" in words
    assert "view public.v is gone, with 1 part of it" in words


def test_equal_states_do_not_differ(catalogs: tuple[Catalog, Catalog]) -> None:
    catalog, _ = catalogs
    assert differences(catalog, catalog) == ()
    assert state_differences(catalog.state(), catalog.state()) == ()


@pytest.mark.parametrize(
    ("found", "expected", "text"),
    [
        ("a b c", "a x c", "a [-b-]{+x+} c"),
        ("a b c", "a c", "a [-b -]c"),
        ("one two", "uno dos", "[-one two-]{+uno dos+}"),
        ("a\tb", "a b", "a[-\\t-]{+ +}b"),
        ("a\u200bb", "ab", "[-a\\u200bb-]{+ab+}"),
        ("a\nb\n", "a\nb\n\n", "a\nb\n{+\\n+}"),
        ("a\nb\nc", "a\nc", "a\n[-b-]\nc"),
        (
            FUNCTION,
            FUNCTION.replace("old_name", "new_name"),
            "...\n  -- three\n  RETURN [-old_name-]{+new_name+}(a) + 1;\n  -- four\n...",
        ),
        (
            "SELECT " + "word " * 40 + "a " + "word " * 40,
            "SELECT " + "word " * 40 + "b " + "word " * 40,
            "... " + "word " * 11 + "[-a-]{+b+} " + ("word " * 11).strip() + " ...",
        ),
    ],
)
def test_only_the_differing_words_are_marked(found: str, expected: str, text: str) -> None:
    assert marked(found, expected) == text


def test_large_texts_are_compared_by_lines() -> None:
    found, expected = "\n".join(map(str, range(9000))), "\n".join(f"{number} {number}" for number in range(9000))
    assert marked(found, expected).startswith("[-0\n1\n")


def test_a_database_that_moved_is_told_in_the_past() -> None:
    moved = Difference("column public.t.id", "type", "bigint", "integer")
    assert sentence(moved, MOVED) == "column public.t.id: type is bigint, was integer"
    assert sentence(Difference("table public.t", None, None, ""), MOVED) == "table public.t is gone"
