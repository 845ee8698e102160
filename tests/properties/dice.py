"""Random choices, all made from one function that draws integers: hypothesis draws them, or a seed does."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

Chosen = TypeVar("Chosen")

RESERVED = ("select", "user", "order", "table", "group", "default", "time", "value", "interval", "end", "all", "name")
NASTY = (
    "sp ace {}", 'qu"ote{}', "Upper{}", "dot.{}", "🙂{}", "pa(ren){}", "comma,{}", "it's{}", "back\\{}", "$1 {}",
    "-- {}",
    'sp "both" . {}', "percent%s{}", "{}digit", "ümlaut{}", "co:lon{}", " lead{}", "semi;{}",
)  # fmt: skip


class Dice:
    """Choices made with `integer(low, high)`, both ends included."""

    def __init__(self, integer: Callable[[int, int], int], nastiness: int = 3) -> None:
        self.integer = integer
        self._nastiness = nastiness

    @classmethod
    def seeded(cls, seed: int, nastiness: int = 3) -> "Dice":
        """Dice that fall the same for the same seed."""
        return cls(Random(seed).randint, nastiness)

    def pick(self, among: Sequence[Chosen]) -> Chosen:
        """One of several."""
        return among[self.integer(0, len(among) - 1)]

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.integer(1, one_in) == one_in

    def some(self, among: Sequence[Chosen], most: int = 3) -> list[Chosen]:
        """At least one of several, none twice, in any order."""
        left, found = list(among), []
        for _ in range(self.integer(1, max(1, min(most, len(left))))):
            found.append(left.pop(self.integer(0, len(left) - 1)))
        return found

    def weighted(self, among: Sequence[tuple[int, Chosen]]) -> Chosen:
        """One of several, each with its weight."""
        place = self.integer(1, sum(weight for weight, _ in among))
        for weight, chosen in among:
            place -= weight
            if place <= 0:
                return chosen
        raise AssertionError("weights are positive")

    def name(self, stem: str) -> str:
        """A quoted name; now and then one that is hard to quote or exactly 63 bytes long."""
        number = self.integer(0, 999)
        if self.integer(0, 9) >= self._nastiness:
            return f"{stem}_{number}"
        form = self.integer(0, 9)
        if form == 0:
            return quoted(self.pick(RESERVED))
        if form == 1:
            return quoted(f"{stem}_{number:03}".ljust(63, "x"))
        if form == 2:
            return quoted(f"é{stem} {number:03}".ljust(62, "X"))
        return quoted(self.pick(NASTY).format(number))


def quoted(name: str) -> str:
    """A name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string in quotes."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
