"""The ways back from the middle of the first script, each planned from what stands there and rehearsed."""

from collections.abc import Iterator

from schemadiff.catalog.catalog import Catalog
from schemadiff.difference.explanation import differences
from schemadiff.errors import PlanningError
from schemadiff.planning.both_ways import Ways
from schemadiff.plans.model import Script, WayBack
from schemadiff.proof.rows.rehearsal_rows import RehearsalRows
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY
from schemadiff.shadow.rehearsing.rehearsal import rehearse
from schemadiff.shadow.wording.same_words import in_words_of

MIDDLE = "middle"

MOST = 24
"""From behind so many segments ways back are rehearsed, each of which takes part of a second. A number, and no time:
equal plans are equal on any machine."""


def ways_back(ways: Ways, shadow: ShadowDatabases, rows: RehearsalRows, live: Catalog) -> tuple[WayBack, ...]:
    """From behind each segment of up but the last, what leads back to `live`, as far as a rehearsal shows it."""
    return tuple(_found(ways, shadow, rows, live))


def _found(ways: Ways, shadow: ShadowDatabases, rows: RehearsalRows, live: Catalog) -> Iterator[WayBack]:
    begin = None if ways.renaming else shadow.read(COPY)
    for behind in range(1, min(len(ways.scripts.up.segments), MOST + 1)):
        middle = _middle(ways, shadow, rows, behind)
        begin = middle if begin is None else begin  # renames are the first segment
        script = _back(ways, middle, begin, behind)
        if script is not None and _leads_back(script, shadow, rows, live):
            yield WayBack(behind, script)
        shadow.server.drop_database(MIDDLE)


def _middle(ways: Ways, shadow: ShadowDatabases, rows: RehearsalRows, behind: int) -> Catalog:
    """What stands when so many segments of up are committed, in a database of its own."""
    shadow.clone(COPY, MIDDLE)
    _rehearsed(Script(ways.scripts.up.segments[:behind]), shadow, rows)
    return shadow.read(MIDDLE)


def _back(ways: Ways, middle: Catalog, begin: Catalog, behind: int) -> Script | None:
    try:
        return ways.back_from(middle, begin, ways.scripts.up.segments[:behind])
    except PlanningError:
        return None


def _leads_back(script: Script, shadow: ShadowDatabases, rows: RehearsalRows, live: Catalog) -> bool:
    """Whether a script runs, and schema and rows are as before up."""
    if not _rehearsed(script, shadow, rows):
        return False
    if differences(in_words_of(live, shadow.read(MIDDLE), shadow.deputy.url(COPY)), live):
        return False
    opinion = rows.judge_back(MIDDLE)
    return opinion is None or opinion.agrees


def _rehearsed(script: Script, shadow: ShadowDatabases, rows: RehearsalRows) -> bool:
    url, superuser = shadow.server.url(MIDDLE, shadow.role), shadow.superuser(MIDDLE)
    return rehearse(script, url, superuser, conceal=rows.real, settings=shadow.settings) is None
