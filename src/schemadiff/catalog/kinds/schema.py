"""A schema (namespace)."""

from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Statement


@kind("schema", catalog="pg_namespace")
class Schema(CatalogObject):
    """A schema; what it holds are objects of their own."""

    OWNED = True
    GRANTABLE = "n"
    QUERY = """
        SELECT n.oid::int8 AS objid, 0 AS objsubid, quote_ident(n.nspname) AS identity,
               quote_ident(pg_get_userbyid(n.nspowner)) AS owner,
               coalesce(n.nspacl, acldefault('n', n.nspowner))::text[] AS acl
        FROM pg_catalog.pg_namespace AS n
        WHERE n.oid = ANY(%(schemas)s)
    """

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (Statement(Sql(f"CREATE SCHEMA {self.identity}")),)
