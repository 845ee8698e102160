"""The index by which CLUSTER orders a table's rows."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("cluster index", catalog="pg_index", keyword="TABLE")
class ClusterIndex(CatalogObject):
    """A table's CLUSTER ON; saying it does not move rows."""

    name: Quoted = alters(words="index", tells=True)
    index: Quoted = carries()
    relation_kind: str = carries()
    of_constraint: bool = carries()

    WORDS = Words(
        create="set {name} to cluster on {value}",
        drop="set {name} to cluster on no index",
        alter="change the index that {name} clusters on",
    )
    RARE = "pg_index WHERE indisclustered"
    MOVES_WITH_TABLE = True
    SURVIVES_REBUILD = True
    NAMED_AFTER_OTHERS = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               quote_ident(ic.relname) AS name,
               CASE WHEN k.oid IS NULL THEN format('%%I.%%I', n.nspname, ic.relname)
                    ELSE format('%%I ON %%I.%%I', k.conname, n.nspname, c.relname) END AS "index",
               CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'table' END AS relation_kind,
               k.oid IS NOT NULL AS of_constraint
        FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
        JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_constraint AS k
          ON k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')
        WHERE i.indisclustered AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
    """

    def within(self) -> Identity:
        return Identity(self.relation_kind, self.identity)

    def uses(self) -> tuple[Identity, ...]:
        kind = "table constraint" if self.of_constraint else "index"
        return (self.within(), Identity(kind, self.index))

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._alter(f"CLUSTER ON {self.name}"),)

    def drop(self) -> tuple[Statement, ...]:
        return (self._alter("SET WITHOUT CLUSTER"),)

    def alter_name(self, before: "ClusterIndex") -> tuple[Statement, ...]:
        return self.create()

    def _alter(self, action: str) -> Statement:
        return Statement(Sql(f"ALTER {self.relation_kind.upper()} {self.identity} {action}"))
