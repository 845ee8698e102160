"""The two directions of a plan, and all that goes by them: ends, file, command, words."""

from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Direction(StrEnum):
    """Which script of a plan is meant: up leads from live to desired, down leads back."""

    UP = "up"
    DOWN = "down"

    def choose(self, up: T, down: T) -> T:
        """What belongs to this direction, of what belongs to each."""
        return up if self is Direction.UP else down

    def ends(self, live: T, desired: T) -> tuple[T, T]:
        """Where the script starts, and where it leads."""
        return self.choose((live, desired), (desired, live))

    @property
    def file(self) -> str:
        """The script in a plan's directory."""
        return f"{self.value}.sql"

    @property
    def command(self) -> str:
        """The command that runs the script."""
        return self.choose("apply", "rollback")

    @property
    def done(self) -> str:
        """What the plan is once the script has run."""
        return self.choose("applied", "rolled back")
