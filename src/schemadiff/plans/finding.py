"""Rows that stood in the way of a plan when it was made."""

from dataclasses import dataclass
from enum import StrEnum

from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.problems import Problem


class Unanswered(StrEnum):
    """Why a preflight found out nothing."""

    TOO_SLOW = "too-slow"
    ROW_SECURITY = "row-security"
    """Policies would have hidden rows."""
    REFUSED = "refused"
    """The role may not read this, or something held a lock."""
    FAILED = "failed"
    """The query itself is at fault."""
    UNTRUSTED = "untrusted"
    """The query may run code of others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a preflight found in live when the plan was made: `count` rows that are in the way.

    With `more`, there are more than `count`, or at least that one. `unanswered` says why none were counted, `why`
    the same in words.
    """

    object: str
    problem: Problem
    rows: Sql
    count: int
    more: bool = False
    unanswered: Unanswered | None = None
    why: str = ""

    @property
    def refuses(self) -> bool:
        """Whether apply would refuse the plan for it, as things stand."""
        return bool(self.count) or self.unanswered is Unanswered.ROW_SECURITY
