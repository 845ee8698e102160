"""A difference in what roles can do, as a plan keeps it."""

from dataclasses import dataclass
from enum import StrEnum

from schemadiff.catalog.sql import Quoted

API_ROLES = (Quoted("anon"), Quoted("authenticated"))
"""Whom a platform lets in from the internet."""

EXPOSED_TO = (Quoted("PUBLIC"), *API_ROLES)
"""Roles that anybody may be."""

USUAL_ROLES = (*EXPOSED_TO, Quoted("service_role"))
"""Whose access a plan tells, where they are there."""


class Shift(StrEnum):
    """Which way a cell goes."""

    WIDENS = "widens"
    NARROWS = "narrows"
    BREAKS = "breaks"
    """What worked fails: the object is open, what stands behind it is not."""
    CHANGES = "changes"
    """Other rows; nobody can tell whether they are more."""


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What an action of some roles on one object reaches, before and after a plan.

    `exposes` tells that a role that anybody may be gets at data, or at rights, that were out of its reach.
    """

    roles: tuple[str, ...]
    kind: str
    identity: str
    action: str
    before: str
    after: str
    shift: Shift
    exposes: bool = False
    why: str = ""
    behind: tuple[str, ...] = ()
    """Names of what stands behind the object, where the cause may lie."""

    @property
    def object(self) -> str:
        """Kind and name of the object."""
        return f"{self.kind} {self.identity}"
