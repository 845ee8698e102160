"""Owners and privileges of objects that a plan creates: what must be said beyond what Postgres does by itself."""

from collections.abc import Iterable, Iterator

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege.privilege import Privilege
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.statement import Statement, concerning
from schemadiff.planning.grants.initial import initial
from schemadiff.planning.grants.owners import owned_with
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing


def owner_of_new(owner: CatalogObject, writing: Writing) -> Iterator[Statement]:
    """The object is given to its owner, without what this one should not do with it."""
    assert isinstance(owner, Owner)
    work = writing.work
    if owner.role == work.live.current_user or _comes_with_owner(owner, writing):
        return
    yield from owner.create()
    target = owner.within()
    if target in work.creates and not _comes_back(target, writing):
        privilege = initial(work.desired[target], work).get(owner.role)
        if privilege is not None and privilege.id not in work.desired:
            yield from concerning(privilege.id, privilege.drop())


def grant_of_new(privilege: CatalogObject, writing: Writing) -> Iterable[Statement]:
    """What is granted beyond what a new object grants by itself."""
    assert isinstance(privilege, Privilege)
    work, target = writing.work, privilege.within()
    if target not in work.creates or _comes_back(target, writing):
        return privilege.create()
    given = initial(work.desired[target], work).get(privilege.grantee)
    if given is None:
        return privilege.create()
    return privilege.alter_granted(given) if given.granted != privilege.granted else ()


def revoked_from_new(act: Act, writing: Writing) -> Iterator[Statement]:
    """What the objects that an act creates grant by themselves to roles that the desired ones grant nothing."""
    for identity in writing.made_by(act):
        if _comes_back(identity, writing):
            continue
        later = _later_owner(identity, writing)
        for grantee, privilege in sorted(initial(writing.work.desired[identity], writing.work).items()):
            if privilege.id not in writing.work.desired and grantee != later:
                yield from concerning(privilege.id, privilege.drop())


def _later_owner(identity: Identity, writing: Writing) -> Quoted | None:
    """Who becomes the object's owner by a statement of its own, and has an owner's privileges only then."""
    desired = writing.work.desired
    owner = desired.get(Identity(Owner.KIND, Quoted(f"{desired[identity].KEYWORD} {identity.name}")))
    if not isinstance(owner, Owner) or Act(Operation.CREATE, owner.id) not in writing.joined.before:
        return None
    given = owner.role == writing.work.live.current_user or _comes_with_owner(owner, writing)
    return None if given else owner.role


def _comes_with_owner(owner: Owner, writing: Writing) -> bool:
    """Whether the object comes with another one and is its owner's at once: a serial's sequence."""
    target = writing.work.desired.get(owner.within())
    if target is None or owned_with(target) is None:
        return False
    made_with = target.within() in writing.work.creates
    return made_with and Act(Operation.CREATE, target.id) not in writing.joined.before


def _comes_back(identity: Identity, writing: Writing) -> bool:
    return identity in writing.giving.moves or identity in writing.giving.movers
