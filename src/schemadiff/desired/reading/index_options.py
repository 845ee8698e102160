"""Storage parameters of indexes: what a statement sets, and the statement without them."""

import re
from dataclasses import dataclass

from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.desired.reading.parse_tree import Tree, listed, word

_BUILT_IN = frozenset({"", "brin", "btree", "gin", "gist", "hash", "spgist"})

_CLAUSE = re.compile(r"\bWITH\s*\((?:[^()']|'[^']*')*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What a statement sets and resets; `text` is the statement without it, empty where nothing is left.

    `index` is the index that is changed, None where the statement creates one.
    """

    text: str
    index: Quoted | None
    given: tuple[tuple[str, str], ...]
    reset: tuple[str, ...] = ()


def options_of_index(tag: str, tree: Tree, text: str) -> IndexOptions | None:
    """The storage parameters that a statement gives an index, unless only the server's own methods can take them."""
    if tag == "IndexStmt" and str(tree.get("accessMethod", "")) not in _BUILT_IN and tree.get("options"):
        elements = [element["DefElem"] for element in listed(tree, "options")]
        return IndexOptions(_without(text, elements), None, tuple(map(_option, elements)))
    if tag != "AlterTableStmt" or tree.get("objtype") != "OBJECT_INDEX":
        return None
    commands = [command["AlterTableCmd"] for command in listed(tree, "cmds")]
    if len(commands) != 1 or commands[0].get("subtype") not in ("AT_SetRelOptions", "AT_ResetRelOptions"):
        return None
    elements = [element["DefElem"] for element in _items(commands[0])]
    name = _name(tree)
    if commands[0]["subtype"] == "AT_ResetRelOptions":
        return IndexOptions("", name, (), tuple(str(element["defname"]) for element in elements))
    return IndexOptions("", name, tuple(map(_option, elements)))


def _items(command: Tree) -> list[dict[str, Tree]]:
    definition = command.get("def")
    assert isinstance(definition, dict)
    return listed(definition["List"], "items")


def _name(tree: Tree) -> Quoted:
    relation = tree["relation"]
    assert isinstance(relation, dict)
    parts = [relation[part] for part in ("schemaname", "relname") if part in relation]
    return Quoted(".".join(quote_ident(str(part)) for part in parts))


def _option(element: Tree) -> tuple[str, str]:
    argument = element.get("arg")
    return str(element["defname"]), word(argument) if isinstance(argument, dict) else "true"


def _without(text: str, elements: list[Tree]) -> str:
    """The statement without the clause that its options stand in."""
    place = len(text.encode()[: int(str(elements[0].get("location", 0)))].decode(errors="replace"))
    for found in _CLAUSE.finditer(text):
        if found.start() < place < found.end():
            return text[: found.start()] + text[found.end() :]
    return text
