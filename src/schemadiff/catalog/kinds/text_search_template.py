"""A text search template."""

from schemadiff.catalog.declaring.fields import replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Statement


@kind("text search template", catalog="pg_ts_template")
class TextSearchTemplate(CatalogObject):
    """A text search template; it has no owner."""

    functions: tuple[str, ...] = replaces()

    PLACE = Place("tmplnamespace")
    RARE = "pg_ts_template WHERE oid >= 16384"
    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, t.tmplname) AS identity,
               array_remove(ARRAY['INIT = ' || nullif(t.tmplinit::regproc::text, '-'),
                                  'LEXIZE = ' || t.tmpllexize::regproc], NULL) AS functions
        FROM pg_catalog.pg_ts_template AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.tmplnamespace
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_ts_template", "t.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("text search template", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (Statement(Sql(f"CREATE TEXT SEARCH TEMPLATE {self.identity} ({', '.join(self.functions)})")),)
