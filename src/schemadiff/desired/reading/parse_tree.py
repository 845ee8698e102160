"""Parse trees of Postgres, and what many statements are asked."""

import json
from collections.abc import Iterator
from typing import cast

from pglast import parser

from schemadiff.catalog.sql import Quoted, quote_ident

Tree = dict[str, object]
"""A node of the parse tree, as the parser prints it in JSON."""


def parse(sql: str) -> tuple[str, Tree]:
    """The node class of a statement and its parse tree; ("", {}) for several, or where only the server can read it."""
    try:
        return parse_shallow(sql)
    except RecursionError:
        return "", {}


def parse_shallow(sql: str) -> tuple[str, Tree]:
    """As `parse`, but raises RecursionError where expressions are nested too deeply for us."""
    try:
        (statement,) = json.loads(parser.parse_sql_json(sql)).get("stmts", [])
    except (parser.ParseError, ValueError):
        return "", {}
    ((tag, tree),) = statement["stmt"].items()
    return tag, tree


def nodes(tree: object) -> Iterator[Tree]:
    """Every node in a tree, from the outside in."""
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            yield item
            waiting.extend(reversed(item.values()))


def listed(tree: Tree, field: str) -> list[dict[str, Tree]]:
    """The nodes in a list, each by its class."""
    return cast(list[dict[str, Tree]], tree.get(field) or [])


def options(tree: Tree) -> list[tuple[str, dict[str, Tree]]]:
    """The options of a statement: name, and the node that it is set to."""
    elements = [option["DefElem"] for option in listed(tree, "options")]
    return [(str(element["defname"]), cast(dict[str, Tree], element.get("arg") or {})) for element in elements]


def table_name(relation: Tree) -> Quoted:
    """The name of a table, quoted, as far as a RangeVar qualifies it."""
    parts = (relation.get(part) for part in ("schemaname", "relname"))
    return Quoted(".".join(quote_ident(str(part)) for part in parts if part))


def strings(names: object) -> list[str]:
    """The parts of a name."""
    return [str(part["String"].get("sval", "")) for part in cast(list[dict[str, Tree]], names or [])]


def word(node: dict[str, Tree]) -> str:
    """The string, number or truth value that a node stands for, in lower case; empty for none."""
    for value in node.values():
        return str(next(iter(value.values()), "")).lower()
    return ""


def constant(node: dict[str, Tree]) -> str | None:
    """The string constant that an expression is, if it is one."""
    text = cast(dict[str, Tree], node.get("A_Const", {})).get("sval")
    return None if text is None else str(text.get("sval", ""))
