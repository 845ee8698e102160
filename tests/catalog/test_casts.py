"""The casts between built-in types that are known, against those that the server has."""

from collections.abc import Callable
from itertools import permutations

import psycopg
import pytest

from schemadiff.catalog.kinds.type_conversion.builtin_casts import CASTABLE, CASTS, text_between
from schemadiff.catalog.sql import Sql
from schemadiff.scratch.server import ScratchServer

SERVERS_CASTS = """
SELECT castsource::regtype::text, casttarget::regtype::text FROM pg_cast
WHERE castsource::regtype::text = ANY(%(types)s) AND casttarget::regtype::text = ANY(%(types)s)
  AND castsource <> casttarget
"""


def test_known_casts_are_the_servers(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    with psycopg.connect(fresh_database(server), autocommit=True) as connection:
        found = set(connection.execute(SERVERS_CASTS, {"types": sorted(CASTABLE)}))
    known = set(permutations(CASTABLE, 2)) & CASTS
    # 14 has it, and 15 took it away
    assert found - {("path", "point")} == known


@pytest.mark.parametrize(
    ("before", "after", "form"),
    [
        ("integer", "uuid", "text"),
        ("integer[]", "uuid[]", "text[]"),
        ("integer[]", "jsonb", "text"),
        ("timestamp(3) with time zone", "integer", "text"),
        ("timestamp(3) with time zone", "time(0) without time zone", None),
        ("numeric(8,2)", "integer", None),
        ("numeric(8,2)[]", "integer[]", None),
        ("text", "uuid", None),
        ("uuid", "character varying(36)", None),
        ("shop.kind", "integer", None),
        ("hstore", "jsonb", None),
    ],
)
def test_values_go_by_their_text_where_there_is_no_cast(before: Sql, after: Sql, form: Sql | None) -> None:
    assert text_between(before, after) == form
