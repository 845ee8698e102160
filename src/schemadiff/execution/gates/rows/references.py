"""The tables that a statement names, and the names by which it refers to them."""

from dataclasses import dataclass
from typing import Any

from pglast import ast
from pglast.visitors import Visitor
from psycopg.sql import Identifier

from schemadiff.catalog.sql import Quoted
from schemadiff.plans.scripts.reading import parsed


@dataclass(frozen=True, slots=True)
class Reference:
    """A table as a statement names it; `schema` is None where it leaves that to the search_path."""

    schema: str | None
    table: str
    alias: str

    @property
    def name(self) -> Quoted:
        """The table's name, quoted, as far as the statement qualifies it."""
        parts = (self.schema, self.table) if self.schema else (self.table,)
        return Quoted(Identifier(*parts).as_string())

    def may_be(self, other: "Reference") -> bool:
        """Whether both can mean the same table."""
        return self.table == other.table and (
            self.schema == other.schema or self.schema is None or other.schema is None
        )


def references(sql: str) -> tuple[Reference, ...]:
    """The tables that a statement names (not its common table expressions); it may hold `:batch`."""
    collector = _Collector()
    collector(parsed(sql))
    return tuple(one for one in collector.found if one.schema or one.table not in collector.expressions)


def alias_of(table: str, sql: str) -> Quoted | None:
    """The name by which `sql` refers to `table` (a qualified name), quoted; None when that is not clear."""
    (wanted,) = references(f"TABLE {table}")
    aliases = {one.alias for one in references(sql) if one.may_be(wanted)}
    return Quoted(Identifier(aliases.pop()).as_string()) if len(aliases) == 1 else None


class _Collector(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Reference] = []
        self.expressions: set[str] = set()

    def visit_RangeVar(self, ancestors: Any, node: ast.RangeVar) -> None:
        alias = node.alias.aliasname if node.alias else node.relname
        self.found.append(Reference(node.schemaname, str(node.relname), str(alias)))

    def visit_CommonTableExpr(self, ancestors: Any, node: ast.CommonTableExpr) -> None:
        self.expressions.add(str(node.ctename))
