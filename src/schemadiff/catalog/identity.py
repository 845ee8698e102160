"""What an object is called: by kind and name, never by a number that another database would not share."""

from typing import NamedTuple

from schemadiff.catalog.sql import Quoted


class Identity(NamedTuple):
    """The kind of an object, as `pg_identify_object().type` calls it, and its name as SQL addresses it.

    The name is what stands after the keyword in COMMENT ON: `public.t.c` for a column, `p ON public.t`
    for a policy, `public.f(integer)` for a function.
    """

    kind: str
    name: Quoted

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
