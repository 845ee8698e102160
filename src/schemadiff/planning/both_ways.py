"""Both scripts of a plan: what the first one destroys is archived, and the second one gives it back.

The rollback is planned like the script itself, with the ends swapped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.difference.diff import diff
from schemadiff.difference.sides import Sides
from schemadiff.planning.archive.ahead.segments import abandoned, emptied
from schemadiff.planning.archive.archive import NOTHING, Archive, Places
from schemadiff.planning.archive.backfills import giving_back, graded, keeping, undoing
from schemadiff.planning.archive.choosing import archive
from schemadiff.planning.archive.order import Immovable
from schemadiff.planning.archive.saved.noted import NotedValues
from schemadiff.planning.online.filled_beside import given_up, with_reasons
from schemadiff.planning.online.succeeding import Successions, successions
from schemadiff.planning.online.successor import Successor
from schemadiff.planning.planner import Extras, script
from schemadiff.planning.sizes import UNKNOWN, Sizes
from schemadiff.planning.work.closure import closure
from schemadiff.planning.work.work import Work
from schemadiff.plans.filling import archives
from schemadiff.plans.model import BothWays, Script, Segment, Step


@dataclass(frozen=True, slots=True)
class Ways:
    """Both scripts, and what a way back from the middle of the first one needs to know.

    `renaming` are the steps that undo the renames with which the first script begins.
    """

    scripts: BothWays
    archive: Archive = NOTHING
    noted: tuple[NotedValues, ...] = ()
    renaming: tuple[Step, ...] = ()
    start: Catalog | None = None
    """Live as it stands when the renames are done."""
    following: Successions = field(default_factory=Successions)
    """Columns that are filled beside others, whose place they take."""

    def back_from(self, middle: Catalog, begin: Catalog, done: Sequence[Segment]) -> Script:
        """What leads back when the segments `done` of the first script are committed, and no more.

        `middle` is what stands then, `begin` what stood when the renames were done. Raises PlanningError.
        """
        changes = diff(middle, begin)
        giving = self.archive.only(changes)
        successors = {one: found for one, found in self.following.down.items() if one in changes}
        back = script(middle, begin, Extras(giving=giving, successors=successors), changes=changes)
        back = given_up(back, self.following.up, successors, done)
        waiting = self.archive.only(self.archive.saved.keys() - giving.saved.keys())
        back = abandoned(emptied(back, giving), waiting, self.scripts.up, done)
        back = undoing(back, self.noted, self.scripts.up, done)
        renaming = (Segment(self.renaming),) if self.renaming else ()
        return Script((*back.segments, *renaming), back.preflights)


def without_archive(ways: Ways, sides: Sides) -> BothWays:
    """The same scripts as they would be if nothing was kept: what goes is gone, and comes back empty."""
    start, up = ways.start or sides.live, ways.scripts.up
    backfills = tuple(Segment.of_backfill(one.backfill) for one in up.segments if one.backfill and not archives(one))
    plain = both_ways(start, sides.desired, backfills=backfills, archived=None).scripts
    if ways.start is None:
        return plain
    forward, backward = up.segments[:1], ways.scripts.down.segments[-1:]
    return BothWays(
        replace(plain.up, segments=(*forward, *plain.up.segments)),
        replace(plain.down, segments=(*plain.down.segments, *backward)),
    )


def both_ways(
    live: Catalog,
    desired: Catalog,
    *,
    backfills: tuple[Segment, ...] = (),
    archived: frozenset[str] | None,
    sizes: Sizes = UNKNOWN,
) -> Ways:
    """The script from `live` to `desired`, and the one back, which brings back what the first one destroys.

    `archived` are names in use in the archive; None leaves it alone, and what goes is gone. `sizes` say which
    tables are large. Raises PlanningError.
    """
    kept, immovable = NOTHING, set[Identity]()
    backfills = graded(backfills, live)
    noted: tuple[NotedValues, ...] = ()
    if archived is not None:
        taken = set(archived)
        backfills, noted = keeping(backfills, Work(live, desired), Places(taken, live.default_grantees))
        archived = frozenset(taken)
    following = Successions()
    if archived is not None:
        taken = set(archived)
        following = successions(live, desired, sizes, Places(taken, live.default_grantees), backfills)
        archived = frozenset(taken)
    while True:
        if archived is not None:
            works = _work(live, desired, following.up), _work(desired, live, following.down)
            kept = archive(*works, archived, immovable, sizes)
        try:
            forward = Extras(saving=kept, backfills=backfills, graded=True, sizes=sizes, successors=following.up)
            up = with_reasons(script(live, desired, forward), following.refused)
            backward = Extras(giving=kept, sizes=sizes, successors=following.down)
            down = with_reasons(script(desired, live, backward), following.refused)
            down = giving_back(emptied(down, kept), noted)
            return Ways(BothWays(up, down), kept, noted, following=following)
        except Immovable as error:
            immovable.add(error.table)


def _work(live: Catalog, desired: Catalog, successors: dict[Identity, Successor]) -> Work:
    work = closure(diff(live, desired), live, desired, frozenset(successors))
    work.successors.update(successors)
    return work
