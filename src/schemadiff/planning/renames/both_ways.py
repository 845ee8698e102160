"""Both scripts of a plan with renames: those come first on the way up and last on the way down."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from schemadiff.catalog.catalog import Catalog
from schemadiff.difference.diff import diff
from schemadiff.difference.sides import Sides
from schemadiff.planning.both_ways import Ways, both_ways
from schemadiff.planning.preflights.renamed import after_renames
from schemadiff.planning.renames.moved_extensions import moves_of_extensions
from schemadiff.planning.renames.policy import Rename, RenamePolicy
from schemadiff.planning.renames.renames import Depth, look_alikes, namesakes, refuse_unanswered, wanted_renames
from schemadiff.planning.renames.steps import renaming_steps
from schemadiff.planning.sizes import UNKNOWN, Sizes
from schemadiff.plans.model import BothWays, Script, Segment, Step

if TYPE_CHECKING:
    from schemadiff.desired.reading.annotations import Renamed


def both_ways_with_renames(
    sides: Sides,
    declared: "tuple[Renamed, ...]",
    policy: RenamePolicy,
    rename: Callable[[Sequence[Step]], Catalog],
    *,
    backfills: tuple[Segment, ...] = (),
    archived: frozenset[str] | None = None,
    sizes: Sizes = UNKNOWN,
) -> Ways:
    """Both scripts as `both_ways` gives them, between the renames that annotations and answers ask for.

    `rename` carries steps out on a copy of live, one list after the other, and returns live's catalog after them.
    Errors: AmbiguousRename for a drop beside a look-alike add that nothing explains.
    """
    forward, backward = moves_of_extensions(sides)
    renamed: list[Rename] = []
    current = sides._replace(live=rename(forward)) if forward else sides
    for find in _rounds(declared, policy, renamed):
        if renames := find(current):
            steps = list(renaming_steps(renames, current.live))
            current = current._replace(live=rename(steps))
            backward[:0] = renaming_steps([rename.reversed for rename in renames], current.live)
            forward += steps
            renamed += renames
    refuse_unanswered(look_alikes(diff(*current), current, policy), policy)
    ways = both_ways(*current, backfills=backfills, archived=archived, sizes=sizes.after(renamed))
    if not forward:
        return ways
    up, down = ways.scripts.up, ways.scripts.down
    scripts = BothWays(
        Script((Segment(tuple(forward)), *up.segments), after_renames(up.preflights, renamed)),
        Script((*down.segments, Segment(tuple(backward))), down.preflights),
    )
    return replace(ways, scripts=scripts, renaming=tuple(backward), start=current.live)


def _rounds(
    declared: "tuple[Renamed, ...]", policy: RenamePolicy, made: Sequence[Rename]
) -> Iterator[Callable[[Sides], list[Rename]]]:
    """Schemas and other holders first, then parts under the new names, then what was named after them."""
    for depth in Depth:
        yield partial(wanted_renames, declared, policy, depth, made)
    if declared or policy.renamed:
        yield namesakes
