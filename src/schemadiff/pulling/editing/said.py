"""What schemadiff's own statements say of one object, part by part."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from schemadiff.desired.reading.desired_statements import statements
from schemadiff.desired.reading.source import Source, Text
from schemadiff.pulling.declarations import Declaration
from schemadiff.pulling.editing.subjects import ALTERED, Part, part_of


@dataclass(frozen=True, slots=True)
class Said:
    """The statements of an object, all in their order, and by what they are about."""

    every: tuple[str, ...]
    _by_part: dict[Part, list[str]]

    @property
    def parts(self) -> dict[Part, None]:
        """What the statements are about, in their order."""
        return dict.fromkeys(self._by_part)

    def texts(self, part: Part) -> list[str]:
        """The statements about a part."""
        return self._by_part.get(part, [])

    def text(self, part: Part) -> str | None:
        """The first of them."""
        return next(iter(self.texts(part)), None)


def said(declared: Iterable[Declaration]) -> Said:
    """What the declarations of one object say."""
    every = tuple(one.sql for one in declared)
    by_part: dict[Part, list[str]] = defaultdict(list)
    for sql in every:
        for statement in statements(Source(Text("", sql)), roles=True):
            by_part[part_of(statement) or ALTERED].append(sql)
    return Said(every, dict(by_part))
