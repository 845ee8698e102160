"""An access method for tables or indexes."""

from schemadiff.catalog.declaring.fields import replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement

TYPES = {"i": "INDEX", "t": "TABLE"}


@kind("access method", catalog="pg_am")
class AccessMethod(CatalogObject):
    """An access method that neither Postgres nor an extension brought."""

    type: str = replaces(values={"i": "index", "t": "table"})
    function: Quoted = replaces()

    PLACE = Place()
    RARE = "pg_am WHERE oid >= 16384"
    QUERY = f"""
        SELECT a.oid::int8 AS objid, 0 AS objsubid, quote_ident(a.amname) AS identity, a.amtype::text AS type,
               a.amhandler::regproc::text AS function
        FROM pg_catalog.pg_am AS a
        WHERE a.oid >= 16384
          AND {of_no_extension("pg_am", "a.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("access method", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = f"CREATE ACCESS METHOD {self.identity} TYPE {TYPES[self.type]} HANDLER {self.function}"
        return (Statement(Sql(words)),)
