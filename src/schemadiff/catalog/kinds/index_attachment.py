"""Which index of a partition belongs to which index of the partitioned table."""

from schemadiff.catalog.declaring.fields import carries, replaces
from schemadiff.catalog.declaring.inherited import Inherited
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.shared.membership import of_no_extension
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement

# The edges by which the server ties the indexes stand for this object.
_EDGES = tuple(
    (child, parent, "P") for child in ("index", "table constraint") for parent in ("index", "table constraint")
)


@kind("index attachment", catalog="pg_inherits", keyword="INDEX")
class IndexAttachment(Inherited):
    """A partition's index, or the index of its key, as a part of the partitioned table's.

    Attaching the table attaches by itself what fits; with the partitioned index it is said which one.
    """

    parent: Quoted = replaces(tells=True)
    owner_kind: str = carries()
    owner_name: Quoted = carries()
    """The index, or the constraint that it belongs to."""
    parent_kind: str = carries()
    parent_name: Quoted = carries()

    WORDS = Words(create="attach index {name} to {value}", drop="detach index {name}", alter="attach index {name}")
    RARE = "pg_inherits"
    MOVES_WITH_TABLE = True
    STANDS_FOR = _EDGES
    NAMED_AFTER_OTHERS = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               format('%%I.%%I', pn.nspname, p.relname) AS parent,
               CASE WHEN k.oid IS NULL THEN 'index' ELSE 'table constraint' END AS owner_kind,
               CASE WHEN k.oid IS NULL THEN format('%%I.%%I', n.nspname, c.relname)
                    ELSE format('%%I ON %%I.%%I', k.conname, n.nspname, t.relname) END AS owner_name,
               CASE WHEN pk.oid IS NULL THEN 'index' ELSE 'table constraint' END AS parent_kind,
               CASE WHEN pk.oid IS NULL THEN format('%%I.%%I', pn.nspname, p.relname)
                    ELSE format('%%I ON %%I.%%I', pk.conname, pn.nspname, pt.relname) END AS parent_name
        FROM pg_catalog.pg_inherits AS h
        JOIN pg_catalog.pg_class AS c ON c.oid = h.inhrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
        JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
        JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent
        JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
        JOIN pg_catalog.pg_index AS pi ON pi.indexrelid = p.oid
        JOIN pg_catalog.pg_class AS pt ON pt.oid = pi.indrelid
        LEFT JOIN pg_catalog.pg_constraint AS k
          ON k.conindid = c.oid AND k.conrelid = t.oid AND k.contype IN ('p', 'u', 'x')
        LEFT JOIN pg_catalog.pg_constraint AS pk
          ON pk.conindid = p.oid AND pk.conrelid = pt.oid AND pk.contype IN ('p', 'u', 'x')
        WHERE c.relkind IN ('i', 'I') AND n.oid = ANY(%(schemas)s)
          AND {of_no_extension("pg_class", "t.oid")}
    """

    def within(self) -> Identity:
        return Identity(self.owner_kind, self.owner_name)

    def inherited_from(self) -> Identity:
        return Identity(self.parent_kind, self.parent_name)

    def made_with_parent(self) -> bool:
        return False

    def written_with_parent(self) -> bool:
        return True

    def comes_with_parents(self) -> bool:
        return True

    def uses(self) -> tuple[Identity, ...]:
        return (self.within(), self.inherited_from())

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        made = Sql(f"ALTER INDEX {self.parent} ATTACH PARTITION {self.identity}")
        return (Statement(made),)

    def drop(self) -> tuple[Statement, ...]:
        """An index is never detached: it goes with its table, or with the partitioned index."""
        return ()
