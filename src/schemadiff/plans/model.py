"""A plan: what takes a database from one state to another and back, with all that a reviewer must know.

A plan is plain data; the format of plan.json follows from these dataclasses (directory/serialization.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum

from schemadiff.access.change import AccessChange
from schemadiff.catalog.fingerprint import KEPT_APART, State
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.purpose import StepNote, StepOperation
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.desired.data_steps.steps import Backfill, Check
from schemadiff.desired.templating.changed import TemplateChange
from schemadiff.difference.explanation import Difference, sentences
from schemadiff.notes import Note
from schemadiff.plans.advice import Advice
from schemadiff.plans.direction import Direction
from schemadiff.plans.finding import Finding
from schemadiff.plans.migrations.migration import Migrations
from schemadiff.plans.observation import Observation

FORMAT_VERSION = 2
"""Raised whenever plan.json changes in a way that an older reader would misread."""


class Recovery(StrEnum):
    """Whether the other script of a plan brings back what a step takes away."""

    LOSSLESS = "lossless"
    STRUCTURE_ONLY = "structure-only"
    """The object comes back, the rows or values in it do not."""
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of an object before and after a step, in words; None where it has no value.

    `field` is called as the kind declares it.
    """

    field: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Along:
    """What the statement of a step does to another object of the same holder: it has a clause for each."""

    operation: StepOperation
    kind: str
    identity: str
    changes: tuple[FieldChange, ...] = ()
    note: StepNote | None = None
    risks: tuple[Risk, ...] = ()
    cause: str | None = None
    recovery: Recovery = Recovery.LOSSLESS


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a script as data: an operation on the object `identity` of `kind`, and what it changes.

    `parts` name the objects that come or go with it; `holder` names the table, view or other object that it is a
    part of, if it is one; `cause` the object for whose sake this one makes way and comes back.
    """

    sql: Sql
    operation: StepOperation
    kind: str
    identity: str
    changes: tuple[FieldChange, ...] = ()
    parts: tuple[str, ...] = ()
    note: StepNote | None = None
    risks: tuple[Risk, ...] = ()
    holder: str | None = None
    cause: str | None = None
    recovery: Recovery = Recovery.LOSSLESS
    observed: Observation | None = None
    settings: tuple[Sql, ...] = ()
    """SET statements that a hand-edited script puts before the step and that change what it does."""
    along: tuple[Along, ...] = ()
    """What else the statement does, where it rewrites or reads a table once for several objects."""

    @property
    def each(self) -> "tuple[Step, ...]":
        """The step as one for each object that its statement is about."""
        if not self.along:
            return (self,)
        own = replace(self, along=())
        return (own, *(replace(own, **{f.name: getattr(other, f.name) for f in fields(other)}) for other in self.along))

    @property
    def id(self) -> Identity:
        """The object, as a catalog calls it."""
        return Identity(self.kind, Quoted(self.identity))

    @property
    def object(self) -> str:
        """Kind and name of the object."""
        return f"{self.kind} {self.identity}"

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """The hazards of the statement, without the rules that set them."""
        if not self.along:
            return tuple(risk.hazard for risk in self.risks)
        found = {*(risk.hazard for risk in self.risks), *(risk.hazard for one in self.along for risk in one.risks)}
        return tuple(hazard for hazard in Hazard if hazard in found)

    @property
    def by_hand(self) -> bool:
        """Whether a person wrote the statement into the script."""
        return self.operation is StepOperation.RUN

    @property
    def restarts_sequence(self) -> bool:
        """Whether a sequence begins anew, whatever it has counted."""
        return self.note is StepNote.RESTARTED


@dataclass(frozen=True, slots=True)
class Segment:
    """Steps that commit together; `transactional` is false for one step that Postgres runs outside a block.

    In a segment with a backfill, one step has the backfill's SQL; the others note what it changes.
    """

    steps: tuple[Step, ...]
    transactional: bool = True
    backfill: Backfill | None = None
    leaves: dict[str, str | None] | None = None
    """The objects that it leaves otherwise than it found them, by name: their digests, None for what is gone.

    None where no rehearsal stopped behind it to look, and behind a script's last segment.
    """

    @classmethod
    def of_backfill(cls, backfill: Backfill) -> "Segment":
        """The segment that runs a backfill."""
        name, table = backfill.name, f"table {backfill.table}"
        return cls((Step(backfill.sql, StepOperation.BACKFILL, "backfill", name, holder=table),), backfill=backfill)


@dataclass(frozen=True, slots=True)
class Script:
    """One direction of a plan, rehearsed in `time_zone` where the meaning of values hangs on it."""

    segments: tuple[Segment, ...]
    preflights: tuple[Preflight, ...] = ()
    time_zone: str | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in the order in which they run."""
        return tuple(step for segment in self.segments for step in segment.steps)

    @property
    def by_object(self) -> tuple[Step, ...]:
        """The steps, each with one object: a statement that is about several counts as several."""
        return tuple(one for step in self.steps for one in step.each)

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """Each hazard of the script once, in the order of the vocabulary."""
        found = {hazard for step in self.steps for hazard in step.hazards}
        return tuple(hazard for hazard in Hazard if hazard in found)


@dataclass(frozen=True, slots=True)
class WayBack:
    """What leads back when the first script stopped and `behind` so many of its segments were committed."""

    behind: int
    script: Script


@dataclass(frozen=True, slots=True)
class BothWays:
    """The scripts of a plan."""

    up: Script
    down: Script


@dataclass(frozen=True, slots=True)
class Opinion:
    """One judgement of the rehearsal: who judged, whether it agreed, and what differed.

    A judge that `abstains` could not judge; `details` say why. One that is `overruled` found a difference that two
    others do not see.
    """

    judge: str
    agrees: bool
    details: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    abstains: bool = False
    sqlstate: str | None = None
    """Of the statement that Postgres refused."""
    overruled: bool = False

    @property
    def objects(self) -> bool:
        """Whether the judge found a difference."""
        return not self.agrees and not self.abstains

    @property
    def words(self) -> tuple[str, ...]:
        """All that the judge has to say."""
        return (*self.details, *sentences(self.differences))


@dataclass(frozen=True, slots=True)
class TableRows:
    """How many rows of a table took part in the rehearsal; `reason` says why there were none."""

    table: str
    rows: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of running up and down on a scratch copy of live, with rows in it."""

    up: tuple[Opinion, ...]
    down: tuple[Opinion, ...]
    server: str
    seconds: float
    rows: tuple[TableRows, ...] = ()
    objects: int | None = None
    """How many of live's objects stood on the copy: what the scripts can touch; None if all of them did."""
    used: int = 0
    """In how many tables rows were inserted, changed or deleted between up and down."""
    report: Mapping[str, str] | None = field(default=None, compare=False, repr=False, metadata=KEPT_APART)
    """Where judges disagree: texts by file name for whoever is to find out why."""

    @property
    def holds(self) -> bool:
        """Whether no judge found a difference in either direction."""
        return not any(opinion.objects for opinion in (*self.up, *self.down))

    @property
    def objections(self) -> tuple[str, ...]:
        """What each judge of a direction that does not hold found, behind the direction and its name."""
        return tuple(
            f"{direction}, {opinion.judge}: {words}"
            for direction in Direction
            for opinions in (direction.choose(self.up, self.down),)
            if any(opinion.objects for opinion in opinions)
            for opinion in opinions
            for words in opinion.words or ("no difference" if opinion.agrees else "differs",)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A migration and its rollback; `role` applies it, and the scripts were rehearsed as it.

    `target` is a connection string without password. It leads from state `live` to `desired`; `notes` are for its
    reader, `access` is what up changes in what roles can do, `templates` made what it changes, `advice` and `fixed` are
    what lint rules newly find, or no longer.
    """

    name: str
    created_at: datetime
    target: str
    server_version: int
    live: State
    desired: State
    up: Script
    down: Script
    checks: tuple[Check, ...] = ()
    unmanaged: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    scope: dict[str, list[str]] = field(default_factory=dict)
    """The include and exclude patterns in force, so that apply looks at the same objects."""
    proof: Proof | None = None
    loads: tuple[TableLoad, ...] = ()
    findings: tuple[Finding, ...] = ()
    known_to: int | None = None
    """The version of Postgres to which both states are told; live's own where that is no newer."""
    advice: tuple[Advice, ...] = ()
    fixed: tuple[Advice, ...] = ()
    access: tuple[AccessChange, ...] = ()
    places: dict[str, str] = field(default_factory=dict)
    """Where the files declare what up changes, as file:line:column, by kind and name."""
    templates: tuple[TemplateChange, ...] = ()
    role: str | None = None
    ways_back: tuple[WayBack, ...] = ()
    """From the middle of up, by the segments that are done: those that were rehearsed and led back."""
    migrations: Migrations | None = None
    """Both scripts as migrations of the Supabase CLI, where it is to know of the plan."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.up.segments

    @property
    def refused(self) -> bool:
        """Whether apply would have refused it when it was made."""
        return any(finding.refuses for finding in self.findings)

    def script(self, direction: Direction) -> Script:
        """The script of one direction."""
        return direction.choose(self.up, self.down)

    def ends(self, direction: Direction) -> tuple[State, State]:
        """The state that a script starts from, and the one that it leads to."""
        return direction.ends(self.live, self.desired)
