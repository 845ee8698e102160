"""What a row of a table must be like: columns, types, conditions, references."""

from dataclasses import dataclass, field

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.sql import Quoted, Sql

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True, slots=True)
class Type:
    """A type; `kind` is pg_type.typtype, `element`, `base` and `subtype` are OIDs or 0."""

    oid: int
    name: Quoted
    plain_name: str
    built_in: bool
    kind: str
    element: int
    base: int
    base_name: Sql
    subtype: int
    labels: tuple[str, ...]
    attributes: tuple[tuple[int, Sql], ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """A column; `type_name` has the type's modifier, `modified` says that it has one."""

    number: int
    name: Quoted
    type: int
    type_name: Sql
    modified: bool
    not_null: bool
    default: str | None
    identity: bool
    generated: bool

    @property
    def fed(self) -> bool:
        """Whether a sequence fills the column."""
        return self.identity or (self.default is not None and self.default.startswith("nextval("))


@dataclass(frozen=True, slots=True)
class Condition:
    """A check, or the bounds of a partition: its expression, and the numbers of the columns in it."""

    name: str | None
    expression: Sql
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key; columns by number, `operators` compare a referenced column with a referencing one."""

    name: Quoted
    table: int
    columns: tuple[int, ...]
    parent: int
    parent_columns: tuple[int, ...]
    operators: tuple[Sql, ...]
    full: bool
    temporal: bool


@dataclass(frozen=True)
class TableShape:
    """A table that holds rows itself, or a partitioned one, whose partitions do; filled as catalogs are read."""

    oid: int
    name: Quoted
    partitioned: bool
    parents: tuple[int, ...]
    writable: bool
    key: tuple[int, ...]
    """Columns that tell every row from all others; empty where there are none."""
    columns: dict[int, ColumnShape] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    references: list[ForeignKey] = field(default_factory=list)

    @property
    def source(self) -> Sql:
        """What to write after FROM for the rows of this table and of none that inherits from it."""
        return Sql(self.name if self.partitioned else f"ONLY {self.name}")


@dataclass(frozen=True, slots=True)
class Shape:
    """Tables and the types of their columns, by OID."""

    tables: dict[int, TableShape]
    types: dict[int, Type]

    def holders(self) -> list[TableShape]:
        """The tables that hold rows themselves, by name."""
        return sorted((table for table in self.tables.values() if not table.partitioned), key=lambda table: table.name)

    def children_of(self, oid: int) -> list[TableShape]:
        """The partitions or children of a table."""
        return [table for table in self.tables.values() if oid in table.parents]

    def holders_of(self, oid: int) -> list[TableShape]:
        """The tables that hold the rows of a table themselves: it, or its partitions."""
        if not self.tables[oid].partitioned:
            return [self.tables[oid]]
        return [holder for child in self.children_of(oid) for holder in self.holders_of(child.oid)]
