"""Templates: what becomes SQL, what is refused, and where errors are said to be."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.desired import limits
from schemadiff.desired.files import Desired, read_desired
from schemadiff.desired.templating import templates
from schemadiff.errors import DesiredError
from schemadiff.scratch.confinement import landlock

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
        ("'numeric(10, 2)' | type", "numeric(10, 2)"),
        ("'app.mood[]' | type", "app.mood[]"),
        ("'now() > $$x$$' | sql", "(now() > $$x$$)"),
        ("'(SELECT max(a) FROM t)' | sql", "((SELECT max(a) FROM t))"),
    ],
)
def test_values_become_sql_through_a_filter(read: Read, expression: str, expected: str) -> None:
    statement = read({"a.sql.j2": f"CREATE VIEW x AS SELECT {{{{ {expression} }}}}"}).statements[0]
    assert statement.sql == f"CREATE VIEW x AS SELECT {expected}"


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
        ("{{ 'int FROM t' | type }}", "is not a type"),
        ("{{ 'int -- x' | type }}", "is not a type"),
        ("{{ 'int; DROP TABLE x' | type }}", "is not a type"),
        ("{{ '1) + (2' | sql }}", "is not an expression"),
        ("{{ '1, 2' | sql }}", "is not an expression"),
        ("{{ '1 /* */' | sql }}", "is not an expression"),
        ("{{ '1 FROM t' | sql }}", "is not an expression"),
        ("{{ vars.region | literal }}", "there is no variable 'region': give it a value under [vars]"),
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


LOOPS = {
    "loops in a loop": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "a macro that calls itself twice": (
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(90) }}"
    ),
    "output without end": "{% for i in range(99999) %}{% for j in range(99999) %}SELECT 1;{% endfor %}{% endfor %}",
    "a filter of filters": "{% for i in range(99999) %}{% set x = range(99999) | map('literal') | join %}{% endfor %}",
}


@pytest.mark.parametrize("template", LOOPS.values(), ids=LOOPS)
def test_a_template_that_does_not_end(read: Read, monkeypatch: pytest.MonkeyPatch, template: str) -> None:
    monkeypatch.setattr(limits, "TEMPLATE_SECONDS", 1)
    error = refused(read, {"a.sql.j2": f"SELECT 1;\n{template}"})
    assert error.startswith("schema/a.sql.j2:2:"), error


@pytest.mark.parametrize(
    "template",
    [
        "{% set x = 'a' * 10 ** 11 %}",
        "{% set ns = namespace(x='a' * 1000) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = n.x + [range(9999) | list] %}{% endfor %}",
        "{{ ('%099999999999d' % 1) | literal }}",
        "{{ 'a'.ljust(10 ** 11) | literal }}",
        "{{ '{:>99999999999}'.format(1) | literal }}",
    ],
)
def test_a_template_that_takes_all_memory(read: Read, monkeypatch: pytest.MonkeyPatch, template: str) -> None:
    monkeypatch.setattr(limits, "TEMPLATE_MEMORY", 200 * 2**20)
    assert refused(read, {"a.sql.j2": f"SELECT 1;\n{template}"}).startswith("schema/a.sql.j2:2:")


@pytest.mark.parametrize("power", ["9 ** (9 ** 9)", "(2 ** 9999) ** 9999", "10 ** 999999"])
def test_a_number_that_takes_for_ever(read: Read, power: str) -> None:
    assert "the power is too large a number" in refused(read, {"a.sql.j2": f"SELECT {{{{ {power} }}}}"})


def test_a_file_that_renders_to_too_much(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_TEXT", 10_000)
    assert "a.sql.j2:1:1: desired files hold more than" in refused(
        read, {"a.sql.j2": "{% for i in range(9999) %}SELECT 1;{% endfor %}"}
    )


def test_the_process_that_renders_reads_no_other_files(tmp_path: Path) -> None:
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    secret = tmp_path / "secret"
    secret.write_text("words")
    (tmp_path / "templates").mkdir()
    program = """
import sys
from pathlib import Path
from schemadiff.desired.templating import worker
worker._shut_in(Path(sys.argv[1]))
for path in ("/etc/passwd", sys.argv[2], "/proc/self/environ"):
    try:
        print(Path(path).read_bytes())
    except PermissionError:
        print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "templates", secret], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["refused"] * 3


def test_a_process_that_fails_is_told_of(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_WORKER", "raise SystemExit(3)")
    assert refused(read, {"a.sql.j2": "SELECT 1"}).startswith("schema/a.sql.j2:1:1: makes the process fail")


def test_a_process_that_hangs_is_ended(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_WORKER", "import time; time.sleep(60)")
    monkeypatch.setattr(templates, "_GRACE_SECONDS", 0)
    monkeypatch.setattr(limits, "TEMPLATE_SECONDS", 1)
    assert refused(read, {"a.sql.j2": "SELECT 1"}).startswith("schema/a.sql.j2:1:1: does not end within 1 seconds")


def test_variables_are_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.sql.j2").write_text(
        "CREATE VIEW x AS SELECT {{ vars.items | literal }}, {{ vars['rows'] }}, {{ vars.a | default(true) | literal }}"
    )
    (statement,) = read_desired(tmp_path, variables={"items": "it's", "rows": 5}).statements
    assert statement.sql == "CREATE VIEW x AS SELECT 'it''s', 5, true"
