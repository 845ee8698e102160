"""Files that pg_dump wrote: what they create grants nothing by itself; default privileges come last in a dump."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg

from schemadiff.desired.reading.declared import Declared
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.dumped import is_dump
from schemadiff.desired.reading.source import Source

_TELLING = frozenset({"GrantStmt", "AlterDefaultPrivilegesStmt"})


def dumped(statements: Iterable[DesiredStatement]) -> frozenset[Source]:
    """The files that are dumps."""
    return frozenset(source for source in {statement.source for statement in statements} if is_dump(source))


def declared_without_privileges(statements: Iterable[DesiredStatement]) -> tuple[Declared, ...]:
    """What dumps declare that say nothing of privileges, as those made with --no-privileges."""
    found = list(statements)
    telling = {statement.source for statement in found if statement.tag in _TELLING}
    silent = dumped(found) - telling
    return tuple(one.declares for one in found if one.source in silent and one.declares is not None)


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
