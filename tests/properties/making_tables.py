"""Tables and what stands in them, drawn at random."""

from properties.dice import Dice
from properties.making_types import name_in
from properties.world import HASHABLE, Column, Item, World, expression

NUMBERS = ("integer", "bigint", "smallint", "numeric", "numeric(10,2)", "double precision")
TEXTS = ("text", "character varying(40)")


def table(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A table: plain, unlogged, partitioned, or a child by INHERITS."""
    if like and "partition" in like.traits:
        return partition(dice, world, like)
    name = name_in(dice, world, like, "t")
    if like and not dice.chance(5):
        columns, tail = list(like.columns), like.type
    else:
        columns = [Column(dice.name("id"), dice.pick(HASHABLE))]
        columns += [Column(dice.name(f"c{n}"), dice.pick(world.types())) for n in range(dice.integer(0, 3))]
        columns = list({column.name: column for column in columns}.values())
        tail = dice.weighted(((6, ""), (1, "LIST"), (1, "RANGE"), (1, "HASH"), (2, "INHERITS")))
    parent = ""
    plain = [item.name for item in world.all("table") if not item.type and item.name != name]
    if like:
        parent = like.of  # NO INHERIT and INHERIT leave columns local, which pg_dump shows
    elif tail == "INHERITS" and plain:
        parent = dice.pick(plain)
    tail = tail.removeprefix("INHERITS")
    defined = ", ".join(f"{column.name} {column.type}" for column in columns)
    words = f"CREATE {'UNLOGGED ' if dice.chance(10) and not tail else ''}TABLE {name} ({defined})"
    if parent:
        words += f" INHERITS ({parent})"
    if tail:
        words += f" PARTITION BY {tail} ({columns[0].name})"
    elif dice.chance(6):
        words += f" WITH (fillfactor = {dice.integer(50, 90)})"
    return [Item("table", name, (words,), tuple(columns), of=parent, type=tail)]


def partition(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A partition of a partitioned table, which may be partitioned itself."""
    parents = [item for item in world.all("table") if item.type]
    if not parents:
        return []
    parent = next((item for item in parents if like and item.name == like.of), None) or dice.pick(parents)
    name = name_in(dice, world, like, "part")
    key = world.columns(parent.name)[0] if world.columns(parent.name) else Column("id", "integer")
    number = dice.integer(0, 7)
    if dice.chance(4) and parent.type != "HASH":
        bound = "DEFAULT"
    elif parent.type == "HASH":
        bound = f"FOR VALUES WITH (MODULUS 8, REMAINDER {number})"
    elif parent.type == "LIST":
        bound = f"FOR VALUES IN ({world.value(key.type, number)})"
    else:
        bound = f"FOR VALUES FROM ({world.value(key.type, number)}) TO ({world.value(key.type, number + 2)})"
    tail = dice.weighted(((5, ""), (1, "HASH"), (1, "LIST")))
    words = f"CREATE TABLE {name} PARTITION OF {parent.name} {bound}"
    if tail:
        words += f" PARTITION BY {tail} ({key.name})"
    return [Item("table", name, (words,), of=parent.name, type=tail, traits=frozenset({"partition"}))]


def column(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A column: with a default, identity, generated, serial, not null or plain."""
    tables = world.all("table")
    if not tables:
        return []
    of = like.of if like else dice.pick(tables).name
    name = like.columns[0].name if like else dice.name("c")
    type = _next_type(dice, world, like.columns[0].type) if like else dice.pick(world.types())
    others = [other for other in world.columns(of) if other.name != name]
    words = f"ALTER TABLE {of} ADD COLUMN {name} "
    sql = [words + type]
    form = dice.weighted(
        ((6, "plain"), (4, "default"), (1, "sequence"), (1, "identity"), (1, "serial"), (2, "generated"))
    )
    if form == "default":
        made = expression(dice, world, [])
        sql = [f"{words}{type} DEFAULT {made.name if made.type == type else world.value(type, dice.integer(0, 9))}"]
        sql[0] += " NOT NULL" if dice.chance(2) else ""
    elif form == "sequence" and world.all("sequence"):
        used = dice.pick(world.all("sequence")).name.replace("'", "''").replace("\\", "\\\\")
        type, sql = "bigint", [f"{words}bigint DEFAULT nextval(E'{used}'::regclass)"]
    elif form == "identity":
        type = dice.pick(("integer", "bigint"))
        sql = [f"{words}{type} GENERATED {dice.pick(('ALWAYS', 'BY DEFAULT'))} AS IDENTITY"]
    elif form == "serial":
        type, sql = "integer", [f"{words}serial"]
    elif form == "generated" and others:
        made = expression(dice, world, others, immutable=True)
        type, sql = made.type, [f"{words}{made.type} GENERATED ALWAYS AS ({made.name}) STORED"]
    if dice.chance(8):
        sql.append(f"ALTER TABLE {of} ALTER COLUMN {name} SET STATISTICS {dice.integer(1, 200)}")
    if dice.chance(10):
        sql.append(f"ALTER TABLE {of} ALTER COLUMN {name} SET STORAGE {dice.pick(('EXTERNAL', 'MAIN'))}")
    return [Item("column", f"{of}.{name}", tuple(sql), (Column(name, type),), of=of, type=form)]


def _next_type(dice: Dice, world: World, type: str) -> str:
    """The same type or one that values can be cast to."""
    if not dice.chance(3):
        return type
    if type in NUMBERS:
        return dice.pick((*NUMBERS, "text"))
    return dice.pick(world.types()) if type in TEXTS else dice.pick(TEXTS)


def constraint(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A key, a unique constraint, a check that may call a function, or a foreign key."""
    tables = world.all("table")
    if not tables:
        return []
    of = like.of if like else dice.pick(tables).name
    name = like.name if like else dice.name("con")
    columns = world.columns(of)
    if not columns:
        return []
    form = like.type if like and not dice.chance(4) else dice.pick(("primary", "unique", "check", "check", "foreign"))
    words = f"ALTER TABLE {of} ADD CONSTRAINT {name} "
    chosen = list(dict.fromkeys([columns[0], *(dice.some(columns, 2) if dice.chance(3) else ())]))
    names = ", ".join(column.name for column in chosen)
    later = dice.pick(("", "", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"))
    if form == "primary":
        return [Item("constraint", name, (f"{words}PRIMARY KEY ({names}){later}",), tuple(chosen), of, form)]
    if form == "unique":
        extra = f" INCLUDE ({dice.pick(columns).name})" if dice.chance(5) else ""
        return [Item("constraint", name, (f"{words}UNIQUE ({names}){extra}{later}",), tuple(chosen), of, form)]
    if form == "check":
        made = expression(dice, world, columns)
        tail = " NOT VALID" if dice.chance(8) else ""
        return [Item("constraint", name, (f"{words}CHECK ({made.name} IS NOT NULL){tail}",), of=of, type=form)]
    return _foreign(dice, world, of, name, words + "FOREIGN KEY", later)


def _foreign(dice: Dice, world: World, of: str, name: str, words: str, later: str) -> list[Item]:
    """A foreign key, with a column for it where none fits."""
    keys = [item for item in world.all("constraint") if item.type in ("primary", "unique") and len(item.columns) == 1]
    if not keys:
        return []
    target = dice.pick(keys)
    wanted = target.columns[0]
    fitting = [column for column in world.columns(of) if column.type == wanted.type]
    made = []
    if fitting:
        mine = dice.pick(fitting)
    else:
        mine = Column(dice.name("ref"), wanted.type)
        made = [
            Item("column", f"{of}.{mine.name}", (f"ALTER TABLE {of} ADD COLUMN {mine.name} {mine.type}",), (mine,), of)
        ]
    action = dice.pick(("", " ON DELETE CASCADE", " ON UPDATE CASCADE", " ON DELETE SET NULL"))
    sql = f"{words} ({mine.name}) REFERENCES {target.of} ({wanted.name}){action}{later}"
    return [*made, Item("constraint", name, (sql,), of=of, type="foreign")]


def index(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """An index of a table or materialized view: over columns or expressions, partial, with included columns."""
    tables = world.all("table", "materialized view")
    if not tables:
        return []
    of = like.of if like else dice.pick(tables).name
    name = like.name if like else dice.name("ix")
    columns = world.columns(of)
    if not columns:
        return []
    parts = []
    for _ in range(dice.integer(1, 2)):
        made = expression(dice, world, columns, immutable=True)
        parts.append(made.name if made in columns else f"({made.name})")
    words = f"CREATE {'UNIQUE ' if dice.chance(6) else ''}INDEX {name} ON {of} "
    method = dice.pick(("", "", "", "USING hash ", "USING brin "))
    if method == "USING hash ":
        del parts[1:]
    order = dice.pick(("", " DESC", " NULLS FIRST")) if not method else ""
    words += f"{method}({', '.join(parts)}{order})"
    if dice.chance(6) and not method:
        words += f" INCLUDE ({dice.pick(columns).name})"
    if dice.chance(4):
        words += f" WHERE {expression(dice, world, columns, immutable=True).name} IS NOT NULL"
    return [Item("index", name, (words,), of=of)]


def rows(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """Two rows in each table."""
    made = []
    for item in world.all("table"):
        columns = dice.some(world.columns(item.name) or [Column("id", "integer")], 6)
        names = ", ".join(column.name for column in columns)
        for number in range(2):
            values = ", ".join(world.value(column.type, number + item.slot) for column in columns)
            made.append(
                Item("rows", item.name, (f"INSERT INTO {item.name} ({names}) VALUES ({values})",), of=item.name)
            )
    return made
