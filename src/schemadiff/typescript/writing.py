"""Types of a database in TypeScript, in the form that clients of the platform's API take."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from schemadiff.typescript.described import Argument, Column, Described, Function, Relation
from schemadiff.typescript.helpers import HELPERS, JSON
from schemadiff.typescript.mapping import Mapping

_NAME = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_WIDTH = 80
_EMPTY = "[_ in never]: never"


def written(described: Described) -> str:
    """The whole file."""
    writer = _Writer(described)
    default = "public" if "public" in described.schemas else next(iter(described.schemas), "public")
    lines = ["export type Database = {"]
    for schema in described.schemas:
        lines += [f"  {quoted(schema)}: {{", *("    " + line for line in writer.schema(schema)), "  }"]
    lines.append("}")
    helpers = HELPERS.replace("DEFAULT", json.dumps(default))
    return "\n".join((JSON, *lines, "", helpers, *writer.constants(), ""))


def quoted(name: str) -> str:
    """A name as a property."""
    return name if _NAME.fullmatch(name) else json.dumps(name, ensure_ascii=False)


class _Writer:
    def __init__(self, described: Described) -> None:
        self._described = described
        self._mapping = Mapping(described)

    def schema(self, schema: str) -> Iterator[str]:
        """The five parts of a schema."""
        relations = [one for one in self._described.relations if one.schema == schema]
        yield from self._part("Tables", (self._relation(one) for one in relations if one.kind in "rpf"))
        yield from self._part("Views", (self._relation(one) for one in relations if one.kind in "vm"))
        yield from self._part("Functions", self._functions(schema))
        enums = self._enums(schema)
        yield from self._part("Enums", ([_union(quoted(name), labels)] for name, labels in enums))
        yield from self._part("CompositeTypes", (self._composite(one) for one in relations if one.kind == "c"))

    def constants(self) -> Iterator[str]:
        """The labels of enums as values."""
        yield "export const Constants = {"
        for schema in self._described.schemas:
            yield f"  {quoted(schema)}: {{"
            enums = self._enums(schema)
            yield "    Enums: {" if enums else "    Enums: {},"
            for name, labels in enums:
                yield f"      {quoted(name)}: [{', '.join(map(_string, labels))}],"
            yield from ["    },"] if enums else []
            yield "  },"
        yield "} as const"

    def _enums(self, schema: str) -> list[tuple[str, tuple[str, ...]]]:
        types = self._described.types.values()
        return sorted((one.name, one.labels) for one in types if one.schema == schema and one.type == "e")

    @staticmethod
    def _part(name: str, entries: Iterable[list[str]]) -> Iterator[str]:
        yield f"{name}: {{"
        lines = [f"  {line}" for entry in entries for line in entry]
        yield from lines or [f"  {_EMPTY}"]
        yield "}"

    def _relation(self, relation: Relation) -> list[str]:
        view = relation.kind in "vm"
        body = ["  Row: {", *(f"    {line}" for line in self._row(relation)), "  }"]
        if relation.inserts or not view:
            body += ["  Insert: {", *(f"    {self._written(c, view, insert=True)}" for c in relation.columns), "  }"]
        if relation.updates or not view:
            body += ["  Update: {", *(f"    {self._written(c, view, insert=False)}" for c in relation.columns), "  }"]
        body += ["  Relationships: [", *(f"    {line}" for line in _keys(relation)), "  ]"]
        if not relation.keys:
            body = [*body[:-2], "  Relationships: []"]
        return [f"{quoted(relation.name)}: {{", *body, "}"]

    def _row(self, relation: Relation) -> Iterator[str]:
        """The columns, and what functions of a row add to it."""
        for column in relation.columns:
            nullable = column.nullable or relation.kind in "vm"
            yield f"{quoted(column.name)}: {self._mapping.of(column.type, nullable=nullable)}"
        for function in self._described.functions:
            if self._row_of(function) == relation.number and function.schema == relation.schema:
                yield f"{quoted(function.name)}: {self._mapping.of(function.returns, nullable=True)}"

    def _row_of(self, function: Function) -> int | None:
        """The relation whose row is all that a function takes."""
        given = [one for one in function.arguments if one.mode in "ibv"]
        if len(given) != 1 or function.returns_set:
            return None
        return self._described.types[given[0].type].relation or None

    def _written(self, column: Column, view: bool, *, insert: bool) -> str:
        if column.identity == "a" or column.generated or (view and not column.updatable):
            return f"{quoted(column.name)}?: never"
        nullable = column.nullable or view
        optional = not insert or nullable or column.default
        type = self._mapping.of(column.type, nullable=nullable)
        return f"{quoted(column.name)}{'?' if optional else ''}: {type}"

    def _functions(self, schema: str) -> Iterator[list[str]]:
        """Functions by name; several of one name are alternatives."""
        named: dict[str, list[Function]] = defaultdict(list)
        for function in self._described.functions:
            if function.schema == schema and _callable(function):
                named[function.name].append(function)
        for name, functions in named.items():
            if len(functions) == 1:
                yield [f"{quoted(name)}: {{", *self._function(functions[0]), "}"]
                continue
            lines = [f"{quoted(name)}:"]
            for function in functions:
                lines += ["  | {", *(f"    {line}" for line in self._function(function)), "    }"]
            yield lines

    def _function(self, function: Function) -> list[str]:
        given = sorted((one for one in function.arguments if one.mode in "ibv"), key=lambda one: one.name)
        lines = _object("Args", [self._argument(one) for one in given]) if given else ["Args: never"]
        return [f"  {line}" for line in (*lines, *self._returns(function))]

    def _argument(self, one: Argument) -> str:
        name = quoted(one.name) if one.name else '""'
        type = self._mapping.of(one.type)
        return f"{name}{'?' if one.optional else ''}: {type}"

    def _returns(self, function: Function) -> list[str]:
        several = "[]" if function.returns_set else ""
        out = [one for one in function.arguments if one.mode in "bot"]
        relation = self._described.relation(self._described.types[function.returns].relation)
        if len(out) > 1 or any(one.mode == "t" for one in out):
            return _object("Returns", [f"{quoted(one.name)}: {self._mapping.of(one.type)}" for one in out], several)
        if relation is not None:
            columns = [f"{quoted(c.name)}: {self._mapping.of(c.type, nullable=c.nullable)}" for c in relation.columns]
            return _object("Returns", columns, several, wide=True)
        type = self._mapping.of(function.returns)
        return [f"Returns: {f'({type})' if several and '|' in type else type}{several}"]

    def _composite(self, relation: Relation) -> list[str]:
        lines = [f"{quoted(one.name)}: {self._mapping.of(one.type, nullable=True)}" for one in relation.columns]
        return [f"{quoted(relation.name)}: {{", *(f"  {line}" for line in lines), "}"]


def _callable(function: Function) -> bool:
    """Whether the API can call it: by the names of its arguments, or with a single one without."""
    given = [one for one in function.arguments if one.mode in "ibv"]
    return all(one.name for one in given) or len(given) == 1


def _keys(relation: Relation) -> Iterator[str]:
    for key in relation.keys:
        yield "{"
        yield f"  foreignKeyName: {_string(key.name)}"
        yield f"  columns: [{', '.join(map(_string, key.columns))}]"
        yield f"  isOneToOne: {str(key.one_to_one).lower()}"
        yield f"  referencedRelation: {_string(key.table)}"
        yield f"  referencedColumns: [{', '.join(map(_string, key.referenced))}]"
        yield "},"


def _object(name: str, properties: list[str], after: str = "", *, wide: bool = False) -> list[str]:
    """An object in one line where it fits."""
    line = f"{name}: {{ {'; '.join(properties)} }}{after}"
    if len(line) + 8 <= _WIDTH and not wide:
        return [line]
    return [f"{name}: {{", *(f"  {one}" for one in properties), f"}}{after}"]


def _union(name: str, labels: tuple[str, ...]) -> str:
    line = f"{name}: {' | '.join(map(_string, labels)) or 'never'}"
    return line if len(line) + 6 <= _WIDTH else f"{name}:" + "".join(f"\n        | {_string(one)}" for one in labels)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
