"""The states that a script passes through: what its rehearsal looks like behind each segment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import Script, Segment, Step

MOST = 100
"""So many looks are taken of one script; what comes behind is not looked at."""

KEPT = 25
"""Behind so many segments catalogs are kept; of the others, the digests are."""

Digests = Mapping[str, str]


@dataclass(slots=True)
class Waypoints:
    """Looks at a rehearsal between the segments of `script`; `read` tells what is there.

    A rehearsal that is repeated with other rows passes through the same states: each is looked at once. Of statements
    in a row that each create or drop one object outside a transaction, one look behind the last tells all.
    """

    script: Script
    read: Callable[[], Catalog]
    catalogs: dict[int, Catalog] = field(default_factory=dict)
    """What stands when none, one, two ... segments are committed."""
    _passed: dict[int, Digests] = field(default_factory=dict)
    _last: int = 0
    _taken: int = 0

    def begin(self, found: Catalog) -> None:
        """What stands before the first segment has been read already."""
        if len(self.script.segments) > 1 and not self._taken:
            self._taken = 1
            self._note(0, found.state().objects, found)

    def look(self, committed: int) -> None:
        """Look at what stands when so many segments are committed."""
        if len(self.script.segments) < 2 or (self._taken and committed <= self._last):
            return
        if committed and self.script.segments[committed - 1].backfill is not None:
            if self._last == committed - 1:  # rows alone have changed
                self._note(committed, self._passed[self._last], self.catalogs.get(self._last))
        elif not self._tells_next(committed) and self._taken < MOST:
            self._taken += 1
            found = self.read()
            digests = found.state().objects
            self._fill_in(committed, digests, found)
            self._note(committed, digests, found)

    def marked(self, script: Script, begin: State) -> Script:
        """`script`, which does the same, with what each segment leaves; it starts from `begin`.

        What is as it was in the beginning has the digest that it has in `begin`: a copy may be worded differently.
        """
        segments = list(script.segments)
        for number in range(len(segments) - 1):
            before, after = self._passed.get(number), self._passed.get(number + 1)
            if before is not None and after is not None:
                leaves = {name: self._digest(name, after, begin) for name in _changed(before, after)}
                segments[number] = replace(segments[number], leaves=leaves)
        return replace(script, segments=tuple(segments))

    def _note(self, committed: int, digests: Digests, catalog: Catalog | None) -> None:
        self._passed[committed] = digests
        self._last = committed
        if catalog is not None and committed < KEPT:
            self.catalogs[committed] = catalog

    def _tells_next(self, committed: int) -> bool:
        """Whether a look behind the next segment tells what stands now."""
        if not committed or committed + 1 == len(self.script.segments):
            return False
        done, coming = (_alone(segment) for segment in self.script.segments[committed - 1 : committed + 1])
        if done is None or coming is None or done.operation is not coming.operation:
            return False
        there = done.operation is StepOperation.DROP
        return all((step.object in self._passed[self._last]) is there for step in (done, coming))

    def _fill_in(self, committed: int, digests: Digests, found: Catalog) -> None:
        """What stood behind the segments since the last look, if each did what its statement says and no more."""
        steps = [segment.steps[0] for segment in self.script.segments[self._last : committed]]
        first = self._last
        if len(steps) < 2 or _changed(self._passed[first], digests) != sorted(step.object for step in steps):
            return
        dropping = steps[0].operation is StepOperation.DROP
        whole, catalog = (self._passed[first], self.catalogs.get(first)) if dropping else (digests, found)
        for number in range(1, len(steps)):
            absent = steps[:number] if dropping else steps[number:]
            names = {step.object for step in absent}
            stood = {name: digest for name, digest in whole.items() if name not in names}
            self._note(first + number, stood, None if catalog is None else _without(absent, catalog))

    def _digest(self, name: str, now: Digests, begin: State) -> str | None:
        unchanged = self._passed[0].get(name) == now.get(name)
        return begin.objects.get(name, now.get(name)) if unchanged else now.get(name)


def _changed(before: Digests, after: Digests) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _alone(segment: Segment) -> Step | None:
    """The statement of a segment that creates or drops one object outside a transaction."""
    step = segment.steps[0]
    alone = not segment.transactional and len(segment.steps) == 1 and segment.backfill is None
    return step if alone and step.operation in (StepOperation.CREATE, StepOperation.DROP) else None


def _without(steps: list[Step], catalog: Catalog) -> Catalog:
    absent = {step.id for step in steps}
    names = (Identity(kind, Quoted(name)) for kind, rows in catalog.rows.items() for name in rows)
    return catalog.restricted({name for name in names if name not in absent})
