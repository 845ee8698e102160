"""Which column a sequence belongs to: OWNED BY."""

from schemadiff.catalog.declaring.fields import alters, carries
from schemadiff.catalog.declaring.kind import CatalogObject, kind
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.sequence import NOT_OF_AN_IDENTITY, SERIAL, SERIAL_OF
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.statement import Statement


@kind("sequence owner", catalog="pg_class", keyword="SEQUENCE")
class SequenceOwner(CatalogObject):
    """The column that takes a sequence along when it is dropped.

    An object of its own, since the column's default needs the sequence while the sequence names the column.
    """

    column: Quoted = alters(tells=True)
    serial: bool = carries()
    """Whether the sequence is what the column's type serial makes, and owned from birth."""
    table: Quoted = carries()
    """The column's table with the word that ALTER takes before it."""

    WORDS = Words(
        create="set sequence {name} owned by {value}",
        drop="set sequence {name} owned by none",
        alter="change the column that owns sequence {name}",
    )
    RARE = "pg_depend WHERE deptype = 'a' AND objid IN (SELECT seqrelid FROM pg_catalog.pg_sequence)"
    MOVES_WITH_TABLE = True
    SURVIVES_REBUILD = True
    STANDS_FOR = (("sequence", "column", "a"),)
    NAMED_AFTER_OTHERS = True
    QUERY = f"""
        SELECT c.oid::int8 AS objid, 0 AS objsubid, format('%%I.%%I', n.nspname, c.relname) AS identity,
               format('%%I.%%I.%%I', tn.nspname, t.relname, a.attname) AS "column", {SERIAL_OF} IS NOT NULL AS serial,
               format('%%s %%I.%%I', CASE t.relkind WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,
                      tn.nspname, t.relname) AS "table"
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_depend AS d
          ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a'
         AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
        JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
        JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        WHERE c.relkind = 'S' AND n.oid = ANY(%(schemas)s) AND {NOT_OF_AN_IDENTITY}
    """

    def within(self) -> Identity:
        return Identity("sequence", self.identity)

    def clause(self, parts: tuple[Sql, ...] = ()) -> Sql | None:
        return SERIAL if self.serial else None

    def uses(self) -> tuple[Identity, ...]:
        return (self.within(), *(() if self.serial else self.owners()))

    def owners(self) -> tuple[Identity, ...]:
        """Table and sequence must be the same role's when one comes to belong to the other."""
        owners = (Quoted(f"{self.KEYWORD} {self.identity}"), self.table)
        return tuple(Identity(Owner.KIND, name) for name in owners)

    def create(self, parts: tuple[Sql, ...] = ()) -> tuple[Statement, ...]:
        words = Sql(f"ALTER SEQUENCE {self.identity} OWNED BY {self.column}")
        return (Statement(words),)

    def drop(self) -> tuple[Statement, ...]:
        words = Sql(f"ALTER SEQUENCE {self.identity} OWNED BY NONE")
        return (Statement(words),)

    def alter_column(self, before: "SequenceOwner") -> tuple[Statement, ...]:
        return self.create()
