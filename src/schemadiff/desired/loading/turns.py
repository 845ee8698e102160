"""What is loaded after everything else, wherever it stands in the files."""

from enum import IntEnum

from schemadiff.desired.loading.owner_changes import changes_owner
from schemadiff.desired.reading.desired_statements import DesiredStatement


class Turn(IntEnum):
    """When a statement is loaded."""

    USUAL = 0
    OWNERS = 1
    """The loading role cannot change an object any more once another role owns it."""
    EVENT_TRIGGERS = 2
    """They would act on what is loaded after them; no plan runs them on what it makes beside them, either."""


def turn_of(statement: DesiredStatement) -> Turn:
    """When the statement is loaded."""
    tag, tree = statement.tag, statement.tree
    if tag in ("CreateEventTrigStmt", "AlterEventTrigStmt"):
        return Turn.EVENT_TRIGGERS
    if "OBJECT_EVENT_TRIGGER" in (tree.get("objtype"), tree.get("objectType")):
        return Turn.EVENT_TRIGGERS
    return Turn.OWNERS if changes_owner(tag, tree) else Turn.USUAL
