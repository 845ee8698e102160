"""Whether checks and bodies of routines can run, asked of the loaded files before a plan is proven."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.sql import Quoted, last_name, unquoted
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.desired.data_steps.steps import Check
from schemadiff.desired.places import Places
from schemadiff.difference.sides import Sides
from schemadiff.errors import DesiredError, HazardRefused
from schemadiff.notes import Note, NoteKind
from schemadiff.planning.both_ways import Ways
from schemadiff.plans.model import BothWays, Script, Step
from schemadiff.shadow.bodies.trying import Broken, Parsed
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_desired.trying import broken_checks, tried_bodies

_ROUTINES = (Function, Procedure)

_WORD = re.compile(r"\w+")


def tried(
    ways: Ways,
    checks: Iterable[Check],
    shadow: ShadowDatabases,
    database: str,
    sides: Sides,
    allow: frozenset[Hazard],
    places: Places,
) -> Ways:
    """The scripts, of which each step says so that leaves a routine whose body cannot run.

    What the files declare is loaded in `database`; routines of which some statements could only be parsed are noted.
    Errors: DesiredError, naming each check that cannot run on what the files declare, with its place; HazardRefused,
    naming such routines with their places, where they are not allowed.
    """
    if broken_ones := list(broken_checks(shadow, database, checks)):
        raise DesiredError("\n".join(broken_ones))
    up = ways.scripts.up
    kinds = {cls.KIND for cls in _ROUTINES}
    written = {step.id for step in up.steps if step.kind in kinds}
    taken = _Taken.by(up, sides)
    routines = {
        oid: identity
        for (_, oid, _), identity in sides.desired.addresses.items()
        if identity in written or (identity.kind in kinds and taken.touches(sides.desired[identity]))
    }
    schemas = {unquoted(Quoted(name)) for side in sides for name in side.rows[Schema.KIND]}
    found = tried_bodies(shadow, database, routines, schemas)
    broken = {
        one: cause
        for one in found
        if isinstance(one, Broken) and (cause := one.routine if one.routine in written else taken.cause(one))
    }
    if broken and Hazard.INVALID_BODY not in allow:
        raise HazardRefused(
            "the plan was not written, since bodies of routines cannot run:\n"
            + "\n".join(_told(broken, written, places))
            + f"\nmend them, or allow them: --allow {Hazard.INVALID_BODY}"
        )
    parsed = sorted(str(one.routine) for one in found if isinstance(one, Parsed) and one.routine in written)
    if parsed:
        shadow.tell([Note.of(NoteKind.BODY_PARSED, ", ".join(parsed))])
    return _marked(ways, set(broken.values())) if broken else ways


@dataclass(frozen=True, slots=True)
class _Taken:
    """What live has by a name and the files do not, and what has another type there."""

    gone: Mapping[str, Identity]
    retyped: Mapping[str, Identity]

    @classmethod
    def by(cls, up: Script, sides: Sides) -> "_Taken":
        gone = {
            unquoted(last_name(name)): Identity(kind, Quoted(name))
            for kind, rows in sides.live.rows.items()
            for name in rows.keys() - sides.desired.rows.get(kind, {}).keys()
        }
        steps = (step for step in up.steps if any(change.field == "type" for change in step.changes))
        return cls(gone, {unquoted(last_name(step.identity)): step.id for step in steps})

    def touches(self, routine: CatalogObject) -> bool:
        """Whether the definition of a routine has one of the names."""
        if not isinstance(routine, _ROUTINES):
            return False
        words = set(_WORD.findall(routine.definition))
        return not (words.isdisjoint(self.gone) and words.isdisjoint(self.retyped))

    def cause(self, broken: Broken) -> Identity | None:
        """For what a routine is broken that stays as it is; None where it was before, as far as one can see."""
        said = (self.gone[word] for word in _WORD.findall(broken.message) if word in self.gone)
        used = (self.retyped[word] for word in _WORD.findall(broken.body) if word in self.retyped)
        return next(chain(said, used), None)


def _told(broken: Iterable[Broken], written: Collection[Identity], places: Places) -> Iterator[str]:
    for one in broken:
        place = places.in_body(one.routine, one.body, one.offset)
        stays = "" if one.routine in written else ", which stays as it is"
        yield f"  {f'{place}: ' if place else ''}{one.routine}{stays}: {one.message}"


def _marked(ways: Ways, causes: Collection[Identity]) -> Ways:
    """The hazard at each step that writes such a routine or takes away what one needs; else at the first step."""
    up = ways.scripts.up
    names = {str(cause) for cause in causes}
    hit = {step for step in up.steps if not names.isdisjoint((step.object, *step.parts))}
    hit = hit or set(up.steps[:1])
    segments = (
        replace(segment, steps=tuple(_with_risk(step) if step in hit else step for step in segment.steps))
        for segment in up.segments
    )
    return replace(ways, scripts=BothWays(replace(up, segments=tuple(segments)), ways.scripts.down))


def _with_risk(step: Step) -> Step:
    return replace(step, risks=(*step.risks, Risk(Hazard.INVALID_BODY, "routine.body")))
