"""How long the parts of planning took, and telling the caller which one runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PlanProgress = Callable[[str], None]
"""Is told the name of each part of planning when it begins."""


def untold(part: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Timings:
    """Seconds by part, in the order in which the parts ran."""

    progress: PlanProgress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time a part and tell `progress` about it."""
        self.progress(name)
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - started, 3)
