"""What logical replication tells about the old version of a row."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("replica identity", catalog="pg_index", keyword="TABLE")
class ReplicaIdentity(CatalogObject):
    """A table's REPLICA IDENTITY; absent where it is the primary key, as usual.

    An object of its own, since it needs an index while the index needs the table.
    """

    choice: Sql = alters(tells=True)
    """FULL, NOTHING or USING INDEX with the index's name."""
    index: Quoted | None = carries()
    relation_kind: str = carries()
    of_constraint: bool = carries()

    WORDS = Words(
        create="set the replica identity of {name}",
        drop="reset the replica identity of {name}",
        alter="change the replica identity of {name}",
    )
    RARE = "pg_class WHERE relreplident <> 'd' AND oid >= 16384 AND relkind IN ('r', 'p', 'm')"
    MOVES_WITH_TABLE = True
    SURVIVES_REBUILD = True
    NAMED_AFTER_OTHERS = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               CASE WHEN c.relreplident = 'f' THEN 'FULL' WHEN i.indexrelid IS NULL THEN 'NOTHING'
                    ELSE format('USING INDEX %%I', ic.relname) END AS choice,
               CASE WHEN i.indexrelid IS NULL THEN NULL
                    WHEN k.oid IS NULL THEN format('%%I.%%I', n.nspname, ic.relname)
                    ELSE format('%%I ON %%I.%%I', k.conname, n.nspname, c.relname) END AS "index",
               CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'table' END AS relation_kind,
               k.oid IS NOT NULL AS of_constraint
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid AND i.indisreplident AND c.relreplident = 'i'
        LEFT JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
        LEFT JOIN pg_catalog.pg_constraint AS k
          ON k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')
        WHERE c.relreplident <> 'd' AND c.relkind IN ('r', 'p', 'm') AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "c.oid")}
    """

    def within(self) -> Identity:
        return Identity(self.relation_kind, self.identity)

    def uses(self) -> tuple[Identity, ...]:
        if self.index is None:
            return (self.within(),)
        return (self.within(), Identity("table constraint" if self.of_constraint else "index", self.index))

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        return (self._alter(self.choice),)

    def drop(self) -> tuple[Statement, ...]:
        return (self._alter("DEFAULT"),)

    def alter_choice(self, before: "ReplicaIdentity") -> tuple[Statement, ...]:
        return self.create()

    def _alter(self, choice: str) -> Statement:
        return Statement(Sql(f"ALTER {self.relation_kind.upper()} {self.identity} REPLICA IDENTITY {choice}"))
