"""Which relations a statement names, by its parse tree."""

from collections.abc import Iterator

from schemadiff.catalog.sql import Quoted, quote_ident
from schemadiff.desired.reading.parse_tree import Tree, nodes, parse


def relations_in(sql: str) -> frozenset[Quoted]:
    """The qualified names of relations in a statement; none where only the server can read it."""
    names = (name for node in nodes(parse(sql)[1]) for name in _range_variable(node))
    return frozenset(Quoted(".".join(map(quote_ident, name))) for name in names)


def relations_or_drops_in(sql: str) -> set[tuple[str, ...]]:
    """The names of relations in a statement, unquoted, and those that may be relations to drop."""
    return {name for node in nodes(parse(sql)[1]) for name in (*_range_variable(node), *_list_of_words(node))}


def _range_variable(node: Tree) -> Iterator[tuple[str, ...]]:
    match node:
        case {"relname": str(relation), "schemaname": str(schema)}:
            yield (schema, relation)
        case {"relname": str(relation)}:
            yield (relation,)


def _list_of_words(node: Tree) -> Iterator[tuple[str, ...]]:
    """A name as DROP has it."""
    match node:
        case {"List": {"items": list(items)}}:
            words = [item["String"]["sval"] for item in items if isinstance(item, dict) and "String" in item]
            if words and len(words) == len(items):
                yield tuple(words)
