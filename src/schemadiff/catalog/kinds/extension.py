"""An installed extension; its members belong to it and are never touched."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.identity import natural
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement


@kind("extension", catalog="pg_extension")
class Extension(CatalogObject):
    """An extension with its schema and version."""

    schema: Quoted = alters()
    version: str = alters()
    relocatable: bool = carries()
    makes_schema: bool = carries()
    """Whether CREATE EXTENSION makes the schema: a member of the extension, or the only one that it can lie in."""
    default_version: str | None = carries()

    QUERY = """
        SELECT e.oid::int8 AS objid, 0 AS objsubid, quote_ident(e.extname) AS identity,
               quote_ident(n.nspname) AS schema, e.extversion AS version, e.extrelocatable AS relocatable,
               EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                       WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid
                         AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid
                         AND d.deptype = 'e')
                 OR EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions AS v
                            WHERE v.name = e.extname AND v.version = e.extversion AND v.schema = n.nspname)
                 AS makes_schema,
               a.default_version
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        LEFT JOIN pg_catalog.pg_available_extensions AS a ON a.name = e.extname
        WHERE e.oid = ANY(%(extensions)s)
    """

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = f"CREATE EXTENSION {self.identity}"
        if not self.makes_schema and self.schema != "pg_catalog":
            words += f" SCHEMA {self.schema}"
        if self.version != self.default_version:
            words += f" VERSION {literal(self.version)}"
        return (Statement(Sql(words)),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP EXTENSION {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)

    def must_replace(self, before: "Extension") -> bool:
        older = natural(self.version) < natural(before.version)
        return older or (self.schema != before.schema and not self.relocatable)

    def alter_schema(self, before: "Extension") -> tuple[Statement, ...]:
        return (Statement(Sql(f"ALTER EXTENSION {self.identity} SET SCHEMA {self.schema}")),)

    def alter_version(self, before: "Extension") -> tuple[Statement, ...]:
        words = f"ALTER EXTENSION {self.identity} UPDATE TO {literal(self.version)}"
        return (Statement(Sql(words), (Hazard.EXTENSION_UPGRADE,)),)
