"""A type that has a name and nothing else yet, so that the functions it needs can be written."""

from schemadiff.catalog.declaring.fields import carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("shell type", catalog="pg_type", keyword="TYPE")
class ShellType(CatalogObject):
    """The bare name of a type: one left undefined, or one whose own functions must come before it."""

    schema: Quoted = carries()

    PLACE = Place("typnamespace", rows="NOT typisdefined")
    RARE = "pg_type WHERE typtype IN ('b', 'p', 'r') AND typinput <> 'array_in'::regproc AND oid >= 16384"
    SHELL_OF = ("base type", "range type")
    OWNED = True
    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, t.typname) AS identity,
               quote_ident(n.nspname) AS schema, quote_ident(pg_get_userbyid(t.typowner)) AS owner
        FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        WHERE n.oid = ANY(%(schemas)s)
          AND (NOT t.typisdefined
               OR t.typtype = 'b'
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS e WHERE e.typarray = t.oid)
               OR EXISTS (SELECT FROM pg_catalog.pg_range AS r
                          WHERE r.rngtypid = t.oid AND r.rngcanonical <> 0))
          AND {of_no_extension("pg_type", "t.oid")}
    """

    def uses(self) -> tuple[Identity, ...]:
        return (Identity("schema", self.schema),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (Statement(Sql(f"CREATE TYPE {self.identity}")),)
