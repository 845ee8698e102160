"""What a query names, by its parse tree: each function, operator and type that it can mean has one of these names.

With an empty search_path, a bare name is one of pg_catalog.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pglast import ast, parse_sql
from pglast.enums import A_Expr_Kind
from pglast.visitors import Visitor

Name = tuple[str, str]
"""Schema and name."""

_KNOWN = frozenset(
    (
        "RawStmt", "SelectStmt", "ResTarget", "ColumnRef", "A_Star", "A_Const", "A_Expr", "BoolExpr",
        "NullTest", "BooleanTest", "FuncCall", "TypeCast", "TypeName", "SubLink", "RangeVar", "RangeSubselect",
        "RangeFunction", "JoinExpr", "Alias", "SortBy", "WindowDef", "CaseExpr", "CaseWhen", "CoalesceExpr",
        "MinMaxExpr", "CollateClause", "RowExpr", "A_ArrayExpr", "A_Indirection", "A_Indices", "WithClause",
        "CommonTableExpr", "SQLValueFunction", "String", "Integer", "Float", "Boolean", "BitString",
    )
)  # fmt: skip
"""Nodes of which all that they can call is named in them, or comes with the types of what they stand over."""

_COMPARING = ("=", "<>", "<", "<=", ">", ">=")
"""Operators that CASE, IN, BETWEEN, USING and subqueries call without a name."""

_NAMELESS = (
    A_Expr_Kind.AEXPR_BETWEEN,
    A_Expr_Kind.AEXPR_NOT_BETWEEN,
    A_Expr_Kind.AEXPR_BETWEEN_SYM,
    A_Expr_Kind.AEXPR_NOT_BETWEEN_SYM,
)


@dataclass(slots=True)
class Names:
    """The names in a query; `unknown` are forms of SQL of which nobody says here what they call.

    Of its relations, it reads the columns that are called `columns`, or, with `whole_rows`, all of them.
    """

    relations: set[Name] = field(default_factory=set)
    functions: set[Name] = field(default_factory=set)
    operators: set[Name] = field(default_factory=set)
    types: set[Name] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    whole_rows: bool = False
    unknown: set[str] = field(default_factory=set)


def names_in(query: str) -> Names:
    """The names in a query. Raises ParseError."""
    collector = _Collector()
    collector(parse_sql(query))
    found, own = collector.names, collector.expressions
    found.relations = {name for name in found.relations if name[0] or name[1] not in own}
    found.whole_rows = found.whole_rows or not collector.aliases.isdisjoint(collector.bare)
    found.unknown |= {f"the relation {name}" for schema, name in found.relations if not schema}
    return found


class _Collector(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names = Names()
        self.expressions: set[str] = set()
        self.aliases: set[str] = set()
        """By which a row as a whole is called."""
        self.bare: set[str] = set()
        """References to columns, or to whole rows."""
        self.names.operators |= {("pg_catalog", name) for name in _COMPARING}

    def visit(self, ancestors: Any, node: Any) -> None:
        if type(node).__name__ not in _KNOWN:
            self.names.unknown.add(type(node).__name__)

    def visit_RangeVar(self, ancestors: Any, node: ast.RangeVar) -> None:
        if node.catalogname:
            self.names.unknown.add("a name with its database")
        self.aliases.add(str(node.relname))
        self.names.relations.add((node.schemaname or "", str(node.relname)))

    def visit_CommonTableExpr(self, ancestors: Any, node: ast.CommonTableExpr) -> None:
        self.expressions.add(str(node.ctename))
        if node.search_clause or node.cycle_clause:
            self.names.unknown.add("SEARCH or CYCLE")

    def visit_Alias(self, ancestors: Any, node: ast.Alias) -> None:
        self.aliases.add(str(node.aliasname))
        self.names.columns |= {str(column.sval) for column in node.colnames or ()}

    def visit_ColumnRef(self, ancestors: Any, node: ast.ColumnRef) -> None:
        fields = node.fields or ()
        names = [str(part.sval) for part in fields if isinstance(part, ast.String)]
        self.names.whole_rows |= len(names) < len(fields)
        self.names.columns |= set(names)
        self.bare |= set(names[-1:])

    def visit_JoinExpr(self, ancestors: Any, node: ast.JoinExpr) -> None:
        self.names.whole_rows |= bool(node.isNatural)
        self.names.columns |= {str(column.sval) for column in node.usingClause or ()}

    def visit_FuncCall(self, ancestors: Any, node: ast.FuncCall) -> None:
        self.names.functions.add(_name(node.funcname))

    def visit_TypeName(self, ancestors: Any, node: ast.TypeName) -> None:
        if node.pct_type or not node.names:
            self.names.unknown.add("%TYPE")
            return
        self.names.types.add(_name(node.names))

    def visit_A_Expr(self, ancestors: Any, node: ast.A_Expr) -> None:
        if node.kind not in _NAMELESS:
            self.names.operators.add(_name(node.name))

    def visit_SubLink(self, ancestors: Any, node: ast.SubLink) -> None:
        if node.operName:
            self.names.operators.add(_name(node.operName))

    def visit_SortBy(self, ancestors: Any, node: ast.SortBy) -> None:
        if node.useOp:
            self.names.operators.add(_name(node.useOp))


def _name(parts: Iterable[Any] | None) -> Name:
    *schema, name = [str(part.sval) for part in parts or ()]
    return (schema[-1] if schema else "pg_catalog", name)
