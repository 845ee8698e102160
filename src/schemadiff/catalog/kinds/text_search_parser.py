"""A text search parser."""

from schemadiff.catalog.declaring.fields import replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Statement


@kind("text search parser", catalog="pg_ts_parser")
class TextSearchParser(CatalogObject):
    """A text search parser; it has no owner."""

    functions: tuple[str, ...] = replaces()

    PLACE = Place("prsnamespace")
    RARE = "pg_ts_parser WHERE oid >= 16384"
    QUERY = f"""
        SELECT p.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, p.prsname) AS identity,
               array_remove(ARRAY['START = ' || p.prsstart::regproc, 'GETTOKEN = ' || p.prstoken::regproc,
                                  'END = ' || p.prsend::regproc,
                                  'HEADLINE = ' || nullif(p.prsheadline::regproc::text, '-'),
                                  'LEXTYPES = ' || p.prslextype::regproc], NULL) AS functions
        FROM pg_catalog.pg_ts_parser AS p
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.prsnamespace
        WHERE n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_ts_parser", "p.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("text search parser", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (Statement(Sql(f"CREATE TEXT SEARCH PARSER {self.identity} ({', '.join(self.functions)})")),)
