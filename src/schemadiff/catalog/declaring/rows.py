"""Rows of a table of the platform, or of an extension, that are objects of a kind, and how files declare them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class RowsOf:
    """A table whose rows are objects: read where files declare one of them, and its owner is to be trusted.

    A file declares one by an INSERT that names the column `named_by`, where the rows are `inserted`, or by one of the
    `calls`: functions beside the table, each with its parameters, of which one is `named_by`.
    """

    schema: str
    table: str
    named_by: str
    inserted: bool = False
    calls: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    settled_by: str = ""
    """A function that says more of a row, called with what one of the `calls` returns."""
    form: str = ""
    """How files write one, for who wrote something else."""

    @property
    def found(self) -> str:
        """A query for the table: it is there, to be read, and no code of another user's would run."""
        return f"""SELECT FROM pg_catalog.pg_class AS c
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_roles AS o ON o.oid = c.relowner
            WHERE n.nspname = '{self.schema}' AND c.relname = '{self.table}' AND c.relkind = 'r'
              AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
              AND (EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                           WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
                   OR ((o.rolsuper OR o.rolname = ANY(%(trusted)s)) AND NOT pg_catalog.row_security_active(c.oid)))"""
