"""What must be dropped and given back so that each change can be made: the closure of replaced objects."""

from collections import deque
from collections.abc import Iterator

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.domain import Domain
from schemadiff.catalog.kinds.inheritance import Inheritance
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import Change
from schemadiff.planning.work.work import Work


def closure(
    changes: dict[Identity, Change],
    live: Catalog,
    desired: Catalog,
    instead_of_altering: frozenset[Identity] = frozenset(),
) -> Work:
    """Spread replacement over everything that depends on what is dropped or rebuilt.

    `instead_of_altering` names objects that are replaced although they could be altered.
    """
    work = Work(live, desired)
    moved: deque[Identity] = deque()
    instead_of_altering |= frozenset(_leaving_while_parents_change(changes, work))
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
    for domain in sorted(set(_tightened(changes))):
        if domain not in work.drops and _held_inside(domain, work):
            _replace(domain, work, moved)
    for changed in sorted(changes):
        for child in (changed, *live.heirs.get(changed, ())):
            _leave_to_change(child, work, moved)
    _spread(work, moved)
    return work


def _spread(work: Work, moved: deque[Identity]) -> None:
    """Replace what depends on what has moved, until nothing moves any more."""
    joining = deque(sorted(identity for identity in work.creates if identity.kind == Inheritance.KIND))
    while joining or moved:
        identity = joining.popleft() if joining else moved.popleft()
        if identity.kind == Inheritance.KIND:
            for part in _made_anew(identity, work):
                _replace(part, work, moved)
        if identity not in work.live:
            continue
        bound = work.live[identity].replaced_with()
        if bound is not None and bound in work.desired and bound not in work.drops:
            _replace(bound, work, moved)
        touched = work.live.dependencies.needed_by.get(identity, set())
        if identity in work.releases:
            for child in work.live.heirs.get(identity, ()):
                _leave_to_change(child, work, moved)
        if identity in work.drops:
            touched = touched | work.live.dependencies.takes_along.get(identity, set())
            _replace_whole(identity, work, moved)
            _replace_parts(identity, work, moved)
            if identity in work.creates:
                touched = touched | set(pointing_at(identity, work.live))
        for dependent in sorted(touched):
            if _must_move(dependent, identity, work):
                _replace(dependent, work, moved)


def _leave_to_change(child: Identity, work: Work, moved: deque[Identity]) -> None:
    """Let the table of an object leave its parents while something changes that they share."""
    before, after = work.live.get(child), work.desired.get(child)
    source = before.inherited_from() if before else None
    if before is None or after is None or source is None or source != after.inherited_from():
        return
    above, table = (work.live.get(source), work.desired.get(source)), work.live.holder(before)
    if above[0] is None or above[1] is None or table is None:
        return
    join = Identity(Inheritance.KIND, table.name)
    if join not in work.desired or join in work.drops:
        return
    if after.leaves_to_change(before, (above[0], above[1]), released=source in work.releases):
        # What came with the parents would be the table's own after it left them.
        made_anew = after.comes_with_parents() and not work.live[table].HOLDS_DATA and table in work.desired
        _replace(table if made_anew else join, work, moved)


def _made_anew(join: Identity, work: Work) -> Iterator[Identity]:
    """What a table that joins its parents has already, but which joining makes."""
    if join not in work.creates:
        return
    for part in sorted(work.desired.dependencies.needed_by.get(Identity("table", join.name), ())):
        if part in work.live and part not in work.drops and work.desired[part].made_anew_by_joining():
            yield part


def _leaving_while_parents_change(changes: dict[Identity, Change], work: Work) -> Iterator[Identity]:
    """Children by INHERITS that leave all parents, of which columns change: before that; they join after it."""
    changed = {
        built.within()
        for change in changes.values()
        for built in (change.before, change.after)
        if built is not None and built.SHARED_WITH_CHILDREN
    }
    for identity, change in changes.items():
        before, after = change.before, change.after
        if not isinstance(before, Inheritance) or not isinstance(after, Inheritance):
            continue
        above = {
            other for parent in (*before.parents, *after.parents) for other in _above(parent, work.live, work.desired)
        }
        if not after.kept(before) and any(Identity("table", table) in changed for table in above):
            yield identity


def _above(table: Quoted, *sides: Catalog) -> Iterator[Quoted]:
    """The table and those from which it inherits, on either side."""
    yield table
    for side in sides:
        join = side.get(Identity(Inheritance.KIND, table))
        for parent in join.parents if isinstance(join, Inheritance) else ():
            yield from _above(parent, side)


def _tightened(changes: dict[Identity, Change]) -> Iterator[Identity]:
    for change in changes.values():
        if change.after is not None and (domain := change.after.tightens(change.before)) is not None:
            yield domain


def _held_inside(identity: Identity, work: Work) -> bool:
    """Whether Postgres refuses to check a domain's values, since columns hold them inside arrays or rows."""
    before, after = work.live.get(identity), work.desired.get(identity)
    if not isinstance(before, Domain) or not isinstance(after, Domain):
        return False
    return before.held_inside or after.held_inside


def _must_move(dependent: Identity, needed: Identity, work: Work) -> bool:
    if dependent in work.drops or dependent not in work.desired:
        return False
    if dependent in work.releases and not (
        needed in work.drops and needed in work.live.dependencies.falls_with.get(dependent, ())
    ):
        return False
    built = work.live[dependent]
    if needed == built.inherited_from() and leaves(built, work):
        return False
    if needed not in work.drops:  # altered with rebuild, or released: it stays in place
        if built.SATELLITE:
            return False
        rebuilt = [other for other in work.live.dependencies.needs[dependent] if _is_rebuilt(other, work)]
        return not built.survives(released=needed in work.releases, rebuilt=len(rebuilt))
    falls = needed in work.live.dependencies.falls_with.get(dependent, ())
    if dependent in work.alters and built.LETS_GO and not falls:
        needs = work.desired.dependencies.needs.get(dependent)
        return (needed in work.desired and needed in needs) or _gives_way(needed, needs, work)
    return True


def _gives_way(needed: Identity, needs: set[Identity], work: Work) -> bool:
    """Whether what is needed now goes before what will be needed comes, since that takes its name."""
    freed = set(work.live[needed].claims())
    return any(freed.intersection(work.desired[other].claims()) for other in needs if other in work.creates)


def pointing_at(join: Identity, live: Catalog) -> Iterator[Identity]:
    """The foreign keys that point at a table that leaves its parents: its rows must not be missed meanwhile."""
    if join.kind != Inheritance.KIND:
        return
    table = live[join].within()
    needed_by = live.dependencies.needed_by
    for part in needed_by.get(table, ()) if table else ():
        for user in needed_by.get(part, ()) if live[part].SHARED_WITH_CHILDREN else ():
            if live[user].SHARED_WITH_CHILDREN and live.holder(live[user]) != table:
                yield user


def leaves(built: CatalogObject, work: Work) -> bool:
    """Whether the object's table leaves its parents, and goes on with what it had of them as its own."""
    table = work.live.holder(built)
    return table is not None and table in work.desired and Identity(Inheritance.KIND, table.name) in work.drops


def _is_rebuilt(identity: Identity, work: Work) -> bool:
    return identity in work.releases or (identity in work.alters and work.alters[identity].rebuilds)


def _replace_whole(identity: Identity, work: Work, moved: deque[Identity]) -> None:
    """A partition's index or key cannot be dropped alone: what it is a part of is made again with it."""
    built = work.live[identity]
    whole, table = built.inherited_from(), work.live.holder(built)
    if built.made_with_parent() or built.keeps_without_parent() or table is None:
        return
    if whole is None or whole in work.drops or whole not in work.desired:
        return
    if table not in work.drops and Identity(Inheritance.KIND, table.name) not in work.drops:
        _replace(whole, work, moved)


def _replace_parts(identity: Identity, work: Work, moved: deque[Identity]) -> None:
    """What partitions have of a partitioned table's object falls with it, and is made again if they keep it."""
    for heir in work.live.heirs.get(identity, ()):
        built = work.live[heir]
        stays = built.keeps_without_parent() or leaves(built, work)
        if heir in work.desired and heir not in work.drops and not stays:
            _replace(heir, work, moved)


def _replace(identity: Identity, work: Work, moved: deque[Identity]) -> None:
    built = work.live[identity]
    falls = any(owner in work.drops for owner in work.live.dependencies.falls_with.get(identity, ()))
    if built.HOLDS_DATA and not falls and built.release() is not None:
        work.releases.add(identity)
    else:
        work.drops.add(identity)
        work.creates.add(identity)
        work.forced.add(identity)
        work.releases.discard(identity)
        work.alters.pop(identity, None)
    moved.append(identity)
