"""Which type changes are known to leave values as they are, against what Postgres does."""

from collections.abc import Callable

import psycopg

from schemadiff.catalog.kinds.type_conversion.kept_values import rewrites
from schemadiff.catalog.sql import Sql
from schemadiff.scratch.server import ScratchServer

PAIRS = [
    ("character varying(10)", "character varying(20)"),
    ("character varying(20)", "character varying(10)"),
    ("character varying(20)", "character varying"),
    ("character varying(20)", "text"),
    ("text", "character varying"),
    ("text", "character varying(20)"),
    ("character(5)", "character(10)"),
    ("numeric(8,2)", "numeric(10,2)"),
    ("numeric(10,2)", "numeric(8,2)"),
    ("numeric(8,2)", "numeric(10,3)"),
    ("numeric(8,2)", "numeric"),
    ("numeric", "numeric(8,2)"),
    ("timestamp(3) with time zone", "timestamp with time zone"),
    ("timestamp with time zone", "timestamp(3) with time zone"),
    ("time(2) without time zone", "time(4) without time zone"),
    ("interval(2)", "interval(4)"),
    ("bit varying(4)", "bit varying(8)"),
    ("cidr", "inet"),
    ("integer", "bigint"),
    ("integer", "text"),
    ("character varying(10)[]", "character varying(20)[]"),
]


def test_what_is_called_harmless_leaves_the_file_node(
    server: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    with psycopg.connect(fresh_database(server), autocommit=True) as connection:
        for number, (before, after) in enumerate(PAIRS):
            table = f"t{number}"
            connection.execute(f"CREATE TABLE {table} (c {before})".encode())
            query = f"SELECT pg_relation_filenode('{table}')".encode()
            old = connection.execute(query).fetchone()
            connection.execute(f"ALTER TABLE {table} ALTER COLUMN c TYPE {after} USING c::{after}".encode())
            written_anew = connection.execute(query).fetchone() != old
            assert rewrites(Sql(before), Sql(after)) == written_anew, (before, after)
