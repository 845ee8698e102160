"""Digests of what a database looked like, small enough to keep in a plan."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

Values = tuple[object, ...]
"""What one object's fields hold, in the order in which its kind declares them."""

KEPT_APART = {"kept": "apart"}
"""Metadata of a field that plan.json leaves out."""


@dataclass(frozen=True, slots=True)
class State:
    """What a database looked like: one digest over everything, and one for each object by its name.

    `also` are digests of objects in the words that a server prints once it has read its own, where they are others.
    `rows` are the values behind the digests, by kind and name, where they are at hand.
    """

    fingerprint: str
    objects: dict[str, str]
    rows: Mapping[str, Mapping[str, Values]] | None = field(
        default=None, compare=False, repr=False, metadata=KEPT_APART
    )
    also: dict[str, str] = field(default_factory=dict)

    def moved(self, now: "State") -> tuple[str, ...]:
        """Names of the objects that are new, gone or different in `now`, sorted."""
        names = self.objects.keys() | now.objects.keys()
        return tuple(sorted(name for name in names if not self._digests(name) & now._digests(name)))

    def _digests(self, name: str) -> set[str | None]:
        """The digests of an object, each as good as the other; None for one that is not there."""
        digests: set[str | None] = {self.objects.get(name)}
        return digests | {self.also[name]} if name in self.also else digests


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def digest(value: object) -> str:
    """A short digest of plain values: strings, numbers, booleans, None and sequences of these."""
    return hashlib.sha256(_encode(value).encode()).hexdigest()[:16]
