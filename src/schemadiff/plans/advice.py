"""Advice: what a lint rule recommends about a plan, as data."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters to follow a piece of advice."""

    ERROR = "error"
    """It should not be applied so."""
    WARNING = "warning"
    """It will hurt once there is enough data or traffic."""
    INFO = "info"
    """It is worth knowing."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a rule found on an object of the desired schema, and what to do about it.

    `place` is where the files declare it, as file:line:column; None where they do not, or where nobody can tell.
    """

    rule: str
    severity: Severity
    kind: str
    identity: str
    place: str | None
    message: str
    fix: str

    @property
    def object(self) -> str:
        """Kind and name of the object."""
        return f"{self.kind} {self.identity}"
