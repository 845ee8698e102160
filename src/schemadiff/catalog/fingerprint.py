"""Digests of what a database looked like, small enough to keep in a plan."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """What a database looked like: one digest over everything, and one for each object by its name."""

    fingerprint: str
    objects: dict[str, str]

    def moved(self, now: "State") -> tuple[str, ...]:
        """Names of the objects that are new, gone or different in `now`, sorted."""
        names = self.objects.keys() | now.objects.keys()
        return tuple(sorted(name for name in names if self.objects.get(name) != now.objects.get(name)))


def digest(value: object) -> str:
    """A short digest of plain values: strings, numbers, booleans, None and sequences of these."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
