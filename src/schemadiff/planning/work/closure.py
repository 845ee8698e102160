"""What must be dropped and given back so that each change can be made: the closure of replaced objects."""

from collections import deque

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.forms import Releasable
from schemadiff.catalog.identity import Identity
from schemadiff.difference.diff import Change
from schemadiff.planning import passes
from schemadiff.planning.work.work import Work


def closure(
    changes: dict[Identity, Change],
    live: Catalog,
    desired: Catalog,
    instead_of_altering: frozenset[Identity] = frozenset(),
    *,
    exchanging: bool = True,
) -> Work:
    """Spread replacement over everything that depends on what is dropped or rebuilt.

    `instead_of_altering` names objects that are replaced although they could be altered; without `exchanging`,
    what takes the place of another object waits until that is gone.
    """
    work = Work(live, desired, changes, exchanging=exchanging)
    for found in passes.BECOMING if exchanging else ():
        work.becomes.update(found(changes))
    moved: deque[Identity] = deque()
    instead_of_altering = instead_of_altering.union(*(found(work) for found in passes.REPLACED_INSTEAD))
    for identity, change in changes.items():
        replaces = change.replaces or (identity in instead_of_altering and change.before is not None)
        if change.after is None or replaces:
            work.drops.add(identity)
            moved.append(identity)
        if change.before is None or (replaces and change.after is not None):
            work.creates.add(identity)
        elif change.after is not None:
            work.alters[identity] = change
            if change.rebuilds:
                moved.append(identity)
    for first in passes.REPLACED_FIRST:
        for identity in first(work):
            _replace(identity, work, moved)
    _spread(work, moved)
    return work


def _spread(work: Work, moved: deque[Identity]) -> None:
    """Replace what depends on what has moved, until nothing moves any more."""
    while moved:
        identity = moved.popleft()
        for found in passes.REPLACED_ALONG:
            for other in found(identity, work):
                _replace(other, work, moved, identity)
        if identity not in work.live:
            continue
        touched = set(work.live.dependencies.needed_by.get(identity, ()))
        if identity in work.drops:
            touched |= work.live.dependencies.takes_along.get(identity, set())
            touched.update(user for found in passes.FURTHER_USERS for user in found(identity, work))
        for dependent in sorted(touched):
            if _must_move(dependent, identity, work):
                _replace(dependent, work, moved, identity)


def _must_move(dependent: Identity, needed: Identity, work: Work) -> bool:
    if dependent in work.drops or dependent not in work.desired:
        return False
    falls = needed in work.live.dependencies.falls_with.get(dependent, ())
    if dependent in work.releases and not (needed in work.drops and falls):
        return False
    if any(stays(dependent, needed, work) for stays in passes.STAYING):
        return False
    if needed not in work.drops:  # altered with rebuild, or released: it stays in place
        return not _survives(dependent, needed, work)
    if dependent in work.alters and not falls and not any(bound(dependent) for bound in passes.BOUND_WHILE_ALTERED):
        needs = work.desired.dependencies.needs.get(dependent)
        stands_on = needs & work.creates & _dropped_under(needed, work)
        return (needed in work.desired and needed in needs) or bool(stands_on) or _gives_way(needed, needs, work)
    return True


def _survives(dependent: Identity, needed: Identity, work: Work) -> bool:
    """Whether an object may stay while what it needs stays in place, but changes."""
    built = work.live[dependent]
    if built.SATELLITE:
        return True
    rebuilt = [other for other in work.live.dependencies.needs[dependent] if _is_rebuilt(other, work)]
    return built.survives(released=needed in work.releases, rebuilt=len(rebuilt))


def _is_rebuilt(identity: Identity, work: Work) -> bool:
    return identity in work.releases or (identity in work.alters and work.alters[identity].rebuilds)


def _dropped_under(identity: Identity, work: Work) -> set[Identity]:
    """What is dropped and can go only after the object: what that needs, and so on."""
    found: set[Identity] = set()
    waiting = [identity]
    while waiting:
        more = (work.live.dependencies.needs[waiting.pop()] & work.drops) - found
        found |= more
        waiting += more
    return found


def _gives_way(needed: Identity, needs: set[Identity], work: Work) -> bool:
    """Whether what is needed now goes before what will be needed comes, since that takes its name."""
    freed = set(work.live[needed].claims())
    return any(freed.intersection(work.desired[other].claims()) for other in needs if other in work.creates)


def _replace(identity: Identity, work: Work, moved: deque[Identity], cause: Identity | None = None) -> None:
    """Let an object make way, for the sake of `cause` or of what that makes way for."""
    built = work.live[identity]
    if cause is not None and cause != identity:
        work.causes.setdefault(identity, work.causes.get(cause, cause))
    falls = any(owner in work.drops for owner in work.live.dependencies.falls_with.get(identity, ()))
    if built.HOLDS_DATA and not falls and isinstance(built, Releasable) and built.release() is not None:
        work.releases.add(identity)
    else:
        work.drops.add(identity)
        work.creates.add(identity)
        work.forced.add(identity)
        work.releases.discard(identity)
        work.alters.pop(identity, None)
    moved.append(identity)
