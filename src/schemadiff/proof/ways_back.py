"""The ways back from the middle of the first script, each planned from what stands there and rehearsed."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

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


class WaysBack:
    """From behind each segment of up but the last, what leads back to `live`, as far as a rehearsal shows it.

    `passed` has seen what stands behind each segment. They are looked for while down is rehearsed, beside it.
    """

    def __init__(
        self, ways: Ways | None, passed: Waypoints, shadow: ShadowDatabases, rows: RehearsalRows, live: Catalog
    ) -> None:
        self._ways, self._passed, self._shadow, self._rows, self._live = ways, passed, shadow, rows, live
        self._search: Future[tuple[WayBack, ...]] | None = None
        self._in_vain = False

    @contextmanager
    def beside(self, pool: Executor) -> Iterator[Callable[[], None]]:
        """What begins the search in `pool`: for when up has led to desired, users have changed rows, and COPY has no
        sessions.
        """
        try:
            yield partial(self._begin, pool)
        except BaseException:
            self.give_up()
            raise

    def _begin(self, pool: Executor) -> None:
        if self._ways is not None and len(self._ways.scripts.up.segments) > 1:
            self._shadow.clone(COPY, WALK)
            self._search = pool.submit(lambda ways: tuple(self._found(ways)), self._ways)

    def found(self) -> tuple[WayBack, ...]:
        """Wait for them. Raises what stands in the way of a rehearsal."""
        return () if self._search is None else self._search.result()

    def give_up(self) -> None:
        """They are not wanted any more: the proof does not hold, or is tried again with other rows."""
        if self._search is not None:
            self._in_vain = True
            wait([self._search])
            self._search, self._in_vain = None, False
            self._shadow.server.drop_database(MIDDLE)
            self._shadow.server.drop_database(WALK)

    def _found(self, ways: Ways) -> Iterator[WayBack]:
        shadow, rows, server = self._shadow, self._rows, self._shadow.server
        up, catalogs = ways.scripts.up, self._passed.catalogs
        begin = catalogs[1 if ways.renaming else 0]  # renames are the first segment
        for behind, segment in enumerate(up.segments[: min(len(up.segments) - 1, MOST)], 1):
            if self._in_vain or not _rehearsed(replace(up, segments=(segment,)), WALK, shadow, rows):
                break
            middle = catalogs.get(behind)
            script = None if middle is None else _back(ways, middle, begin, behind)
            if script is None:
                continue
            shadow.clone(WALK, MIDDLE)
            if _leads_back(script, shadow, rows, self._live):
                yield WayBack(behind, script)
            server.drop_database(MIDDLE)
        server.drop_database(WALK)


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
