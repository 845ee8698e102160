"""Statements that declare rows of a platform's tables: an INSERT, or a call of the platform's own function."""

from collections.abc import Iterator
from typing import cast

from schemadiff.catalog.declaring.rows import RowsOf
from schemadiff.catalog.kinds import ROWS
from schemadiff.desired.reading.parse_tree import Tree, constant, listed, nodes, strings

_MEANT = frozenset({"A_Const", "TypeCast", "A_ArrayExpr", "NamedArgExpr"})
"""What stands for the same value wherever it is run."""


class NotLiteral(Exception):
    """Why a statement about such rows cannot be read as a declaration."""


def row_declared(tag: str, tree: Tree) -> tuple[str, str] | None:
    """The kind of the row that a statement declares, and its name; None for one that is about no such row.

    Raises NotLiteral for one that is, and says it in no way that can be read.
    """
    for cls in ROWS:
        if cls.ROWS is None:
            continue
        name = _inserted(tree, cls.ROWS) if tag == "InsertStmt" else _called(tag, tree, cls.ROWS)
        if name is not None:
            return cls.KIND, name
    return None


def _inserted(tree: Tree, rows: RowsOf) -> str | None:
    """The name of the row that an INSERT with VALUES brings."""
    relation = cast(Tree, tree.get("relation", {}))
    if (relation.get("schemaname"), relation.get("relname")) != (rows.schema, rows.table) or not rows.inserted:
        return None
    columns = [str(column["ResTarget"].get("name")) for column in listed(tree, "cols")]
    values = listed(cast(dict[str, Tree], tree.get("selectStmt", {})).get("SelectStmt", {}), "valuesLists")
    if rows.named_by not in columns or not values or "withClause" in tree or "returningList" in tree:
        raise NotLiteral(f"the rows have to be in VALUES, with the column {rows.named_by}: {rows.form}")
    place = columns.index(rows.named_by)
    row, *others = (cast(list[dict[str, Tree]], row["List"].get("items", [])) for row in values)
    if others:
        raise NotLiteral("write an INSERT for each row, so that each has a place in the files")
    _require_literals(row, rows)
    return _name(row[place] if place < len(row) else {}, rows)


def _called(tag: str, tree: Tree, rows: RowsOf) -> str | None:
    """The name of the row that a SELECT of a single call makes, also where another call around it says more of it."""
    calls = [strings(node["funcname"]) for node in nodes(tree) if "funcname" in node]
    ours = [call[-1] for call in calls if call[:-1] == [rows.schema]]
    if tag != "SelectStmt" or not ours or not (rows.calls or rows.settled_by):
        return None
    targets = listed(tree, "targetList")
    value = cast(dict[str, Tree], targets[0]["ResTarget"].get("val", {})) if len(targets) == 1 else {}
    function, call, around = ours[0], value.get("FuncCall", {}), list[dict[str, Tree]]()
    if function == rows.settled_by and call:
        first, *around = listed(call, "args") or [{}]
        call = first.get("FuncCall", {})
        function = strings(call.get("funcname"))[-1] if call else function
    if len(calls) > 2 - (not around) or not call or set(tree) - {"targetList", "limitOption", "op"}:
        raise NotLiteral(f"one call a statement, and nothing else: {rows.form}")
    _require_literals(around, rows)
    if function not in rows.calls:
        raise NotLiteral(f"{rows.schema}.{function}() declares nothing that could be read again: {rows.form}")
    arguments = dict(_arguments(call, rows.calls[function]))
    if set(arguments) != set(rows.calls[function]):
        raise NotLiteral(f"{rows.schema}.{function}() takes {', '.join(rows.calls[function])} here: {rows.form}")
    _require_literals(list(arguments.values()), rows)
    return _name(arguments[rows.named_by], rows)


def _arguments(call: Tree, names: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Tree]]]:
    """The arguments of a call by their names."""
    for place, argument in enumerate(listed(call, "args")):
        if "NamedArgExpr" in argument:
            named = argument["NamedArgExpr"]
            yield str(named.get("name")), cast(dict[str, Tree], named.get("arg", {}))
        else:
            yield names[place] if place < len(names) else f"argument {place + 1}", argument


def _require_literals(values: list[dict[str, Tree]], rows: RowsOf) -> None:
    for value in values:
        if set(value) - _MEANT or any(set(node) & {"FuncCall", "SubLink", "ColumnRef"} for node in nodes(value)):
            raise NotLiteral(f"values have to be written out, since nobody can compare others: {rows.form}")


def _name(value: dict[str, Tree], rows: RowsOf) -> str:
    name = constant(cast(dict[str, Tree], value.get("TypeCast", {}).get("arg", value)))
    if not name:
        raise NotLiteral(f"{rows.named_by} has to be a string: {rows.form}")
    return name
