"""What a kind hands to planning: statements with what planning and people must know about them."""

from dataclasses import dataclass
from enum import IntEnum

from schemadiff.catalog.hazard import Hazard
from schemadiff.catalog.sql import Sql


class Phase(IntEnum):
    """When a statement runs if dependencies leave a choice; later phases stand in later segments."""

    MAIN = 0
    CONCURRENT = 1
    """CREATE or DROP INDEX CONCURRENTLY: cannot run inside a transaction block."""
    VALIDATE = 2
    """Scans that hold only a weak lock if an earlier segment has committed."""
    FINISH = 3
    """Short statements that use what CONCURRENT or VALIDATE made."""
    DESTROY = 4
    """Statements that lose data: last, when nothing can fail any more."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """A question to the rows before a statement that can fail on them.

    `rows` lists the rows in the way; `problem` says what is wrong with them in words that follow a
    count ("have no hubspot_id").
    """

    object: str
    problem: str
    rows: Sql


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement without its semicolon, as a kind writes it.

    `summary` says in words what the statement does, where operation and name do not say it well enough.
    `commit_before_use` means that what depends on it must stand in a later transaction (an enum value).
    """

    sql: Sql
    hazards: tuple[Hazard, ...] = ()
    phase: Phase = Phase.MAIN
    commit_before_use: bool = False
    apart: bool = False
    """Whether it locks more than its own table on Supabase, where it stands in a short transaction then.

    Older supautils takes ACCESS EXCLUSIVE on platform tables for each policy statement and DROP TRIGGER.
    """
    preflight: Preflight | None = None
    summary: str | None = None

    @property
    def transactional(self) -> bool:
        """Whether Postgres runs the statement inside a transaction block."""
        return self.phase is not Phase.CONCURRENT
