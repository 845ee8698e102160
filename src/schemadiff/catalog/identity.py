"""What an object is called: by kind and name, never by a number that another database would not share."""

import re
from typing import NamedTuple

from schemadiff.catalog.sql import Quoted

_DIGITS = re.compile(r"([0-9]+)")


class Identity(NamedTuple):
    """The kind of an object, as `pg_identify_object().type` calls it, and its name as SQL addresses it.

    The name is what stands after the keyword in COMMENT ON: `public.t.c` for a column, `p ON public.t`
    for a policy, `public.f(integer)` for a function.
    """

    kind: str
    name: Quoted

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def natural(name: str) -> tuple[object, ...]:
    """A key that sorts names as people do: t2 before t10."""
    return tuple((part.isdigit(), int(part) if part.isdigit() else part) for part in _DIGITS.split(name))
