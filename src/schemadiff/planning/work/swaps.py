"""Objects that are built beside the old ones and then swapped, instead of being dropped and created."""

from schemadiff.catalog.declaring.forms import Online
from schemadiff.difference.diff import Change
from schemadiff.planning.work.work import Work


def swap_instead_of_replacing(work: Work) -> None:
    """Let objects be altered by a swap if nothing under them moves."""
    for identity in sorted(work.drops & work.creates - work.forced):
        before, after = work.live[identity], work.desired[identity]
        moving = work.drops | work.creates | work.releases | work.alters.keys()
        needs = work.live.dependencies.needs.get(identity, set()) | work.desired.dependencies.needs.get(identity, set())
        users = work.live.dependencies.needed_by.get(identity, set())
        if needs & moving or any(not work.live[user].SATELLITE for user in users) or users & work.creates:
            continue
        if not isinstance(after, Online) or not isinstance(before, Online) or after.replace_online(before) is None:
            continue
        work.drops.discard(identity)
        work.creates.discard(identity)
        work.alters[identity] = Change(identity, before, after, ())
        work.swaps.add(identity)
