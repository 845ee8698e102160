"""A conversion between encodings."""

from schemadiff.catalog.declaring.fields import replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql, literal
from schemadiff.catalog.statements.statement import Statement


@kind("conversion", catalog="pg_conversion")
class Conversion(CatalogObject):
    """A conversion between two encodings by a function."""

    default: bool = replaces()
    source: str = replaces()
    target: str = replaces()
    function: Quoted = replaces()

    PLACE = Place("connamespace")
    RARE = "pg_conversion WHERE oid >= 16384"
    OWNED = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.conname) AS identity,
               c.condefault AS "default", pg_encoding_to_char(c.conforencoding)::text AS source,
               pg_encoding_to_char(c.contoencoding)::text AS target, c.conproc::regproc::text AS function,
               quote_ident(pg_get_userbyid(c.conowner)) AS owner
        FROM pg_catalog.pg_conversion AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.connamespace
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_conversion", "c.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("conversion", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        default = "DEFAULT " if self.default else ""
        encodings = f"FOR {literal(self.source)} TO {literal(self.target)}"
        return (Statement(Sql(f"CREATE {default}CONVERSION {self.identity} {encodings} FROM {self.function}")),)
