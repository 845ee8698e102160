"""Templates: what becomes SQL, what is refused, and where errors are said to be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.desired.files import Desired
from schemadiff.errors import DesiredError

from .database import Scratch

Read = Callable[[dict[str, str]], Desired]

VIEW = """\
{#- words -#}
{%- macro view(name, table) -%}
CREATE VIEW {{ name | ident }} AS
  SELECT 'ü' AS "ä", t.* FROM {{ table | qname }} AS t
{%- endmacro %}
"""


def refused(read: Read, files: dict[str, str]) -> str:
    with pytest.raises(DesiredError) as caught:
        read(files)
    return str(caught.value)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'plain' | ident", "plain"),
        ("'select' | ident", '"select"'),
        ("'Two \"words' | ident", '"Two ""words"'),
        ("'app.order' | qname", 'app."order"'),
        ("'app.\"a.b\"' | qname", 'app."a.b"'),
        ("'it''s' | literal", "'its'"),
        ('"it\'s" | literal', "'it''s'"),
        ("'a\\\\b' | literal", "E'a\\\\b'"),
        ("none | literal", "NULL"),
        ("true | literal", "true"),
        ("5", "5"),
        ("['a', 'B'] | map('ident') | join(' <> ')", 'a <> "B"'),
        ("('a' ~ '_' ~ 'b') | ident", "a_b"),
        ("['a', 'b'] | join('_') | ident", "a_b"),
    ],
)
def test_values_become_sql_through_a_filter(read: Read, expression: str, expected: str) -> None:
    statement = read({"a.sql.j2": f"CREATE TABLE x AS SELECT {{{{ {expression} }}}}"}).statements[0]
    assert statement.sql == f"CREATE TABLE x AS SELECT {expected}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("DROP TABLE {{ 'x; y' }}", "the string 'x; y' is not SQL"),
        ("{% set n = 'x' %}DROP TABLE {{ n }}", "is not SQL"),
        ("{{ ('a' | ident) ~ 'b' }}", "SQL is not put together with ~"),
        ("{{ ('a' | ident) + 'b' }}", "SQL is not put together with +"),
        ("{{ ('a' | ident).replace('a', 'b') }}", "unsafe"),
        ("{{ ('a' | ident) | replace('a', 'b') }}", "works on strings"),
        ("{{ ['a', 'b' | ident] | join(', ') }}", "all of the values"),
        ("{{ 'a' | safe }}", "No filter named 'safe'"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ none }}", "write it with the filter | literal"),
        ("{{ nowhere }}", "'nowhere' is undefined"),
        ("{{ nowhere | ident }}", "'nowhere' is undefined"),
        ("{% if %}", "Expected an expression"),
        ("{% include '../secret' %}", "there is no template '../secret'"),
        ("{{ 'a..b' | qname }}", "not a name such as schema.table"),
    ],
)
def test_what_templates_may_not_do(read: Read, template: str, message: str) -> None:
    error = refused(read, {"é.sql.j2": f"-- words\n{template}"})
    assert error.startswith("schema/é.sql.j2:2:") and message in error.splitlines()[0]
    assert template in error.splitlines()[1]


def test_an_error_inside_a_template_names_both_places(read: Read) -> None:
    error = refused(
        read,
        {"templates/view.j2": VIEW, "a.sql.j2": "{% from 'view.j2' import view %}\n\n  {{ view('v', 3) }}"},
    )
    assert error.splitlines()[:2] == [
        "schema/a.sql.j2:3:3: qname: wants a string, got int",
        "      {{ view('v', 3) }}",
    ]
    assert "templates/view.j2:4:" in error and "FROM {{ table | qname }}" in error


def test_a_template_without_the_macro(read: Read) -> None:
    error = refused(read, {"templates/view.j2": VIEW, "a.sql.j2": "{% from 'view.j2' import viev %}{{ viev('v') }}"})
    assert "schema/a.sql.j2:1:" in error and "does not export the requested name 'viev'" in error


def test_an_unknown_table_in_a_template(read: Read, scratch: Scratch) -> None:
    desired = read(
        {
            "templates/view.j2": VIEW,
            "a.sql.j2": "-- ü\n{% from 'view.j2' import view %}\n{{ view('v', 'app.nowhere') }};\n",
            "b.sql": "CREATE SCHEMA app;",
        }
    )
    with pytest.raises(DesiredError) as caught:
        scratch.load(desired)
    assert str(caught.value).splitlines() == [
        'schema/a.sql.j2:3:1: relation "app.nowhere" does not exist',
        "    {{ view('v', 'app.nowhere') }};",
        "    ^",
        "  in the template, templates/view.j2:4:31",
        "      SELECT 'ü' AS \"ä\", t.* FROM {{ table | qname }} AS t",
        "                                  ^",
        "correct the name, or declare it in a desired file",
    ]


def test_rendered_text_of_the_file_itself_is_placed_exactly(read: Read) -> None:
    desired = read({"a.sql.j2": "{% for n in [1, 2] %}\n  CREATE TABLE {{ ('t' ~ n) | ident }} ();\n{% endfor %}"})
    assert [str(statement.position) for statement in desired.statements] == ["schema/a.sql.j2:2:3"] * 2
    assert [statement.sql for statement in desired.statements] == ["CREATE TABLE t1 ()", "CREATE TABLE t2 ()"]


def test_templates_of_a_captured_block(read: Read) -> None:
    text = "{% set words %}it's {{ 3 }}{% endset %}COMMENT ON TABLE t IS {{ words | literal }}"
    assert read({"a.sql.j2": text}).statements[0].sql == "COMMENT ON TABLE t IS 'it''s 3'"


def test_control_characters_are_refused(read: Read) -> None:
    assert "control characters" in refused(read, {"a.sql.j2": "SELECT '\x1e'"})


def test_a_link_out_of_the_templates_is_refused(read: Read, tmp_path: Path) -> None:
    read({"templates/view.j2": VIEW})
    Path("secret").write_text("words")
    Path("templates/link.j2").symlink_to(tmp_path / "secret")
    assert "is a link to a place outside of templates" in refused(read, {"a.sql.j2": "{% include 'link.j2' %}"})
