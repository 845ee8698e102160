"""Names that break a line are spelled out, and what cannot hold one is not taken apart."""

import re
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st
from pglast.parser import ParseError, scan

from schemadiff.catalog.sql import Sql
from schemadiff.plans.scripts.spelling import spelled

_PARTS = (
    *("'", "''", '"', '""', "$", "$$", "$a$", "E'", "U&", "\\"),
    *("--", "/*", "*/", "-", "/", "*", "(", ";"),
    *("\n", "\t", " ", "a", "b", "x"),
)


def names(sql: str) -> list[str]:
    """The quoted names of a text, as the scanner of Postgres finds them."""
    tokens = [(token.name, sql[token.start : token.end + 1]) for token in scan(sql)]
    return [text for kind, text in tokens if kind in ("IDENT", "UIDENT") and '"' in text]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_PARTS), max_size=14).map("".join))
def test_no_name_breaks_a_line(text: str) -> None:
    try:
        scan(text)
    except ParseError:
        return
    assert not [name for name in names(spelled(Sql(text))) if re.search(r"[\n\t]", name)]


def test_a_name_that_begins_behind_a_quote_in_a_string() -> None:
    assert spelled(Sql('SELECT \'it"s\' AS "na\nme"')) == 'SELECT \'it"s\' AS U&"na\\000Ame"'


def test_a_name_that_is_spelled_with_escapes_already() -> None:
    assert spelled(Sql('SELECT 1 AS U&"a\nb\\0041"')) == 'SELECT 1 AS U&"a\\000Ab\\0041"'


def test_plain_names_need_no_parser() -> None:
    """It takes longer to load than a diff to print."""
    script = (
        '-- 1.1 + add table shop."order line" and "x y"\nCREATE TABLE shop."order line" (\n    "no" integer - 1,\n'
        "    b text DEFAULT 'x'\n);\n\nDROP INDEX \"a b\";\n"
    )
    code = (
        "import sys; from schemadiff.plans.scripts.spelling import spelled; "
        f"assert spelled({script!r}) == {script!r}; assert 'pglast' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
