"""CREATE TABLE with foreign keys that lead in a circle: the tables first, and then the keys."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from pglast.parser import scan

from schemadiff.desired.reading.declared import declared
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.parse_tree import Tree, listed, parse

_FOREIGN = "CONSTR_FOREIGN"
_COMMA, _OPENS, _CLOSES = "ASCII_44", "ASCII_40", "ASCII_41"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key as it stands in CREATE TABLE, from `start` to `end`, and what adds it afterwards."""

    start: int
    end: int
    sql: str


def foreign_keys(sql: str, tree: Tree) -> tuple[ForeignKey, ...]:
    """The foreign keys that a CREATE TABLE declares within its parentheses, to whatever table."""
    return tuple(_found(sql, tree))


def without(sql: str, keys: tuple[ForeignKey, ...]) -> str:
    """CREATE TABLE without these keys; everything else keeps its place."""
    for key in keys:
        sql = sql[: key.start] + " " * (key.end - key.start) + sql[key.end :]
    return sql


def part_circles(pending: dict[int, DesiredStatement]) -> bool:
    """Take the foreign keys out of tables that wait, and let them wait to be added; whether there were any."""
    parted = False
    for index, statement in list(pending.items()):
        keys = foreign_keys(statement.sql, statement.tree) if statement.tag == "CreateStmt" else ()
        if keys:
            parted = True
            pending[index] = replace(statement, sql=without(statement.sql, keys))
            for place, key in enumerate(keys, max(pending) + 1):
                pending[place] = added(statement, key)
    return parted


def added(table: DesiredStatement, key: ForeignKey) -> DesiredStatement:
    """The statement that adds the key to its table."""
    tag, tree = parse(key.sql)
    offset = table.offset + key.start
    return replace(
        table,
        sql=key.sql,
        tag=tag,
        tree=tree,
        offset=offset,
        position=table.source.position(offset),
        declares=declared(tag, tree),
        annotations=(),
        or_replace=None,
    )


def _found(sql: str, tree: Tree) -> Iterator[ForeignKey]:
    elements = _Elements(sql)
    table = cast(Tree, tree["relation"])
    name = ".".join(f'"{str(table[part]).replace(chr(34), chr(34) * 2)}"' for part in _NAME if part in table)
    for element in listed(tree, "tableElts"):
        if "Constraint" in element and element["Constraint"].get("contype") == _FOREIGN:
            start, end = elements.whole(cast(int, element["Constraint"]["location"]))
            text = sql[start:end].strip().strip(",").strip()
            yield ForeignKey(start, end, f"ALTER TABLE {name} ADD {text}")
        elif "ColumnDef" in element:
            yield from _of_column(sql, element["ColumnDef"], name, elements)


_NAME = ("schemaname", "relname")


def _of_column(sql: str, column: Tree, table: str, elements: "_Elements") -> Iterator[ForeignKey]:
    constraints = [one["Constraint"] for one in listed(column, "constraints")]
    others = [one for one in constraints if not str(one.get("contype")).startswith("CONSTR_ATTR_")]
    starts = [elements.character(cast(int, one["location"])) for one in others]
    if "collClause" in column:
        starts.append(elements.character(cast(int, cast(Tree, column["collClause"])["location"])))
    for one in others:
        if one.get("contype") == _FOREIGN:
            start = elements.character(cast(int, one["location"]))
            end = min([*(place for place in starts if place > start), elements.end(start)])
            key = elements.token("REFERENCES", start)
            quoted = str(column["colname"]).replace('"', '""')
            text = f'{sql[start:key]}FOREIGN KEY ("{quoted}") {sql[key:end].strip()}'
            yield ForeignKey(start, end, f"ALTER TABLE {table} ADD {text}")


class _Elements:
    """The tokens of a CREATE TABLE, by the places of their characters."""

    def __init__(self, sql: str) -> None:
        self._bytes = sql.encode()
        # the scanner counts characters, and the parser bytes
        self._tokens = scan(sql)

    def character(self, place: int) -> int:
        """The character at a place that is counted in bytes."""
        return len(self._bytes[:place].decode())

    def token(self, name: str, start: int) -> int:
        """Where the first token of that name from `start` on is."""
        return next(token.start for token in self._tokens if token.start >= start and token.name == name)

    def end(self, start: int) -> int:
        """Where the element that `start` is in ends: before a comma, or the parenthesis that closes the list."""
        depth = 0
        for token in self._tokens:
            if token.start < start:
                continue
            if depth == 0 and token.name in (_COMMA, _CLOSES):
                return int(token.start)
            depth += {_OPENS: 1, _CLOSES: -1}.get(token.name, 0)
        raise AssertionError("the list of a CREATE TABLE ends with a parenthesis")

    def whole(self, place: int) -> tuple[int, int]:
        """An element with the comma that comes to stand alone without it."""
        start = self.character(place)
        end = self.end(start)
        before = [token for token in self._tokens if token.start < start]
        if before and before[-1].name == _COMMA:
            return int(before[-1].start), end
        after = next(token for token in self._tokens if token.start >= end)
        return start, int(after.end) + 1 if after.name == _COMMA else end
