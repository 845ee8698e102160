"""A table that a publication publishes."""

from schemadiff.catalog.declaring.fields import carries, replaces
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.newer import Newer
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.catalog.versions import PUBLISHES_PARTS, Version


@kind("publication relation", catalog="pg_publication_rel", keyword="PUBLICATION")
class PublicationRelation(CatalogObject):
    """A table's place in a publication, also in one of the platform's."""

    columns: tuple[Quoted, ...] | None = replaces()
    condition: Sql | None = replaces(words="WHERE")
    publication: Quoted = carries()
    table: Quoted = carries()
    on_platform: bool = carries()
    """Whether the publication is one of the platform's."""

    WORDS = Words(
        create="add {part} to publication {whole}",
        drop="remove {part} from publication {whole}",
        alter="change {part} in publication {whole}",
        split=" in publication ",
    )

    NEWER = (Newer(PUBLISHES_PARTS, "columns or a condition", lambda it: (it.columns, it.condition) != (None, None)),)
    NAMED_AFTER_OTHERS = True

    @classmethod
    def query(cls, version: Version) -> str:
        """Tables in scope; column lists and row filters came with Postgres 15."""
        columns = """
               CASE WHEN r.prattrs IS NOT NULL THEN
                 (SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum) FROM pg_catalog.pg_attribute AS a
                  WHERE a.attrelid = c.oid AND a.attnum = ANY(r.prattrs::int2[])) END AS columns,
               pg_get_expr(r.prqual, c.oid) AS condition,"""
        none = "NULL::text[] AS columns, NULL::text AS condition,"
        return f"""
        SELECT r.oid::int8 AS objid, 0 AS objsubid,
               format('%%I.%%I in publication %%I', n.nspname, c.relname, p.pubname) AS identity,
               {columns if version.has(PUBLISHES_PARTS) else none}
               quote_ident(p.pubname) AS publication, format('%%I.%%I', n.nspname, c.relname) AS "table",
               p.pubname = ANY(%(publications)s) AS on_platform
        FROM pg_catalog.pg_publication_rel AS r
        JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid
        JOIN pg_catalog.pg_class AS c ON c.oid = r.prrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.oid = ANY(%(schemas)s)
        """

    def within(self) -> Identity:
        return Identity("publication", self.publication)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = f"ADD TABLE ONLY {self.table}"
        if self.columns is not None:
            words += f" ({', '.join(self.columns)})"
        if self.condition is not None:
            words += f" WHERE ({self.condition})"
        return (self._alter(words),)

    def drop(self) -> tuple[Statement, ...]:
        unhooks = (Hazard.UNHOOKS_PLATFORM,) if self.on_platform else ()
        return (self._alter(f"DROP TABLE ONLY {self.table}", Hazard.SWITCHES_OFF, *unhooks),)

    def _alter(self, action: str, *hazards: Hazard) -> Statement:
        return Statement(Sql(f"ALTER PUBLICATION {self.publication} {action}"), hazards)
