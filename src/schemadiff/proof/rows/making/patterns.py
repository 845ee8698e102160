"""A text that a regular expression of Postgres matches, for the expressions that checks are made of."""

from collections.abc import Iterator

_CLASSES = {"d": "1", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_NAMED = {
    "alpha": "a", "alnum": "a", "digit": "1", "lower": "a", "upper": "A", "space": " ", "punct": "-", "xdigit": "a",
}  # fmt: skip
_TRIES = "aA1-_ .@/:+#0zZ9"
"""Characters to try where a class excludes some."""


_LONGEST = 10_000


def matching(pattern: str, variant: int = 0) -> str | None:
    """A text that `pattern` should match; None if the pattern cannot be read.

    Variants differ in the characters they take from classes, and in how long their open repetitions are.

    Back references, look-around and the rarer escapes are not understood: their text may not match.
    """
    reader = _Reader(pattern.removeprefix("(?i)"), variant)
    try:
        text = reader.alternatives()
    except (IndexError, ValueError, RecursionError):
        return None
    return text if reader.place == len(reader.pattern) else None


def alike(pattern: str) -> Iterator[str]:
    """Texts that a LIKE pattern matches."""
    for filling in ("a", "", "ab1"):
        yield pattern.replace("\\%", "\0").replace("%", filling).replace("_", "a").replace("\0", "%")


class _Reader:
    def __init__(self, pattern: str, variant: int) -> None:
        self.pattern, self.variant, self.place = pattern, variant, 0

    def alternatives(self) -> str:
        """The text of the first alternative; the others are read over."""
        first = self._sequence()
        while self._next() == "|":
            self.place += 1
            self._sequence()
        return first

    def _next(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def _take(self) -> str:
        self.place += 1
        return self.pattern[self.place - 1]

    def _sequence(self) -> str:
        parts = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return "".join(parts)

    def _atom(self) -> str:
        match self._take():
            case "^" | "$":
                return ""
            case ".":
                return "a"
            case "[":
                return self._bracket()
            case "(":
                return self._group()
            case "\\":
                escaped = self._take()
                if escaped in "AZmMyYbB":
                    return ""
                return self._between("1", "9") if escaped == "d" else _CLASSES.get(escaped, escaped)
            case plain:
                return plain

    def _group(self) -> str:
        if self.pattern.startswith("?", self.place):
            if not self.pattern.startswith("?:", self.place):
                raise ValueError(self.pattern)
            self.place += 2
        text = self.alternatives()
        if self._take() != ")":
            raise ValueError(self.pattern)
        return text

    def _bracket(self) -> str:
        excluded = self._next() == "^"
        self.place += excluded
        members: list[tuple[str, str]] = []
        while self._next() != "]" or not members:
            members.append(self._member())
        self.place += 1
        if not excluded:
            return self._between(*members[0])
        return next(one for one in _TRIES if not any(low <= one <= high for low, high in members))

    def _between(self, low: str, high: str) -> str:
        return chr(min(ord(low) + self.variant, ord(high)))

    def _member(self) -> tuple[str, str]:
        if self.pattern.startswith("[:", self.place):
            end = self.pattern.index(":]", self.place)
            name = self.pattern[self.place + 2 : end]
            self.place = end + 2
            return (_NAMED[name], _NAMED[name])
        low = self._take()
        if low == "\\":
            escaped = self._take()
            low = _CLASSES.get(escaped, escaped)
        if self._next() == "-" and self.pattern[self.place + 1] != "]":
            self.place += 1
            return (low, self._take())
        return (low, low)

    def _repeated(self, atom: str) -> str:
        match self._next():
            case "*" | "?" as sign:
                self.place += 1
                times = 1 if sign == "?" else self.variant
            case "+":
                self.place += 1
                times = 1 + self.variant
            case "{":
                end = self.pattern.index("}", self.place)
                low, comma, high = self.pattern[self.place + 1 : end].partition(",")
                self.place = end + 1
                most = int(high) if high else int(low) + (self.variant if comma else 0)
                times = min(int(low) + self.variant, most)
            case _:
                return atom
        if self._next() == "?":
            self.place += 1
        if len(atom) * times > _LONGEST:
            raise ValueError(self.pattern)
        return atom * times
