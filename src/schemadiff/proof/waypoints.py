"""The states that a script passes through: what its rehearsal looks like behind each segment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from schemadiff.catalog.fingerprint import State
from schemadiff.plans.model import Script

MOST = 100
"""So many looks are taken of one script; what comes behind is not looked at."""

Digests = Mapping[str, str]


@dataclass(slots=True)
class Waypoints:
    """Looks at a rehearsal between the segments of `script`; `read` tells its state."""

    script: Script
    read: Callable[[], State]
    _passed: list[Digests | None] = field(default_factory=list)

    def look(self, committed: int) -> None:
        """Look at what stands when so many segments are committed."""
        if len(self.script.segments) < 2:
            return
        if committed and self.script.segments[committed - 1].backfill is not None:
            self._passed.append(self._passed[-1])  # rows alone have changed
        else:
            self._passed.append(self.read().objects if len(self._passed) < MOST else None)

    def marked(self, script: Script, begin: State) -> Script:
        """`script`, which does the same, with what each segment leaves; it starts from `begin`.

        What is as it was in the beginning has the digest that it has in `begin`: a copy may be worded differently.
        """
        segments = list(script.segments)
        for number, (before, after) in enumerate(zip(self._passed, self._passed[1:], strict=False)):
            if before is not None and after is not None:
                names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
                leaves = {name: self._digest(name, after, begin) for name in names}
                segments[number] = replace(segments[number], leaves=leaves)
        return replace(script, segments=tuple(segments))

    def _digest(self, name: str, now: Digests, begin: State) -> str | None:
        first = self._passed[0]
        unchanged = first is not None and first.get(name) == now.get(name)
        return begin.objects.get(name, now.get(name)) if unchanged else now.get(name)
