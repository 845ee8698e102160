"""A child's column that has no default although its parent's has one."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("default gap", catalog="pg_attribute", keyword="COLUMN")
class DefaultGap(CatalogObject):
    """A column without the default that a table above it has.

    A change of the default above reaches the column, so that it is a difference here, too.
    """

    expression: Sql = alters(words="default above")
    """The default above."""
    relation_keyword: str = carries()
    table: Quoted = carries()
    column: Quoted = carries()
    inherits: Quoted = carries()

    WORDS = Words(
        create="drop the inherited default of {name}",
        drop="leave the inherited default of {name}",
        alter="drop the inherited default of {name}",
    )
    RARE = "pg_inherits"
    NAMED_AFTER_OTHERS = True
    QUERY = f"""
        WITH RECURSIVE above AS (
            SELECT a.attrelid AS relation, a.attnum AS number, a.attname AS name, a.attrelid AS ancestor, 0 AS level
            FROM pg_catalog.pg_class AS c
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
            WHERE c.oid IN (SELECT inhrelid FROM pg_catalog.pg_inherits)
              AND a.attinhcount > 0 AND NOT a.atthasdef AND NOT a.attisdropped AND a.attidentity = ''
              AND c.relnamespace = ANY(%(schemas)s) AND c.relkind IN ('r', 'p', 'f')
              AND {of_no_extension("pg_class", "c.oid")}
            UNION ALL
            SELECT b.relation, b.number, b.name, h.inhparent, b.level + 1
            FROM above AS b
            JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = b.ancestor
        )
        SELECT DISTINCT ON (b.relation, b.number)
               c.oid::int8 AS objid, b.number AS objsubid,
               format('%%I.%%I.%%I', n.nspname, c.relname, b.name) AS identity,
               pg_get_expr(d.adbin, d.adrelid) AS expression,
               CASE c.relkind WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS relation_keyword,
               format('%%I.%%I', n.nspname, c.relname) AS "table", quote_ident(b.name) AS "column",
               format('%%I.%%I.%%I', pn.nspname, pc.relname, b.name) AS inherits
        FROM above AS b
        JOIN pg_catalog.pg_class AS c ON c.oid = b.relation
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_class AS pc ON pc.oid = b.ancestor
        JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
        JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = pc.oid AND pa.attname = b.name AND pa.attgenerated = ''
        JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = pc.oid AND d.adnum = pa.attnum
        ORDER BY b.relation, b.number, b.level
    """

    def within(self) -> Identity:
        return Identity("column", self.identity)

    def uses(self) -> tuple[Identity, ...]:
        joined = Identity("inheritance", self.table)  # joining brings no default, leaving takes none away
        return (self.within(), joined, Identity("default value", self.inherits))

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        made = f"ALTER {self.relation_keyword} ONLY {self.table} ALTER COLUMN {self.column} DROP DEFAULT"
        return (Statement(Sql(made)),)

    def drop(self) -> tuple[Statement, ...]:
        """It ends with the default above, or with a default of the column's own."""
        return ()

    def alter_expression(self, before: "DefaultGap") -> tuple[Statement, ...]:
        return self.create()
