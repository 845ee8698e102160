"""The rules by which fields of a kind are declared: what a difference in them means."""

from dataclasses import field
from enum import Enum
from typing import Any


class Rule(Enum):
    """What a difference in a field means."""

    KEY = "key"
    ALTERS = "alters"
    REPLACES = "replaces"
    CARRIES = "carries"


def key() -> Any:
    """A field that is part of the object's identity."""
    return field(metadata={"rule": Rule.KEY})


def replaces() -> Any:
    """A field whose difference replaces the object."""
    return field(metadata={"rule": Rule.REPLACES})


def alters(*, by: str | None = None, rebuilds: bool = False) -> Any:
    """A field whose difference is made good in place by method `by` (default `alter_<field>`).

    With `rebuilds`, Postgres refuses the change while other objects use this one, so these are dropped
    before and given back after.
    """
    return field(metadata={"rule": Rule.ALTERS, "by": by, "rebuilds": rebuilds})


def carries() -> Any:
    """A field that is read along and never compared."""
    return field(metadata={"rule": Rule.CARRIES})
