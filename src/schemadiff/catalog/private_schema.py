"""The schemas of the ledger and the archive: open to their owner alone, whatever default privileges grant.

Nobody reaches what stands in a schema without USAGE on it: tables in there need no revocations of their own, and one
that is moved to the archive keeps its grants for when it comes back.
"""

from collections.abc import Iterable, Iterator

from schemadiff.catalog.sql import Quoted, Sql

OPEN_TO = """
    ARRAY(SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END
          FROM pg_catalog.pg_default_acl AS d, pg_catalog.aclexplode(d.defaclacl) AS acl
          WHERE d.defaclrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
            AND d.defaclobjtype = 'n' AND acl.grantee <> d.defaclrole
          ORDER BY 1)"""
"""An expression for the roles to which a new schema of the current role is open by default privileges."""


def private_schema(name: str, open_to: Iterable[Quoted]) -> Iterator[Sql]:
    """What creates the schema for the current role alone; `open_to` is what OPEN_TO tells."""
    yield Sql(f"CREATE SCHEMA IF NOT EXISTS {name}")
    if others := ", ".join(open_to):
        yield Sql(f"REVOKE ALL ON SCHEMA {name} FROM {others}")
