"""Random pairs of schemas: one made from nothing, one made from it by a few changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from properties import making_extras, making_routines, making_tables, making_types, making_views
from properties.dice import Dice
from properties.world import Item, World

Maker = Callable[[Dice, World, Item | None], list[Item]]

MAKERS: dict[str, tuple[int, Maker]] = {
    "schema": (1, making_types.schema),
    "enum": (2, making_types.enum),
    "domain": (3, making_types.domain),
    "composite": (2, making_types.composite),
    "range": (1, making_types.range_type),
    "sequence": (2, making_types.sequence),
    "table": (6, making_tables.table),
    "partition": (3, making_tables.partition),
    "column": (10, making_tables.column),
    "constraint": (7, making_tables.constraint),
    "index": (5, making_tables.index),
    "function": (9, making_routines.function),
    "procedure": (1, making_routines.procedure),
    "aggregate": (1, making_routines.aggregate),
    "trigger": (3, making_routines.trigger),
    "view": (7, making_views.view),
    "materialized view": (3, making_views.materialized_view),
    "rule": (1, making_views.rule),
    "policy": (3, making_views.policy),
    "comment": (3, making_extras.comment),
    "owner": (2, making_extras.owner),
    "grant": (4, making_extras.grant),
    "default privileges": (1, making_extras.default_privileges),
    "statistics": (1, making_extras.statistics),
    "publication": (1, making_extras.publication),
    "table state": (1, making_extras.table_state),
}
"""Kind to its weight and what draws items of it."""

_CHOICES = [(weight, maker) for weight, maker in MAKERS.values()]


@dataclass(frozen=True)
class Pair:
    """Two schemas as items in the order in which they load, and rows for the tables of the first."""

    first: tuple[Item, ...]
    second: tuple[Item, ...]
    rows: tuple[Item, ...]

    def without(self, slots: set[int]) -> "Pair":
        """The pair less the items in some slots."""
        sides = ([item for item in side if item.slot not in slots] for side in (self.first, self.second, self.rows))
        first, second, rows = map(tuple, sides)
        return Pair(first, second, rows)


def schema_items(dice: Dice, size: int) -> list[Item]:
    """A schema of about `size` items, each of which refers to earlier ones only."""
    items: list[Item] = []
    for _ in range(size):
        maker = dice.weighted(_CHOICES)
        items += _numbered(maker(dice, World(items), None), len(items))
    return items


def changed(dice: Dice, items: list[Item], changes: int) -> list[Item]:
    """The schema after some changes: items dropped, altered, renamed, moved, added in any place."""
    made = list(items)
    fresh = len(items)
    for _ in range(changes):
        place = dice.integer(0, max(0, len(made) - 1))
        what = dice.weighted(((3, "drop"), (8, "alter"), (2, "rename"), (2, "move"), (5, "add")))
        if what == "add" or not made:
            place = dice.integer(0, len(made))
            new = _numbered(dice.weighted(_CHOICES)(dice, World(made[:place]), None), fresh)
            fresh += len(new)
            made[place:place] = new
            continue
        old = made.pop(place)
        if what == "move":
            made.insert(dice.integer(0, len(made)), old)
        elif what != "drop" and old.kind in MAKERS:
            like = old if what == "alter" else None
            again = MAKERS[old.kind][1](dice, World(made[:place]), like)
            made[place:place] = [replace(item, slot=old.slot) for item in again]
    return made


def pair(dice: Dice, size: int = 40, changes: int = 8) -> Pair:
    """A random pair."""
    first = schema_items(dice, dice.integer(size // 3, size))
    second = changed(dice, first, dice.integer(1, changes))
    rows = making_tables.rows(dice, World(first), None)
    return Pair(tuple(first), tuple(second), tuple(_numbered(rows, 100_000)))


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A random pair whose every choice hypothesis draws."""
    return pair(Dice(lambda low, high: draw(st.integers(low, high))))


def _numbered(items: list[Item], start: int) -> list[Item]:
    return [replace(item, slot=start + place) for place, item in enumerate(items)]
