"""Where the objects of a kind stand in its system catalog, so that those of an unknown kind can be told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The columns of a system catalog with an object's schema and owner, and which of its rows are meant."""

    schema: str | None = None
    owner: str | None = None
    rows: str = "true"
