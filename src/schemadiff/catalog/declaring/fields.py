"""The rules by which fields of a kind are declared: what a difference in them means, and how it is told."""

from dataclasses import field
from enum import Enum
from typing import Any

from schemadiff.catalog.declaring.words import FieldWords, Values


class Rule(Enum):
    """What a difference in a field means."""

    KEY = "key"
    ALTERS = "alters"
    REPLACES = "replaces"
    CARRIES = "carries"


def key(*, words: str = "", values: Values | None = None) -> Any:
    """A field that is part of the object's identity."""
    return field(metadata={"rule": Rule.KEY, "words": FieldWords(words, values)})


def replaces(*, words: str = "", values: Values | None = None, tells: bool = False) -> Any:
    """A field whose difference replaces the object; what it and its `values` are called stands in FieldWords."""
    return field(metadata={"rule": Rule.REPLACES, "words": FieldWords(words, values, tells=tells)})


def alters(
    *,
    by: str | None = None,
    rebuilds: bool = False,
    words: str = "",
    values: Values | None = None,
    on: str = "",
    off: str = "",
    tells: bool = False,
) -> Any:
    """A field whose difference is made good in place by method `by` (default `alter_<field>`).

    With `rebuilds`, Postgres refuses the change while other objects use this one, so these are dropped
    before and given back after. The other arguments are those of FieldWords.
    """
    told = FieldWords(words, values, on, off, tells)
    return field(metadata={"rule": Rule.ALTERS, "by": by, "rebuilds": rebuilds, "words": told})


def carries() -> Any:
    """A field that is read along and never compared."""
    return field(metadata={"rule": Rule.CARRIES})
