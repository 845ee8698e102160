"""How values of a type pass between SQL and a language."""

from schemadiff.catalog.declaring.fields import alters
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("transform", catalog="pg_transform")
class Transform(CatalogObject):
    """A transform that somebody made: its type or a function of it is in scope, or all are built in."""

    from_sql: Quoted | None = alters(by="alter_functions")
    to_sql: Quoted | None = alters(by="alter_functions")

    PLACE = Place()
    RARE = "pg_transform"
    QUERY = f"""
        SELECT t.oid::int8 AS objid, 0 AS objsubid,
               format('FOR %%s LANGUAGE %%I', format_type(t.trftype, NULL), l.lanname) AS identity,
               nullif(t.trffromsql::oid::regprocedure::text, '-') AS from_sql,
               nullif(t.trftosql::oid::regprocedure::text, '-') AS to_sql
        FROM pg_catalog.pg_transform AS t
        JOIN pg_catalog.pg_language AS l ON l.oid = t.trflang
        JOIN pg_catalog.pg_type AS y ON y.oid = t.trftype
        LEFT JOIN pg_catalog.pg_proc AS f ON f.oid = t.trffromsql
        LEFT JOIN pg_catalog.pg_proc AS g ON g.oid = t.trftosql
        WHERE t.oid >= 16384
          AND (ARRAY[y.typnamespace, f.pronamespace, g.pronamespace]::int8[] && %(schemas)s::int8[]
               OR 'pg_catalog'::regnamespace = ALL(array_remove(
                    ARRAY[y.typnamespace, f.pronamespace, g.pronamespace], NULL)))
          AND {of_no_extension("pg_transform", "t.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("transform", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._statement("CREATE"),)

    def alter_functions(self, before: "Transform") -> tuple[Statement, ...]:
        return (self._statement("CREATE OR REPLACE"),)

    def _statement(self, verb: str) -> Statement:
        clauses = [f"FROM SQL WITH FUNCTION {self.from_sql}"] if self.from_sql else []
        clauses += [f"TO SQL WITH FUNCTION {self.to_sql}"] if self.to_sql else []
        return Statement(Sql(f"{verb} TRANSFORM {self.identity} ({', '.join(clauses)})"))
