"""The ways back from the middle of the first script, each planned from what stands there and rehearsed."""

from collections.abc import Iterator
from dataclasses import replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.difference.explanation import differences
from schemadiff.errors import PlanningError
from schemadiff.planning.both_ways import Ways
from schemadiff.plans.model import Script, WayBack
from schemadiff.proof.rows.rehearsal_rows import RehearsalRows
from schemadiff.proof.waypoints import KEPT, Waypoints
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY
from schemadiff.shadow.rehearsing.rehearsal import rehearse
from schemadiff.shadow.wording.same_words import in_words_of

WALK, MIDDLE = "walk", "middle"

MOST = KEPT - 1
"""From behind so many segments ways back are rehearsed, each of which takes part of a second. A number, and no time:
equal plans are equal on any machine."""


def ways_back(
    ways: Ways, passed: Waypoints, shadow: ShadowDatabases, rows: RehearsalRows, live: Catalog
) -> tuple[WayBack, ...]:
    """From behind each segment of up but the last, what leads back to `live`, as far as a rehearsal shows it.

    `passed` has seen what stands behind each segment.
    """
    return tuple(_found(ways, passed, shadow, rows, live)) if len(ways.scripts.up.segments) > 1 else ()


def _found(
    ways: Ways, passed: Waypoints, shadow: ShadowDatabases, rows: RehearsalRows, live: Catalog
) -> Iterator[WayBack]:
    up = ways.scripts.up
    begin = passed.catalogs[1 if ways.renaming else 0]  # renames are the first segment
    shadow.clone(COPY, WALK)
    for behind, segment in enumerate(up.segments[: min(len(up.segments) - 1, MOST)], 1):
        middle = passed.catalogs.get(behind)
        if not _rehearsed(replace(up, segments=(segment,)), WALK, shadow, rows):
            break
        script = None if middle is None else _back(ways, middle, begin, behind)
        if script is None:
            continue
        shadow.clone(WALK, MIDDLE)
        if _leads_back(script, shadow, rows, live):
            yield WayBack(behind, script)
        shadow.server.drop_database(MIDDLE)
    shadow.server.drop_database(WALK)


def _back(ways: Ways, middle: Catalog, begin: Catalog, behind: int) -> Script | None:
    try:
        return ways.back_from(middle, begin, ways.scripts.up.segments[:behind])
    except PlanningError:
        return None


def _leads_back(script: Script, shadow: ShadowDatabases, rows: RehearsalRows, live: Catalog) -> bool:
    """Whether a script runs, and schema and rows are as before up."""
    if not _rehearsed(script, MIDDLE, shadow, rows):
        return False
    if differences(in_words_of(live, shadow.read(MIDDLE), shadow.deputy.url(COPY)), live):
        return False
    opinion = rows.judge_back(MIDDLE)
    return opinion is None or opinion.agrees


def _rehearsed(script: Script, database: str, shadow: ShadowDatabases, rows: RehearsalRows) -> bool:
    url, superuser = shadow.server.url(database, shadow.role), shadow.superuser(database)
    return rehearse(script, url, superuser, conceal=rows.real, settings=shadow.settings) is None
