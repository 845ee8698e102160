"""What a kind hands to planning: statements with what planning and people must know about them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import NamedTuple

from schemadiff.catalog.fingerprint import KEPT_APART
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.problems import Problem, Reason
from schemadiff.catalog.statements.purpose import Purpose, StepOperation
from schemadiff.catalog.statements.questions import Question


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


_NONE = Sql("")


class PreflightKind(StrEnum):
    """How a preflight is asked."""

    LISTING = "listing"
    """Its query lists the rows in the way."""
    TRIAL = "trial"
    """Its query lists nothing, and fails where a row is in the way."""
    UNASKED = "unasked"
    """It has no query, since nobody can tell before."""
    ARCHIVED = "archived"
    """A table must lie in the archive."""
    RECORDED = "recorded"
    """An entry must stand in the archive's table of contents."""

    @property
    def of_archive(self) -> bool:
        """Whether it is about the archive, and not about rows."""
        return self in (PreflightKind.ARCHIVED, PreflightKind.RECORDED)


@dataclass(frozen=True, slots=True)
class Preflight:
    """A question to the rows before a statement that can fail on them.

    `rows` lists the rows in the way, of which `problem` says what is wrong with them. `statement` is what would
    fail, `tables` are those that `rows` reads.
    """

    object: str
    problem: Problem
    rows: Sql
    statement: Sql = _NONE
    tables: tuple[Quoted, ...] = ()
    waits: bool = False
    """Whether `rows` can only be asked when what the script does before `statement` has been done."""
    kind: PreflightKind = PreflightKind.LISTING
    why: Reason | None = None
    """Why nothing can be asked."""
    archived: str = ""
    """The name under which something must lie in the archive."""
    reads: frozenset[Identity] = field(default=frozenset(), compare=False, repr=False, metadata=KEPT_APART)
    """The objects that `rows` may name."""


class Clause(NamedTuple):
    """What a statement tells a table about one of its parts, as one of several clauses of a statement.

    All of them read the table's rows, or write them anew: together they do so once.
    """

    head: Sql
    """What comes before: `ALTER TABLE s.t`."""
    action: Sql
    part: Quoted
    """The column or constraint, which clauses of the same statement may not name."""

    @property
    def whole(self) -> Sql:
        """The statement with this clause alone."""
        return Sql(f"{self.head} {self.action}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement without its semicolon, as a kind writes it.

    `purpose` says what the statement does, where the act does not say it well enough; `risks` are those of its
    hazards that another rule set than the one that its purpose names.
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
    questions: tuple[Question, ...] = ()
    """Which rows would make it fail."""
    guards: bool = False
    """Whether no row that is in the way of what follows can be updated from then on."""
    preflights: tuple[Preflight, ...] = ()
    """What else is asked before it, on live as it is."""
    purpose: Purpose | None = None
    risks: tuple[Risk, ...] = ()
    clause: Clause | None = None
    """Its SQL where it can share the work on the table's rows with others."""

    @property
    def transactional(self) -> bool:
        """Whether Postgres runs the statement inside a transaction block."""
        return self.phase is not Phase.CONCURRENT


def asking(statement: Statement, *questions: Question) -> Statement:
    """The statement as one that fails on the rows that `questions` find."""
    hazards = tuple(hazard for hazard in Hazard if hazard in (*statement.hazards, Hazard.MAY_FAIL_ON_DATA))
    return replace(statement, hazards=hazards, questions=(*statement.questions, *questions))


def at_risk(statement: Statement, rule: str, hazards: Iterable[Hazard]) -> Statement:
    """The statement with more `hazards`, which `rule` sets."""
    more = [hazard for hazard in hazards if hazard not in statement.hazards]
    if not more:
        return statement
    risks = (*statement.risks, *(Risk(hazard, rule) for hazard in more))
    every = tuple(hazard for hazard in Hazard if hazard in (*statement.hazards, *more))
    return replace(statement, hazards=every, risks=risks)


def changing(statements: Iterable[Statement], *fields: str) -> Iterator[Statement]:
    """The statements as ones that set `fields` of an object, also where they follow the one that makes it."""
    for statement in statements:
        purpose = statement.purpose or Purpose()
        yield replace(statement, purpose=replace(purpose, fields=fields if purpose.fields is None else purpose.fields))


def concerning(
    object: Identity, statements: Iterable[Statement], operation: StepOperation = StepOperation.ALTER
) -> Iterator[Statement]:
    """The statements as ones about `object`, where they do not say something else."""
    for statement in statements:
        purpose = statement.purpose or Purpose(operation)
        yield replace(statement, purpose=replace(purpose, object=purpose.object or object))
