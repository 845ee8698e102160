"""The default of a table's column."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.inherited import Inherited
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.relation import relations
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("default value", catalog="pg_attrdef", keyword="COLUMN")
class DefaultValue(Inherited):
    """What a column gets where INSERT names no value; a generated column's expression is the column's own."""

    expression: Sql = alters(tells=True)
    relation_keyword: str = carries()
    table: Quoted = carries()
    column: Quoted = carries()
    relation_kind: str = carries()
    inherits: Quoted | None = carries()
    volatile: bool = carries()
    """Whether each row gets a value of its own."""

    WORDS = Words(
        create="set the default of {name}", drop="drop the default of {name}", alter="change the default of {name}"
    )
    NUMEROUS = True
    MOVES_WITH_TABLE = True
    NAMED_AFTER_OTHERS = True
    # A default names no columns, so the server need not open its table (0) to print it.
    QUERY = rf"""
        WITH {relations("'r', 'p', 'f', 'v'")}
        SELECT d.oid::int8 AS objid, 0 AS objsubid, c.name || '.' || quote_ident(a.attname) AS identity,
               pg_get_expr(d.adbin, 0) AS expression,
               CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS relation_keyword,
               c.name AS "table", quote_ident(a.attname) AS "column",
               CASE c.relkind WHEN 'v' THEN 'view' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS relation_kind,
               CASE WHEN a.attinhcount > 0 THEN
                 (WITH RECURSIVE above AS (
                    SELECT h.inhparent AS relation, ARRAY[h.inhseqno] AS place
                    FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid
                    UNION ALL
                    SELECT h.inhparent, b.place || h.inhseqno
                    FROM above AS b
                    JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = b.relation)
                  SELECT format('%%I.%%I.%%I', pn.nspname, pc.relname, a.attname)
                  FROM above AS b
                  JOIN pg_catalog.pg_class AS pc ON pc.oid = b.relation
                  JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
                  JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = pc.oid AND pa.attname = a.attname
                  JOIN pg_catalog.pg_attrdef AS pd ON pd.adrelid = pc.oid AND pd.adnum = pa.attnum
                  ORDER BY cardinality(b.place), b.place LIMIT 1) END AS inherits,
               EXISTS (
                 SELECT FROM regexp_matches(d.adbin::text, ':(?:funcid|opfuncid) (\d+)', 'g') AS called
                 JOIN pg_catalog.pg_proc AS p ON p.oid = called[1]::oid
                 WHERE p.provolatile = 'v') AS volatile
        FROM relation AS c
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
        JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attgenerated = ''
    """

    def clause(self, parts: tuple[Sql, ...] = ()) -> Sql | None:
        return None if self.relation_kind == "view" else Sql(f"DEFAULT {self.expression}")

    def within(self) -> Identity:
        if self.relation_kind == "view":
            return Identity("view", self.table)
        return Identity("column", self.identity)

    def inherited_from(self) -> Identity | None:
        return Identity(self.KIND, self.inherits) if self.inherits else None

    def keeps_without_parent(self) -> bool:
        return True

    def set_with_parent(self) -> bool:
        return True

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._alter(f"SET DEFAULT {self.expression}"),)

    def drop(self) -> tuple[Statement, ...]:
        return (self._alter("DROP DEFAULT"),)

    def drop_only(self) -> tuple[Statement, ...]:
        made = f"ALTER {self.relation_keyword} ONLY {self.table} ALTER COLUMN {self.column} DROP DEFAULT"
        return (Statement(Sql(made)),)

    def alter_expression(self, before: "DefaultValue") -> tuple[Statement, ...]:
        return self.create()

    def _alter(self, action: str) -> Statement:
        return Statement(Sql(f"ALTER {self.relation_keyword} {self.table} ALTER COLUMN {self.column} {action}"))
