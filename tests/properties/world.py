"""A schema as data: items, each with the SQL that makes it, and what later items may refer to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from properties.dice import Dice


class Column(NamedTuple):
    """A column, attribute or argument: quoted name and type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Item:
    """An object with the statements that make it.

    `of` is what it hangs on, `columns` what it brings, `type` what it returns or is based on. A slot is what an
    item keeps while it changes.
    """

    kind: str
    name: str
    sql: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    of: str = ""
    type: str = ""
    traits: frozenset[str] = frozenset()
    slot: int = field(default=0, compare=False)


BASE_TYPES = {
    "integer": ("{}", "2{}"),
    "bigint": ("{}", "3{}"),
    "smallint": ("{}", "1{}"),
    "numeric(10,2)": ("{}.5", "4{}.25"),
    "numeric": ("{}.125", "5{}"),
    "double precision": ("{}.5", "6{}.25"),
    "text": ("t{}", "it''s {}"),
    "character varying(40)": ("v{}", "w {}"),
    "character(8)": ("c{}", "d{}"),
    "boolean": ("true", "false"),
    "date": ("2026-01-0{}", "2025-02-0{}"),
    "timestamp with time zone": ("2026-01-0{} 00:00+00", "2025-03-0{} 00:00+00"),
    "interval": ("{} days", "{} hours"),
    "uuid": ("00000000-0000-0000-0000-00000000000{}", "10000000-0000-0000-0000-00000000000{}"),
    "jsonb": ('{{"a": {}}}', "[{}]"),
    "bytea": ("\\x0{}", "\\x1{}"),
    "inet": ("10.0.0.{}", "10.0.1.{}"),
    "integer[]": ("{{{}}}", "{{1,{}}}"),
    "text[]": ("{{a{}}}", "{{b,{}}}"),
    "int4range": ("[{},9)", "[1{},99)"),
}
"""Type to forms of its values, into which a digit from 1 to 5 goes."""

HASHABLE = ("integer", "bigint", "text", "uuid", "date", "smallint", "character varying(40)")
RELATIONS = ("table", "view", "materialized view")
TYPES = ("enum", "domain", "composite", "range")


class World:
    """The items made so far, as later ones look at them."""

    def __init__(self, items: tuple[Item, ...] | list[Item]) -> None:
        self.items = list(items)

    def all(self, *kinds: str) -> list[Item]:
        """The items of some kinds."""
        return [item for item in self.items if item.kind in kinds]

    def named(self, name: str, *kinds: str) -> Item | None:
        """The item of that name, if there is one."""
        return next((item for item in self.items if item.name == name and item.kind in kinds), None)

    def schema(self, dice: Dice) -> str:
        """The name of some schema."""
        return dice.pick(["public", *(item.name for item in self.all("schema"))])

    def columns(self, relation: str) -> list[Column]:
        """The columns of a relation, with those of its parents."""
        return list(dict.fromkeys(self._columns(relation)))

    def _columns(self, relation: str) -> Iterator[Column]:
        for item in self.items:
            if item.name == relation and item.kind in RELATIONS:
                if item.of:
                    yield from self._columns(item.of)
                yield from item.columns
            elif item.kind == "column" and item.of == relation:
                yield from item.columns

    def types(self) -> list[str]:
        """Every type that a column may have."""
        own = [item.name for item in self.all(*TYPES)]
        return [*BASE_TYPES, *own * 3, *(f"{name}[]" for name in own)]

    def value(self, type: str, number: int) -> str:
        """A value of the type as an expression; another number may give another value."""
        return f"{self._value(type, number)}::{type}"

    def _value(self, type: str, number: int) -> str:
        if type in BASE_TYPES:
            forms = BASE_TYPES[type]
            return "'" + forms[number % len(forms)].format(number % 5 + 1) + "'"
        if type.endswith("[]"):
            return f"ARRAY[{self.value(type[:-2], number)}]"
        item = self.named(type, *TYPES)
        if item is None:
            return "NULL"
        if item.kind == "enum":
            return item.columns[number % len(item.columns)].type
        if item.kind == "composite":
            return "ROW(" + ", ".join(self.value(column.type, number) for column in item.columns) + ")"
        if item.kind == "range":
            low, high = sorted((f"{number % 5}", f"{number % 5 + 4}"))
            return f"'[{low},{high})'"
        return self.value(item.type, number)


def expression(dice: Dice, world: World, columns: list[Column], *, immutable: bool = False) -> Column:
    """An expression over columns: its SQL stands in the place of a name, beside its type."""
    calls = callable_with(world, columns, immutable=immutable)
    form = dice.integer(0, 5)
    if form >= 3 and calls:
        called = dice.pick(calls)
        return Column(call(dice, world, called, columns), called.type)
    if not columns or form == 0:
        type = dice.pick([*BASE_TYPES, *(item.name for item in world.all("enum", "domain"))])
        return Column(world.value(type, dice.integer(0, 9)), type)
    chosen = dice.pick(columns)
    composite = world.named(chosen.type, "composite")
    if composite is not None and form == 1:
        inner = dice.pick(composite.columns)
        return Column(f"({chosen.name}).{inner.name}", inner.type)
    if form == 2 and chosen.type in ("text", "integer", "bigint", "numeric"):
        made = f"lower({chosen.name})" if chosen.type == "text" else f"({chosen.name} + 1)"
        return Column(made, chosen.type)
    return chosen


def callable_with(world: World, columns: list[Column], *, immutable: bool = False) -> list[Item]:
    """Functions of which one argument fits a column, or that take none."""
    types = {column.type for column in columns}
    return [
        item
        for item in world.all("function")
        if "set" not in item.traits
        and (not immutable or "immutable" in item.traits)
        and (not item.columns or not columns or any(column.type in types for column in item.columns))
    ]


def call(dice: Dice, world: World, called: Item, columns: list[Column]) -> str:
    """A call of the function over columns, with values where none fits."""
    given = []
    for argument in called.columns:
        fitting = [column.name for column in columns if column.type == argument.type]
        given.append(dice.pick(fitting) if fitting else world.value(argument.type, dice.integer(0, 9)))
    return f"{spoken(called.name)}({', '.join(given)})"


def spoken(name: str) -> str:
    """The name of a routine without the signature that stands behind a zero byte."""
    return name.partition("\0")[0]


def schema_of(name: str) -> str:
    """The schema in a qualified name, whose parts may hold dots inside quotes."""
    inside = False
    for place, character in enumerate(name):
        inside ^= character == '"'
        if character == "." and not inside:
            return name[:place]
    return "public"
