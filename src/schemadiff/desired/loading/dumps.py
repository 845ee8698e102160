"""Files that pg_dump wrote: their grants are told as if live had no default privileges, which come last in a dump."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg

from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.source import Source

_EMPTY_PATH = re.compile(r"set_config\s*\(\s*'search_path'\s*,\s*''", re.IGNORECASE)
"""What every dump since 2018 does before it creates anything, also where its comments were taken out."""

_TELLING = frozenset({"GrantStmt", "AlterDefaultPrivilegesStmt"})


def dumped_with_privileges(statements: Iterable[DesiredStatement]) -> frozenset[Source]:
    """The files of a dump that says who may do what; one that was made without is read under live's defaults."""
    dumps, telling = set[Source](), set[Source]()
    for statement in statements:
        if any(_EMPTY_PATH.search(setting) for setting in statement.settings):
            dumps.add(statement.source)
        if statement.tag in _TELLING:
            telling.add(statement.source)
    return frozenset(dumps & telling)


@contextmanager
def without_default_privileges(admin: psycopg.Connection) -> Iterator[None]:
    """Let new objects grant nothing by themselves; what is declared meanwhile replaces what there was before.

    There is no statement that sets default privileges aside and back again, roles that are gone included.
    """
    admin.execute("CREATE TEMPORARY TABLE kept_default_acl AS SELECT * FROM pg_catalog.pg_default_acl")
    admin.execute("DELETE FROM pg_catalog.pg_default_acl")
    try:
        yield
    finally:
        admin.execute(
            """
            INSERT INTO pg_catalog.pg_default_acl
            SELECT k.* FROM kept_default_acl AS k
            WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_default_acl AS d
                              WHERE d.defaclrole = k.defaclrole AND d.defaclnamespace = k.defaclnamespace
                                AND d.defaclobjtype = k.defaclobjtype)
            """
        )
        admin.execute("DROP TABLE pg_temp.kept_default_acl")
