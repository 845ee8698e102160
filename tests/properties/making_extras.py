"""What describes other objects: comments, grants, owners, default privileges, statistics, publications."""

from properties.dice import Dice, literal
from properties.making_views import ROLES
from properties.world import Item, World, schema_of

KEYWORDS = {
    "schema": "SCHEMA", "enum": "TYPE", "domain": "DOMAIN", "composite": "TYPE", "range": "TYPE", "sequence": "SEQUENCE",
    "table": "TABLE", "view": "VIEW", "materialized view": "MATERIALIZED VIEW", "function": "FUNCTION",
    "procedure": "PROCEDURE", "column": "COLUMN", "index": "INDEX", "trigger function": "FUNCTION",
}  # fmt: skip
GRANTED = {
    "schema": ("SCHEMA", ("USAGE", "CREATE", "ALL")),
    "enum": ("TYPE", ("USAGE",)),
    "domain": ("DOMAIN", ("USAGE",)),
    "sequence": ("SEQUENCE", ("USAGE", "SELECT", "ALL")),
    "table": ("TABLE", ("SELECT", "INSERT, UPDATE", "ALL", "TRUNCATE")),
    "view": ("TABLE", ("SELECT", "ALL")),
    "materialized view": ("TABLE", ("SELECT",)),
    "function": ("FUNCTION", ("EXECUTE",)),
    "procedure": ("PROCEDURE", ("EXECUTE",)),
}


def _named(item: Item) -> str:
    """The name as SQL addresses it."""
    if item.kind in ("function", "procedure"):
        return item.name.replace("\0", "")
    if item.kind == "trigger function":
        return f"{item.name}()"
    if item.kind == "index":
        return f"{schema_of(item.of)}.{item.name}"
    return item.name


def comment(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A comment on something."""
    targets = world.all(*KEYWORDS)
    if not targets:
        return []
    text = literal(dice.pick(("plain", "it's", "two\nlines", "back\\slash", "🙂")) + str(dice.integer(0, 9)))
    if like:
        return [Item("comment", like.name, (f"COMMENT ON {like.name} IS {text}",))]
    target = dice.pick(targets)
    name = f"{KEYWORDS[target.kind]} {_named(target)}"
    return [Item("comment", name, (f"COMMENT ON {name} IS {text}",))]


def owner(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """Another owner for something."""
    targets = world.all(*(kind for kind in KEYWORDS if kind not in ("column", "index")))
    if not targets:
        return []
    target = dice.pick(targets)
    name = like.name if like else f"{KEYWORDS[target.kind]} {_named(target)}"
    return [Item("owner", name, (f"ALTER {name} OWNER TO {dice.pick(ROLES[:2])}",))]


def grant(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A grant on something, or on some columns, or a revocation of what everybody has."""
    targets = world.all(*GRANTED)
    if not targets:
        return []
    target = dice.pick(targets)
    keyword, privileges = GRANTED[target.kind]
    columns = world.columns(target.name) if target.kind == "table" else []
    what = dice.pick(privileges)
    if columns and dice.chance(3):
        what = f"{dice.pick(('SELECT', 'UPDATE'))} ({', '.join(c.name for c in dice.some(columns, 2))})"
    option = " WITH GRANT OPTION" if dice.chance(6) else ""
    sql = f"GRANT {what} ON {keyword} {_named(target)} TO {dice.pick(ROLES[: 2 if option else 3])}{option}"
    if dice.chance(4):
        sql = f"REVOKE ALL ON {keyword} {_named(target)} FROM {dice.pick(('PUBLIC', 'CURRENT_USER', 'prop_alice'))}"
    return [Item("grant", target.name, (sql,))]


def default_privileges(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """Default privileges, everywhere or in one schema."""
    where = f" IN SCHEMA {world.schema(dice)}" if dice.chance(2) else ""
    who = f" FOR ROLE {dice.pick(ROLES[:2])}" if dice.chance(3) else ""
    kind = dice.pick(("TABLES", "SEQUENCES", "FUNCTIONS", "TYPES"))
    verb = "GRANT ALL ON {} TO prop_alice"
    if not where and dice.chance(3):
        verb = "REVOKE ALL ON {} FROM PUBLIC"
    return [Item("default privileges", kind, (f"ALTER DEFAULT PRIVILEGES{who}{where} {verb.format(kind)}",))]


def statistics(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A statistics object."""
    tables = [item for item in world.all("table") if len(world.columns(item.name)) > 1]
    if not tables:
        return []
    of = like.of if like else dice.pick(tables).name
    name = like.name if like else f"{world.schema(dice)}.{dice.name('stat')}"
    columns = ", ".join(column.name for column in world.columns(of)[: dice.integer(2, 4)])
    return [Item("statistics", name, (f"CREATE STATISTICS {name} ON {columns} FROM {of}",), of=of)]


def publication(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A publication of some tables, which may have a column list or a row filter."""
    tables = world.all("table")
    if not tables:
        return []
    name = like.name if like else dice.name("pub")
    parts = [item.name for item in dice.some(tables, 3)]
    columns = world.columns(parts[0])
    if columns and dice.chance(3):
        parts[0] += f" ({', '.join(column.name for column in dice.some(columns, 2))})"
    made = f"CREATE PUBLICATION {name} FOR TABLE {', '.join(parts)}"
    if dice.chance(3):
        made += f" WITH (publish = '{dice.pick(('insert', 'insert, update', 'delete'))}')"
    return [Item("publication", name, (made,))]


def table_state(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A replica identity or forced row security."""
    tables = world.all("table")
    if not tables:
        return []
    of = like.of if like else dice.pick(tables).name
    sql = dice.pick((f"ALTER TABLE {of} REPLICA IDENTITY FULL", f"ALTER TABLE {of} FORCE ROW LEVEL SECURITY"))
    return [Item("table state", of, (sql,), of=of)]
