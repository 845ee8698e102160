"""Annotations: what they stand above, or behind."""

from collections.abc import Callable

import pytest

from schemadiff.desired.files import Desired
from schemadiff.errors import DesiredError

from .database import Scratch

Read = Callable[[dict[str, str]], Desired]


def renames(desired: Desired) -> list[tuple[str, str]]:
    return [(str(note.object), note.old) for statement in desired.statements for note in statement.renamed]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("-- @renamed from=old\nCREATE TABLE app.new (a int);", [("table app.new", "old")]),
        ("CREATE TABLE new ( -- @renamed from=old\n  a int)", [("table new", "old")]),
        ("CREATE INDEX new_idx /* @renamed from=old_idx */ ON t(id)", [("index new_idx on t", "old_idx")]),
        ("CREATE TABLE t (\n  a int,\n  -- @renamed from=x\n  b int\n)", [("column b on t", "x")]),
        ("CREATE TABLE t (\n  a numeric(1, 2), -- @renamed from=x\n  b int\n)", [("column a on t", "x")]),
        ("CREATE TABLE t (a int, /* @renamed from=x */ b int)", [("column b on t", "x")]),
        ("CREATE TABLE t (/* @renamed from=x */ a int)", [("column a on t", "x")]),
        ("CREATE TABLE t (a int /* @renamed from=x */, b int)", [("column a on t", "x")]),
        ('CREATE TABLE t (\n  -- @renamed from="Old, one"\n  "New" int)', [("column New on t", "Old, one")]),
        ("CREATE TABLE t (\n -- @renamed from=x\n CONSTRAINT c CHECK (true))", [("constraint c on t", "x")]),
        (
            "CREATE TYPE mood AS ENUM ('a',\n  -- @renamed from=b\n  'new b')",
            [("enum value new b on mood", "b")],
        ),
        ("-- @renamed from=x\nALTER TABLE t ADD CONSTRAINT c CHECK (true)", [("constraint c on t", "x")]),
        ("/* words\n * @renamed from=x\n */\nCREATE VIEW v AS SELECT 1", [("view v", "x")]),
        (
            "-- @renamed from=x\n-- words\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS ''",
            [("function f", "x")],
        ),
        ("CREATE TABLE t (a int); -- words @renamed from=x\nCREATE TABLE u ()", []),
    ],
)
def test_renamed(read: Read, sql: str, expected: list[tuple[str, str]]) -> None:
    assert renames(read({"a.sql": sql})) == expected


def test_renamed_from_another_schema(read: Read) -> None:
    (note,) = read({"a.sql": "-- @renamed from=old.x\nCREATE TABLE new.x ()"}).statements[0].renamed
    assert (note.old_schema, note.old, str(note.position)) == ("old", "x", "schema/a.sql:1:4")


def test_using(read: Read) -> None:
    (note,) = read({"a.sql": "CREATE TABLE t (\n  -- @using a::int + 1\n  a int)"}).statements[0].using
    assert (str(note.object), note.expression) == ("column a on t", "a::int + 1")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("-- @rename from=x\nCREATE TABLE t ()", "1:4: @rename is not an annotation"),
        ("-- @renamed old\nCREATE TABLE t ()", "1:4: @renamed does not say the old name"),
        ("CREATE TABLE t (); -- @renamed from=x\nCREATE TABLE u ()", "1:23: @renamed is above nothing"),
        ("CREATE TABLE t ();\n-- @renamed from=x\n", "2:4: @renamed is above nothing"),
        ("-- @renamed from=x\nGRANT SELECT ON t TO u", "declares no single object"),
        ("CREATE TABLE t (a int,\n-- @renamed from=x\nUNIQUE (a))", "is above a part without a name"),
        ("-- @using a\nCREATE TABLE t ()", "@using is above a table"),
        ("CREATE TABLE t (\n-- @using\na int)", "@using has no expression"),
    ],
)
def test_annotations_that_are_wrong(read: Read, sql: str, message: str) -> None:
    with pytest.raises(DesiredError) as caught:
        read({"é.sql": sql})
    assert message in str(caught.value)


def test_unknown_annotations_list_the_known_ones(read: Read) -> None:
    with pytest.raises(DesiredError, match=r"(?s)@renamed from=old_name.*@using.*@backfill.*@check"):
        read({"a.sql": "-- @todo\nCREATE TABLE t ()"})


def test_schemas_are_resolved_under_the_search_path_of_the_file(read: Read, scratch: Scratch) -> None:
    desired = read(
        {
            "a.sql": (
                "CREATE SCHEMA app; CREATE SCHEMA other; SET search_path = app, public;\n"
                "-- @renamed from=x\nCREATE TABLE t (\n  -- @renamed from=y\n  a int);\n"
                "-- @renamed from=z\nCREATE INDEX i ON t (a);\n"
                "-- @renamed from=g\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
            ),
            "b.sql": "-- @renamed from=w\nCREATE TABLE u ();\n-- @renamed from=v\nCREATE TABLE other.u ();",
        }
    )
    assert [(str(note.object), note.old) for note in scratch.load(desired)] == [
        ("table app.t", "x"),
        ("column a on app.t", "y"),
        ("index i on app.t", "z"),
        ("function app.f", "g"),
        ("table public.u", "w"),
        ("table other.u", "v"),
    ]
