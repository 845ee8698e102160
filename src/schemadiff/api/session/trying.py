"""Whether checks and bodies of routines can run, asked of the loaded files before a plan is proven."""

from collections.abc import Iterable
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.kinds.function import Function
from schemadiff.catalog.kinds.procedure import Procedure
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.desired.data_steps.steps import Check
from schemadiff.desired.places import Places
from schemadiff.errors import DesiredError, HazardRefused
from schemadiff.planning.both_ways import Ways
from schemadiff.plans.model import BothWays, Script, Step
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_desired.trying import Broken, broken_bodies, broken_checks

_ROUTINES = (Function.KIND, Procedure.KIND)


def tried(
    ways: Ways,
    checks: Iterable[Check],
    shadow: ShadowDatabases,
    database: str,
    wanted: Catalog,
    allow: frozenset[Hazard],
    places: Places,
) -> Ways:
    """The scripts, of which each step says so that leaves a routine whose body cannot run.

    `wanted` is what the files declare, as it was read in `database`.

    Errors: DesiredError, naming each check that cannot run on what the files declare, with its place; HazardRefused,
    naming such routines with their places, where they are not allowed.
    """
    if broken_ones := list(broken_checks(shadow, database, checks)):
        raise DesiredError("\n".join(broken_ones))
    written = {step.id for step in ways.scripts.up.steps if step.kind in _ROUTINES}
    routines = {oid: identity for (_, oid, _), identity in wanted.addresses.items() if identity in written}
    broken = list(broken_bodies(shadow, database, routines))
    if broken and Hazard.INVALID_BODY not in allow:
        raise HazardRefused(
            "the plan was not written, since bodies of routines cannot run:\n"
            + "\n".join(_told(broken, places))
            + f"\nmend them, or allow them: --allow {Hazard.INVALID_BODY}"
        )
    bad = {one.routine for one in broken}
    up = ways.scripts.up
    segments = (
        replace(segment, steps=tuple(_marked(step) if step.id in bad else step for step in segment.steps))
        for segment in up.segments
    )
    marked = Script(tuple(segments), up.preflights, up.time_zone)
    return replace(ways, scripts=BothWays(marked, ways.scripts.down)) if bad else ways


def _told(broken: Iterable[Broken], places: Places) -> Iterable[str]:
    for one in broken:
        place = places.of_object(one.routine)
        yield f"  {f'{place}: ' if place else ''}{one.routine}: {one.message}"


def _marked(step: Step) -> Step:
    return replace(step, risks=(*step.risks, Risk(Hazard.INVALID_BODY, "routine.body")))
