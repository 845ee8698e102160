"""Whether plans that wait for the same database get in each other's way."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from schemadiff.connection import connect
from schemadiff.errors import SchemadiffError
from schemadiff.execution.gates.drift_gate import live_of
from schemadiff.execution.gates.unrelated import Live
from schemadiff.plans.directory.reading import PlanFile, read_plan

_MOST = 8
"""How many plans are looked at, the newest; each needs a reading of the catalog."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two plans of which the one that comes second is refused, since the first one changes `objects` that it needs."""

    first: str
    second: str
    objects: tuple[str, ...]


def meetings(url: str, directories: Sequence[Path]) -> tuple[Meeting, ...]:
    """The pairs of plans that cannot both be applied as they are; all others may go in either order.

    `directories` are theirs, the oldest first; what cannot be read is left out. Judged by what the database says now
    about who needs whom, as apply judges what else has moved. Errors: ConnectionFailed; InspectionError.
    """
    found = list(_readable(directories[-_MOST:]))
    with closing(connect(url, purpose="schemadiff status")) as connection:
        lives = [live_of(connection, plan.plan) for plan in found]
    pairs = combinations(zip(found, lives, strict=True), 2)
    met = (Meeting(one.name, other.name, _between(here, there)) for (one, here), (other, there) in pairs)
    return tuple(meeting for meeting in met if meeting.objects)


def _readable(directories: Iterable[Path]) -> Iterator[PlanFile]:
    for directory in directories:
        try:
            yield read_plan(directory)
        except SchemadiffError:
            continue


def _between(one: Live, other: Live) -> tuple[str, ...]:
    """What one of the plans changes and the other one needs or changes."""
    return tuple(sorted({*_changed_and_needed(one, other), *_changed_and_needed(other, one)}))


def _changed_and_needed(changing: Live, needing: Live) -> Iterator[str]:
    changed = changing.plan.live.moved(changing.plan.desired)
    passed = needing.unrelated(changed)
    yield from (name for name in changed if name not in passed)
