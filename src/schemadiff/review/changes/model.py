"""What a script changes, as data: one line an object, under the table or other object that holds it."""

from dataclasses import dataclass
from enum import StrEnum

from schemadiff.catalog.statements.hazard import Hazard, RiskLevel
from schemadiff.plans.model import FieldChange


class Mark(StrEnum):
    """What becomes of an object."""

    COMES = "+"
    GOES = "-"
    CHANGES = "~"
    SAME = "="
    """It makes way for another one, and comes back as it was."""


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one object, in all the steps of a script that touch it.

    `text` says it on one line, `remarks` what else belongs there ("archived"), `details` are what it consists of,
    a line each. `bodies` are definitions that are too long for a line, before and after. `number` is the step that
    says best what becomes of it, `numbers` are all that touch it.
    """

    mark: Mark
    kind: str
    object: str
    text: str
    number: str
    numbers: tuple[str, ...]
    hazards: tuple[Hazard, ...] = ()
    remarks: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    bodies: tuple[FieldChange, ...] = ()

    @property
    def words(self) -> str:
        """The text with its remarks."""
        return f"{self.text} ({', '.join(self.remarks)})" if self.remarks else self.text

    @property
    def risk(self) -> RiskLevel:
        """The risk of what happens to the object."""
        return max((hazard.level for hazard in self.hazards), default=RiskLevel.LOW)


@dataclass(frozen=True, slots=True)
class Group:
    """What becomes of a table, view or other object and of its parts; `object` names it with its kind."""

    object: str
    lines: tuple[Line, ...]

    @property
    def alone(self) -> bool:
        """Whether all there is to say is one line about the object itself."""
        return [line.object for line in self.lines] == [self.object]
