"""The schemas of the ledger and the archive: open to their owner alone, whatever default privileges grant."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from schemadiff.catalog.sql import Quoted, Sql


def _grantees(objects: str) -> str:
    return f"""
    ARRAY(SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END
          FROM pg_catalog.pg_default_acl AS d, pg_catalog.aclexplode(d.defaclacl) AS acl
          WHERE d.defaclrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
            AND d.defaclnamespace = 0 AND d.defaclobjtype = '{objects}' AND acl.grantee <> d.defaclrole
          ORDER BY 1)"""


@dataclass(frozen=True, slots=True)
class DefaultGrantees:
    """Who else may do something with what the current role creates in a new schema, by its default privileges."""

    schemas: tuple[Quoted, ...] = ()
    tables: tuple[Quoted, ...] = ()

    EXPRESSIONS: ClassVar[str] = f"{_grantees('n')}, {_grantees('r')}"
    """The two fields as SELECT takes them."""

    def private_schema(self, name: str) -> Iterator[Sql]:
        """What creates a schema for its owner alone: without USAGE, nobody else reaches what is in there."""
        yield Sql(f"CREATE SCHEMA IF NOT EXISTS {name}")
        yield from _revoked("SCHEMA", name, self.schemas)

    def private_table(self, name: str) -> Iterator[Sql]:
        """What takes from others what they may do with a new table, once they may use its schema."""
        yield from _revoked("TABLE", name, self.tables)


def _revoked(keyword: str, name: str, grantees: tuple[Quoted, ...]) -> Iterator[Sql]:
    if grantees:
        yield Sql(f"REVOKE ALL ON {keyword} {name} FROM {', '.join(grantees)}")
