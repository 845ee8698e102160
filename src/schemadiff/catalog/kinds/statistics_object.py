"""Extended statistics over columns or expressions of a table."""

from collections.abc import Iterator

from schemadiff.catalog.declaring.fields import alters, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.letters import USUAL_TARGET
from schemadiff.catalog.kinds.shared.membership import neither_of_an_extension
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Statement, changing


@kind("statistics object", catalog="pg_statistic_ext", keyword="STATISTICS")
class StatisticsObject(CatalogObject):
    """A statistics object as the server prints it; what ANALYZE found is data.

    Postgres makes it again when a column of it changes type, and forgets the target, so we do that ourselves.
    """

    definition: Sql = replaces()
    """With the columns by name: they are a set, and stand in the order in which the table got them."""
    target: int = alters(values=USUAL_TARGET)
    """-1 for the usual one."""

    PLACE = Place("stxnamespace")
    RARE = "pg_statistic_ext"
    OWNED = True
    QUERY = f"""
        SELECT s.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, s.stxname) AS identity,
               replace(pg_get_statisticsobjdef(s.oid), ' ON ' || k.printed, ' ON ' || k.by_name) AS definition,
               coalesce(s.stxstattarget, -1)::int4 AS target,
               quote_ident(pg_get_userbyid(s.stxowner)) AS owner
        FROM pg_catalog.pg_statistic_ext AS s
        JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
        CROSS JOIN LATERAL (
          SELECT coalesce(string_agg(quote_ident(a.attname), ', ' ORDER BY u.place), '') AS printed,
                 coalesce(string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname), '') AS by_name
          FROM unnest(s.stxkeys) WITH ORDINALITY AS u (number, place)
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = s.stxrelid AND a.attnum = u.number) AS k
        WHERE n.oid = ANY(%(schemas)s)
          AND {neither_of_an_extension(("pg_class", "s.stxrelid"), ("pg_statistic_ext", "s.oid"))}
    """

    def claims(self) -> tuple[tuple[str, str], ...]:
        return (("statistics object", self.identity),)

    def create(self, parts: tuple[Sql, ...] = ()) -> Iterator[Statement]:
        yield Statement(self.definition)
        if self.target >= 0:
            yield from changing(self.alter_target(self), "target")

    def alter_target(self, before: "StatisticsObject") -> tuple[Statement, ...]:
        return (Statement(Sql(f"ALTER STATISTICS {self.identity} SET STATISTICS {self.target}")),)
