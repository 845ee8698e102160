"""Views, materialized views, rules and policies, drawn at random."""

from properties.dice import Dice
from properties.making_types import name_in
from properties.world import Column, Item, World, call, expression


def view(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A view over a table, another view, a function, or two relations."""
    return _view(dice, world, like, "view")


def materialized_view(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A materialized view over the same."""
    return _view(dice, world, like, "materialized view")


def _view(dice: Dice, world: World, like: Item | None, kind: str) -> list[Item]:
    name = name_in(dice, world, like, kind[0])
    source, columns = _source(dice, world, name)
    outputs = dice.some(columns, 4) if columns else []
    if like and not dice.chance(4):
        wanted = [column.name for column in like.columns]
        kept = [column for column in columns if column.name.removeprefix("r.") in wanted]
        outputs = list(dict.fromkeys([*kept, *(dice.some(columns, 1) if columns and dice.chance(2) else ())]))
    made = [Column(column.name.removeprefix("r."), column.type) for column in outputs]
    listed = [column.name for column in outputs]
    for number in range(dice.integer(0 if listed else 1, 2)):
        computed = expression(dice, world, columns)
        made.append(Column(f"x{number}", computed.type))
        listed.append(f"{computed.name} AS x{number}")
    options = dice.pick(("", "", "", " WITH (security_barrier=true)")) if kind == "view" else ""
    words = f"CREATE {kind.upper()} {name}{options} AS SELECT {', '.join(listed)} FROM {source}"
    if columns and dice.chance(3):
        words += f" WHERE {expression(dice, world, columns).name} IS NOT NULL"
    if kind == "materialized view" and dice.chance(3):
        words += " WITH NO DATA"
    return [Item(kind, name, (words,), tuple({column.name: column for column in made}.values()))]


def _source(dice: Dice, world: World, but: str) -> tuple[str, list[Column]]:
    """A FROM clause and its columns."""
    relations = [item for item in world.all("table", "view", "materialized view") if item.name != but]
    sets = [item for item in world.all("function") if "set" in item.traits]
    form = dice.integer(0, 5)
    if sets and (form == 0 or not relations):
        called = dice.pick(sets)
        return f"{call(dice, world, called, [])} AS r(v)", [Column("r.v", called.type)]
    if not relations:
        return "(SELECT 1 AS one) AS r", [Column("r.one", "integer")]
    chosen = dice.pick(relations)
    columns = [Column(f"r.{column.name}", column.type) for column in world.columns(chosen.name)]
    source = f"{chosen.name} AS r"
    if form == 1:
        source += f" CROSS JOIN {dice.pick(relations).name} AS other"
    return source, columns


def rule(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A rule that does nothing or announces."""
    targets = world.all("table", "view")
    if not targets:
        return []
    of = like.of if like else dice.pick(targets).name
    name = like.name if like else dice.name("rl")
    action = dice.pick(("ALSO NOTIFY prop", "INSTEAD NOTHING"))
    condition = ""
    columns = world.columns(of)
    if columns and dice.chance(3):
        chosen = dice.pick(columns)
        condition = f" WHERE {expression(dice, world, [Column(f'old.{chosen.name}', chosen.type)]).name} IS NULL"
    words = f"CREATE RULE {name} AS ON {dice.pick(('UPDATE', 'DELETE'))} TO {of}{condition} DO {action}"
    return [Item("rule", name, (words,), of=of)]


def policy(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A policy whose conditions may call functions and read other tables."""
    tables = world.all("table")
    if not tables:
        return []
    of = like.of if like else dice.pick(tables).name
    name = like.name if like else dice.name("pol")
    columns = world.columns(of)
    using = f"{expression(dice, world, columns).name} IS NOT NULL"
    if dice.chance(4):
        other = dice.pick(world.all("table", "view"))
        using = f"EXISTS (SELECT FROM {other.name})"
    words = f"CREATE POLICY {name} ON {of} AS {dice.pick(('PERMISSIVE', 'RESTRICTIVE'))} FOR {{}} TO {dice.pick(ROLES)}"
    command = dice.pick(("ALL", "SELECT", "INSERT", "UPDATE"))
    words = words.format(command) if "{}" in words else words
    sql = f"{words} {'WITH CHECK' if command == 'INSERT' else 'USING'} ({using})"
    enable = f"ALTER TABLE {of} ENABLE ROW LEVEL SECURITY"
    return [Item("row security", of, (enable,), of=of), Item("policy", name, (sql,), of=of)]


ROLES = ("prop_alice", '"prop Bob"', "PUBLIC")
