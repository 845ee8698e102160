"""The acts of a migration, and which must come before which."""

from dataclasses import dataclass, field

from schemadiff.planning.work.act import Act
from schemadiff.planning.work.work import Work


@dataclass(slots=True)
class Graph:
    """Acts with their predecessors; `parts` are acts that became a clause of another or happen with it."""

    before: dict[Act, set[Act]] = field(default_factory=dict)
    parts: dict[Act, list[Act]] = field(default_factory=dict)

    @classmethod
    def of(cls, work: Work) -> "Graph":
        """The acts of `work`, in no order yet."""
        return cls({act: set() for act in work.acts()})

    def add(self, first: Act, then: Act) -> None:
        """Say that `first` comes before `then`, if both happen."""
        if first in self.before and then in self.before and first != then:
            self.before[then].add(first)
