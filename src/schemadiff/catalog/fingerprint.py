"""Digests of what a database looked like, small enough to keep in a plan."""

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
