"""What objects of a kind may have only on servers of some version and later."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Newer:
    """Something that the fact `since` brought, in words, and whether an object of the kind `has` it."""

    since: int
    what: str
    has: Callable[[Any], bool]
