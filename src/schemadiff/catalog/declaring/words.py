"""What people call a kind's fields, their values, and the operations on its objects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Values = Mapping[str, str] | Callable[[object], str]
"""How values are told that the catalog spells as a letter, a number or a list."""


ON = " ON "
"""What stands between the name of a table's object and the table."""


@dataclass(frozen=True, slots=True)
class FieldWords:
    """How one field is told.

    `on` is a whole phrase for when the field gets a value and had none, or becomes true; `off` for the contrary.
    With `tells`, the field says what a new object amounts to: the type of a column, the text of a comment.
    """

    name: str = ""
    values: Values | None = None
    on: str = ""
    off: str = ""
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """How operations on the objects of a kind are told, as patterns.

    `{kind}` and `{name}` stand for what the object is called; `{part}` and `{whole}` for both sides of `split` in
    its name; `{object}` for what a satellite describes; `{holder}` for the table that it is a part of; `{value}` for
    the field that tells what it amounts to. What stands in [brackets] is left out where the table or other object
    that holds this one is named beside it.
    """

    create: str = "create {kind}[ {name}]"
    drop: str = "drop {kind}[ {name}]"
    alter: str = "alter {kind}[ {name}]"
    grant: str = "grant {value} on {kind} {name}"
    revoke: str = "revoke {value} on {kind} {name}"
    release: str = "set values of {kind} {name} aside while their type is replaced"
    rejoin: str = "give values of {kind} {name} their type back"
    validate: str = "validate {kind} {name}"
    kind: str = ""
    """What the kind is called where that is not its name."""
    plural: str = ""
    """What several are called where the parts of an object are counted; empty where they are not."""
    split: str = ON
    wholes: Mapping[str, str] | None = None
    """How `{whole}` is told where the name has a letter there."""


OF_A_TABLE = Words(
    create="create {kind} {part}[ on {whole}]",
    drop="drop {kind} {part}[ on {whole}]",
    alter="alter {kind} {part}[ on {whole}]",
)
"""For kinds whose objects are called `part ON table`."""
