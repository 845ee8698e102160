"""The locks of a script over its steps: from which step on what waits, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemadiff.plans.forecast import Blocked, noticed, work_of
from schemadiff.plans.model import Script, Segment
from schemadiff.plans.observation import LOCK_MODES
from schemadiff.review.summary import known_relations, names_on_the_way


@dataclass(frozen=True, slots=True)
class Bar:
    """From step `first` up to the end of step `last`, counted from 0, something waits; `works`: for more than a moment.

    `ends` tells that the segment commits there, which lets go of the lock.
    """

    first: int
    last: int
    blocked: Blocked
    works: bool

    @property
    def width(self) -> int:
        """The number of steps."""
        return self.last - self.first + 1

    @property
    def level(self) -> str:
        """What waits, as a word for a style."""
        return self.blocked.name.lower()


@dataclass(frozen=True, slots=True)
class Row:
    """A table or index, and when others wait for it."""

    relation: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every relation for which others wait. `numbers` are those of the steps, `commits` where segments end."""

    numbers: tuple[str, ...]
    commits: tuple[int, ...]
    rows: tuple[Row, ...]


def timeline(script: Script) -> Timeline:
    """The locks of a script, as the rehearsal saw them. No time is known, so each step is as long as another."""
    aliases = names_on_the_way(script)
    bars: dict[str, list[Bar]] = {}
    numbers: list[str] = []
    commits: list[int] = []
    for number, segment in enumerate(script.segments, start=1):
        for relation, bar in _bars(segment, len(numbers)):
            for known in known_relations((relation,), aliases):
                bars.setdefault(known, []).append(bar)
        numbers += [f"{number}.{minor}" for minor in range(1, len(segment.steps) + 1)]
        commits.append(len(numbers))
    return Timeline(tuple(numbers), tuple(commits), tuple(Row(name, tuple(bars[name])) for name in bars))


def _bars(segment: Segment, start: int) -> Iterator[tuple[str, Bar]]:
    """Each relation with what waits for it: a lock lasts, and only grows, until the segment commits."""
    seen = [step.observed for step in segment.steps]
    relations = dict.fromkeys(lock.relation for one in seen if one for lock in noticed(one))
    for relation in relations:
        level: Blocked | None = None
        begun = 0
        for place, one in enumerate(seen):
            modes = [LOCK_MODES.index(lock.mode) for lock in noticed(one) if lock.relation == relation] if one else []
            found = max((blocked for blocked in Blocked for mode in modes if blocked <= mode), default=None)
            if found is not None and (level is None or found > level):
                if level is not None:
                    yield relation, _bar(segment, start, begun, place - 1, level)
                level, begun = found, place
        if level is not None:
            yield relation, _bar(segment, start, begun, len(seen) - 1, level)


def _bar(segment: Segment, start: int, first: int, last: int, level: Blocked) -> Bar:
    observed = (step.observed for step in segment.steps[first : last + 1])
    return Bar(start + first, start + last, level, any(bool(work_of(one)) for one in observed if one))
