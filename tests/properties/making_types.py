"""Schemas, types and sequences, drawn at random."""

from properties.dice import Dice, literal
from properties.world import BASE_TYPES, TYPES, Column, Item, World, spoken


def schema(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A schema."""
    name = like.name if like else dice.name("s")
    return [Item("schema", name, (f"CREATE SCHEMA {name}",))]


def name_in(dice: Dice, world: World, like: Item | None, stem: str) -> str:
    """A qualified name, or the one that the changed item has already."""
    return like.name if like else f"{world.schema(dice)}.{dice.name(stem)}"


def enum(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """An enum; a changed one gets values, and now and then loses some or has them in another order."""
    name = name_in(dice, world, like, "mood")
    values = [column.type for column in like.columns] if like else []
    if values and dice.chance(3):
        values = dice.some(values, 5)
    for number in range(dice.integer(1, 3)):
        label = literal(dice.pick(("low", "hi gh", "o'k", "Ünder", "🙂")) + str(dice.integer(0, 99)) + str(number))
        if label not in values:
            values.insert(dice.integer(0, len(values)), label)
    columns = tuple(Column("", value) for value in values)
    return [Item("enum", name, (f"CREATE TYPE {name} AS ENUM ({', '.join(values)})",), columns)]


def domain(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A domain over a base type or another own type, with checks that may call a function."""
    name = name_in(dice, world, like, "dom")
    base = like.type if like and not dice.chance(4) else dice.pick([*BASE_TYPES, *_own(world, name)])
    words = f"CREATE DOMAIN {name} AS {base}"
    if dice.chance(4):
        words += f" DEFAULT {world.value(base, dice.integer(0, 9))}"
    if dice.chance(8):
        words += " NOT NULL"
    sql = [words]
    for number in range(dice.integer(0, 2)):
        checks = [f"VALUE IS DISTINCT FROM {world.value(base, 9)}"] if base in BASE_TYPES else ["VALUE IS NOT NULL"]
        for item in world.all("function"):
            if [column.type for column in item.columns] == [base] and "set" not in item.traits:
                checks.append(f"{spoken(item.name)}(VALUE) IS NOT NULL")
        constraint = dice.name(f"ck{number}")
        sql.append(f"ALTER DOMAIN {name} ADD CONSTRAINT {constraint} CHECK ({dice.pick(checks)})")
    return [Item("domain", name, tuple(sql), type=base)]


def _own(world: World, but: str) -> list[str]:
    return [item.name for item in world.all(*TYPES) if item.name != but]


def composite(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A composite type."""
    name = name_in(dice, world, like, "pair")
    kept = [column for column in like.columns if not dice.chance(4)] if like else []
    types = [*BASE_TYPES, *_own(world, name)]
    new = [Column(dice.name(f"f{n}"), dice.pick(types)) for n in range(dice.integer(0 if kept else 1, 3))]
    columns = tuple({column.name: column for column in [*kept, *new]}.values())
    attributes = ", ".join(f"{column.name} {column.type}" for column in columns)
    return [Item("composite", name, (f"CREATE TYPE {name} AS ({attributes})",), columns)]


def range_type(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A range type."""
    name = name_in(dice, world, like, "span")
    subtype = dice.pick(("integer", "bigint", "numeric", "double precision"))
    return [Item("range", name, (f"CREATE TYPE {name} AS RANGE (SUBTYPE = {subtype})",), type=subtype)]


def sequence(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A sequence with options."""
    name = name_in(dice, world, like, "seq")
    words = f"CREATE SEQUENCE {name}"
    if dice.chance(2):
        words += f" AS {dice.pick(('integer', 'smallint', 'bigint'))}"
    if dice.chance(3):
        words += f" INCREMENT BY {dice.integer(1, 5)}"
    if dice.chance(3):
        words += f" MINVALUE {dice.integer(-5, 1)} MAXVALUE {dice.integer(1000, 9000)}"
    if dice.chance(3):
        words += f" CACHE {dice.integer(2, 9)} CYCLE"
    sql = [words]
    tables = world.all("table")
    if tables and dice.chance(3):
        table = dice.pick(tables)
        columns = world.columns(table.name)
        if columns:
            sql.append(f"ALTER SEQUENCE {name} OWNED BY {table.name}.{dice.pick(columns).name}")
    return [Item("sequence", name, tuple(sql))]
