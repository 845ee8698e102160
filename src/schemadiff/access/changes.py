"""What a plan changes in what roles can do: cells of the matrix before and after."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemadiff.access.change import EXPOSED_TO, AccessChange, Shift
from schemadiff.access.conditions import gains_by_conditions
from schemadiff.access.matrix import Access
from schemadiff.access.reach import Base, Extent, Reach, nothing
from schemadiff.access.words import NOBODY_SEES, hides_all, of_routine, told
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.role import Role
from schemadiff.catalog.kinds.role_membership import RoleMembership
from schemadiff.catalog.kinds.sequence_owner import SequenceOwner
from schemadiff.catalog.sql import Quoted
from schemadiff.difference.diff import diff

_FOLLOWED = ("view", "materialized view", "policy")


def access_changes(before: Access, after: Access, roles: Iterable[Quoted]) -> tuple[AccessChange, ...]:
    """The cells that differ, those of roles for which they are alike in one."""
    grouped: dict[AccessChange, AccessChange] = {}
    for change in _changes(before, after, tuple(roles)):
        alike = replace(change, roles=(), exposes=False)
        known = grouped.get(alike, alike)
        grouped[alike] = replace(change, roles=(*known.roles, *change.roles), exposes=known.exposes or change.exposes)
    return tuple(grouped.values())


def _changes(before: Access, after: Access, roles: tuple[Quoted, ...]) -> Iterator[AccessChange]:
    for identity in _touched(before, after):
        for cell in after.cells(roles, [identity]):
            known = cell.role in before.actors
            old = before.reach(cell.role, identity, cell.action) if known else nothing(f"no role {cell.role}")
            shift = _shift(old, cell.reach)
            if shift is None:
                continue
            words = told if identity.kind in _OF_ROWS else of_routine
            yield AccessChange(
                (cell.role,),
                identity.kind,
                identity.name,
                cell.action,
                words(old) if before.holds(identity) else "not there",
                words(cell.reach) if after.holds(identity) else "gone",
                shift,
                exposes=shift is Shift.WIDENS and _exposes(before, after, cell.role, identity, cell.action),
                why=_why(old, cell.reach, identity),
                behind=_behind(old, cell.reach),
            )


def _behind(old: Reach, new: Reach) -> tuple[str, ...]:
    """What stands behind the object and may be the cause."""
    bases = (str(base.relation) for base in (*new.beneath, *old.beneath))
    culprits = (str(reach.culprit.name) for reach in (new, old) if reach.culprit is not None)
    return tuple(dict.fromkeys((*culprits, *bases)))


_OF_ROWS = ("table", "foreign table", "view", "materialized view")


def _why(old: Reach, new: Reach, identity: Identity) -> str:
    if hides_all(old, new):
        return f"{NOBODY_SEES}: row-level security of {identity} is on and no policy lets anybody through"
    return new.obstacle if new.fails else ""


def _shift(old: Reach, new: Reach) -> Shift | None:
    if not new.reaches:
        if new.fails:
            return Shift.BREAKS if old.reaches else None
        return Shift.NARROWS if old.reaches else None
    if not old.reaches:
        return Shift.WIDENS
    more, fewer = _gains(old, new), _gains(new, old)
    if more:
        return Shift.WIDENS
    if fewer:
        return Shift.NARROWS
    return Shift.CHANGES if _told_apart(old, new) else None


def _told_apart(old: Reach, new: Reach) -> bool:
    return (old.permits, old.demands, old.acting, old.columns) != (new.permits, new.demands, new.acting, new.columns)


def _gains(old: Reach, new: Reach) -> bool:
    """Whether `new` certainly reaches what `old` did not."""
    if new.extent > old.extent:
        return True
    if old.columns is not None and (new.columns is None or new.columns - old.columns):
        return True
    if new.acting is not None and old.acting is None:
        return True
    if new.acting is not None and new.reads - old.reads:
        return True
    if new.extent is Extent.EVERYTHING:
        return False
    added, lifted = new.permits - old.permits, old.demands - new.demands
    kept_permits, kept_demands = old.permits <= new.permits, new.demands <= old.demands
    if (added and kept_permits and kept_demands) or (lifted and kept_demands and kept_permits):
        return True
    return old.extent is new.extent and gains_by_conditions(old, new)


def _exposes(before: Access, after: Access, role: Quoted, identity: Identity, action: str) -> bool:
    """Whether data or rights come within reach of `role` that were not, where anybody may be it."""
    if role not in EXPOSED_TO:
        return False
    reach = after.reach(role, identity, action)
    if identity.kind in ("function", "procedure"):
        return reach.acting is not None
    if identity.kind == "schema":
        return action == "CREATE"
    if identity.kind == "sequence":
        owned = Identity(SequenceOwner.KIND, identity.name)
        return owned not in after.catalog
    if action == "TRUNCATE":
        return before.holds(identity)
    if identity.kind == "view" and action == "SELECT":
        return not reach.beneath or any(_is_new(before, role, base, reach) for base in reach.beneath)
    return True


def _is_new(before: Access, role: Quoted, base: Base, reach: Reach) -> bool:
    """Whether a relation under a view was not as open to the role by itself."""
    kind = next((kind for kind in _OF_ROWS if Identity(kind, base.relation) in before.catalog), None)
    if kind is None or role not in before.actors:
        return base.reach.reaches
    known = before.reach(role, Identity(kind, base.relation), "SELECT")
    if not known.reaches or known.extent < base.reach.extent:
        return True
    columns = {name for name in reach.reads if name.startswith(f"{base.relation}.")}
    if known.columns is not None and columns - {f"{base.relation}.{column}" for column in known.columns}:
        return True
    return known.extent is not Extent.EVERYTHING and (known.permits, known.demands) != (
        base.reach.permits, base.reach.demands,
    )  # fmt: skip


def _touched(before: Access, after: Access) -> Iterator[Identity]:
    """The objects of the matrix for which anything can have changed, in its order."""
    changes = diff(before.catalog, after.catalog)
    everything = dict.fromkeys([*before.objects, *after.objects])
    around = {Role.KIND, RoleMembership.KIND}
    if _roles(before) != _roles(after) or any(_of_a_schema(one) or one.kind in around for one in changes):
        yield from everything
        return
    moved: set[Identity] = set()
    for side in (before.catalog, after.catalog):
        moved |= _with_dependents(changes, side)
    yield from (identity for identity in everything if identity in moved)


def _roles(access: Access) -> object:
    return access.surroundings.roles, set(access.surroundings.memberships)


def _of_a_schema(identity: Identity) -> bool:
    return identity.kind in ("privilege", "owner") and identity.name.startswith("SCHEMA ")


def _with_dependents(changes: Iterable[Identity], catalog: Catalog) -> set[Identity]:
    """The objects that hold what changes, and the views and tables with policies that read such."""
    found, waiting = set[Identity](), list[Identity]()
    for identity in changes:
        if identity in catalog:
            waiting.append(catalog.holder(catalog[identity]) or identity)
    while waiting:
        identity = waiting.pop()
        if identity in found:
            continue
        found.add(identity)
        for user in catalog.dependencies.needed_by[identity]:
            for other in (user, *_users_of_column(user, catalog)):
                if other.kind in _FOLLOWED and other in catalog:
                    waiting.append(catalog.holder(catalog[other]) or other)
    return found


def _users_of_column(identity: Identity, catalog: Catalog) -> set[Identity]:
    return catalog.dependencies.needed_by[identity] if identity.kind in ("column", "view column") else set()
