"""A cast from one type to another."""

from schemadiff.catalog.declaring.fields import replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.membership import of_no_other
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement

CONTEXTS = {"e": "", "a": " AS ASSIGNMENT", "i": " AS IMPLICIT"}


@kind("cast", catalog="pg_cast")
class Cast(CatalogObject):
    """A cast that somebody made: one that touches a schema in scope, or stands between built-in types."""

    method: str = replaces(values={"f": "function", "b": "binary coercible", "i": "input and output"})
    function: Quoted | None = replaces()
    context: str = replaces(values={"e": "explicit", "a": "assignment", "i": "implicit"})

    REACHES_EVERYTHING = True
    PLACE = Place()
    RARE = "pg_cast WHERE oid >= 16384"
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid,
               format('(%%s AS %%s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL))
                 AS identity,
               c.castmethod::text AS method,
               CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END AS function,
               c.castcontext::text AS context
        FROM pg_catalog.pg_cast AS c
        JOIN pg_catalog.pg_type AS s ON s.oid = c.castsource
        JOIN pg_catalog.pg_type AS t ON t.oid = c.casttarget
        LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = c.castfunc
        WHERE c.oid >= 16384
          AND (ARRAY[s.typnamespace, t.typnamespace, p.pronamespace]::int8[] && %(schemas)s::int8[]
               OR 'pg_catalog'::regnamespace = ALL(ARRAY[s.typnamespace, t.typnamespace])
                  AND coalesce(p.pronamespace = 'pg_catalog'::regnamespace, true))
          AND {of_no_other("pg_cast", "c.oid")}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("cast", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        how = {"f": f"WITH FUNCTION {self.function}", "b": "WITHOUT FUNCTION", "i": "WITH INOUT"}[self.method]
        return (Statement(Sql(f"CREATE CAST {self.identity} {how}{CONTEXTS[self.context]}")),)

    def drop(self) -> tuple[Statement, ...]:
        return (Statement(Sql(f"DROP CAST {self.identity}"), (Hazard.BREAKS_CLIENTS,)),)
