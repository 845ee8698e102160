"""Functions, procedures, aggregates and triggers, drawn at random.

A function's name carries its signature after a zero byte, so that overloads have names of their own.
"""

from properties.dice import Dice
from properties.making_types import name_in
from properties.world import Column, Item, World, expression, schema_of, spoken

VOLATILITIES = ("IMMUTABLE", "STABLE", "VOLATILE", "IMMUTABLE")


def function(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A function with a string or an SQL-standard body that may call others and read tables and views."""
    name = spoken(like.name) if like else f"{world.schema(dice)}.{dice.name('f')}"
    if like and not dice.chance(4):
        arguments = list(like.columns)
    else:
        types = world.types()
        arguments = [Column(f"a{n}", dice.pick(types)) for n in range(dice.integer(0, 2))]
    returned = like.type if like and not dice.chance(4) else dice.pick(world.types())
    form = dice.weighted(((3, "string"), (3, "return"), (2, "atomic"), (2, "plpgsql"), (1, "set")))
    volatility = dice.pick(VOLATILITIES) if form != "set" else "STABLE"
    numbered = [Column(f"${place}", argument.type) for place, argument in enumerate(arguments, 1)]
    value = world.value(returned, dice.integer(0, 9))
    made = expression(dice, world, numbered, immutable=volatility == "IMMUTABLE")
    if made.type == returned:
        value = made.name
    elif dice.chance(2):
        value = f"CASE WHEN {made.name} IS NULL THEN {value} ELSE {value} END"
    source = ""
    relations = world.all("table", "view")
    if volatility != "IMMUTABLE" and relations and dice.chance(2):
        chosen = dice.pick(relations)
        columns = world.columns(chosen.name)
        fitting = [column for column in columns if column.type == returned]
        if fitting:
            value, source = f"r.{dice.pick(fitting).name}", f" FROM {chosen.name} AS r"
    body = {
        "string": f"LANGUAGE sql {volatility} AS $body$ SELECT {value}{source} LIMIT 1 $body$",
        "return": f"LANGUAGE sql {volatility} RETURN (SELECT {value} AS v{source} LIMIT 1)",
        "atomic": f"LANGUAGE sql {volatility} BEGIN ATOMIC SELECT {value} AS v{source} LIMIT 1; END",
        "plpgsql": f"LANGUAGE plpgsql {volatility} AS $body$ BEGIN RETURN (SELECT {value}{source} LIMIT 1); END $body$",
        "set": f"LANGUAGE sql {volatility} BEGIN ATOMIC SELECT {value} AS v{source}; END",
    }[form]
    options = dice.pick(("", "", " STRICT", " SECURITY DEFINER", " SET search_path = ''", " PARALLEL SAFE", " COST 7"))
    listed = ", ".join(
        f"{argument.name} {argument.type}"
        + (f" DEFAULT {world.value(argument.type, 1)}" if dice.chance(5) and argument is arguments[-1] else "")
        for argument in arguments
    )
    result = f"SETOF {returned}" if form == "set" else returned
    head, _, tail = body.partition(f"{volatility} ")
    sql = f"CREATE FUNCTION {name}({listed}) RETURNS {result} {head}{volatility}{options} {tail}"
    traits = {volatility.lower(), form} & {"immutable", "set"}
    signature = f"{name}\0({', '.join(argument.type for argument in arguments)})"
    return [Item("function", signature, (sql,), tuple(arguments), type=returned, traits=frozenset(traits))]


def procedure(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A procedure."""
    name = spoken(like.name) if like else f"{world.schema(dice)}.{dice.name('p')}"
    type = dice.pick(world.types())
    body = f"CREATE PROCEDURE {name}(a {type}) LANGUAGE sql BEGIN ATOMIC SELECT $1 AS v; END"
    return [Item("procedure", f"{name}\0({type})", (body,), (Column("a", type),))]


def aggregate(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """An aggregate over a state function of its own."""
    name = name_in(dice, world, like, "agg")
    type = dice.pick(world.types())
    state = f"{schema_of(name)}.{dice.name('state')}"
    function = (
        f"CREATE FUNCTION {state}(s {type}, v {type}) RETURNS {type} LANGUAGE sql IMMUTABLE RETURN coalesce($1, $2)"
    )
    made = f"CREATE AGGREGATE {name}({type}) (SFUNC = {state}, STYPE = {type})"
    arguments = (Column("s", type), Column("v", type))
    signature = f"{state}\0({type}, {type})"
    return [
        Item("function", signature, (function,), arguments, type=type, traits=frozenset({"immutable"})),
        Item("aggregate", name, (made,), (Column("v", type),), type=type),
    ]


def trigger(dice: Dice, world: World, like: Item | None) -> list[Item]:
    """A trigger on a table, with a function of its own or one of another trigger."""
    tables = world.all("table")
    if not tables:
        return []
    of = like.of if like else dice.pick(tables).name
    name = like.name if like else dice.name("tr")
    made: list[Item] = []
    functions = world.all("trigger function")
    if functions and not dice.chance(3):
        used = dice.pick(functions).name
    else:
        used = f"{world.schema(dice)}.{dice.name('tf')}"
        body = f"CREATE FUNCTION {used}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN {dice.pick(('NEW', 'NULL'))}; END $$"
        made = [Item("trigger function", used, (body.replace("RETURN NULL", "RETURN coalesce(NEW, OLD)"),))]
    columns = world.columns(of)
    events = dice.pick(("INSERT", "UPDATE", "INSERT OR UPDATE", "DELETE"))
    if events == "UPDATE" and columns and dice.chance(2):
        events = f"UPDATE OF {dice.pick(columns).name}"
    when = ""
    if columns and "DELETE" not in events and dice.chance(3):
        chosen = dice.pick(columns)
        new = expression(dice, world, [Column(f"NEW.{chosen.name}", chosen.type)])
        when = f" WHEN ({new.name} IS NOT NULL)"
    sql = [
        f"CREATE TRIGGER {name} {dice.pick(('BEFORE', 'AFTER'))} {events} ON {of} FOR EACH ROW{when} EXECUTE FUNCTION {used}()"
    ]
    if dice.chance(5):
        sql.append(f"ALTER TABLE {of} {dice.pick(('DISABLE', 'ENABLE ALWAYS'))} TRIGGER {name}")
    return [*made, Item("trigger", name, tuple(sql), of=of)]
