"""What is loaded after everything else, wherever it stands in the files."""

from collections.abc import Iterable, Mapping
from enum import IntEnum

from schemadiff.desired.loading.owner_changes import changes_owner
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.desired.reading.parse_tree import listed, strings


class Turn(IntEnum):
    """When a statement is loaded."""

    USUAL = 0
    LONGER_OVERLOADS = 1
    """Beside them, a call that leaves arguments to their defaults is not unique any more."""
    OWNERS = 2
    """The loading role cannot change an object any more once another role owns it."""
    EVENT_TRIGGERS = 3
    """They would act on what is loaded after them; no plan runs them on what it makes beside them, either."""


def turn_of(statement: DesiredStatement) -> Turn:
    """When the statement is loaded."""
    tag, tree = statement.tag, statement.tree
    if tag in ("CreateEventTrigStmt", "AlterEventTrigStmt"):
        return Turn.EVENT_TRIGGERS
    if "OBJECT_EVENT_TRIGGER" in (tree.get("objtype"), tree.get("objectType")):
        return Turn.EVENT_TRIGGERS
    return Turn.OWNERS if changes_owner(tag, tree) else Turn.USUAL


def turns(statements: Mapping[int, DesiredStatement]) -> dict[int, Turn]:
    """When each of the statements is loaded."""
    longer = set(_longer_overloads(statements))
    return {
        index: Turn.LONGER_OVERLOADS if index in longer else turn_of(statement)
        for index, statement in statements.items()
    }


def _longer_overloads(statements: Mapping[int, DesiredStatement]) -> Iterable[int]:
    """Routines with defaults that a call of another one with the same name and fewer arguments could mean, too.

    What calls that one was created on live before them, and can be created in no other order.
    """
    overloads: dict[str, list[tuple[int, int, int]]] = {}
    for index, statement in statements.items():
        if statement.tag == "CreateFunctionStmt":
            name = ".".join(strings(statement.tree.get("funcname"))[-1:])
            overloads.setdefault(name, []).append((index, *_arguments(statement)))
    for same in overloads.values():
        for index, least, most in same:
            if least < most and any(low < most and high >= least and high < most for _, low, high in same):
                yield index


def _arguments(statement: DesiredStatement) -> tuple[int, int]:
    """With how many arguments, at least and at most, a routine can be called."""
    parameters = [parameter["FunctionParameter"] for parameter in listed(statement.tree, "parameters")]
    inputs = [each for each in parameters if each.get("mode") not in ("FUNC_PARAM_OUT", "FUNC_PARAM_TABLE")]
    return sum("defexpr" not in each for each in inputs), len(inputs)
