"""Who owns a new object, and what others may do with it: what must be said beyond what Postgres does by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege import Privilege
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.archive import Archive
from schemadiff.planning.grants import carrying as privileges
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


@dataclass(frozen=True, slots=True)
class Births:
    """Writes owners and privileges of objects that the work creates; those that come from the archive have theirs."""

    work: Work
    joined: Graph
    giving: Archive

    def owner(self, owner: Owner) -> Iterator[Statement]:
        """The object is given to its owner, without what this one shall not do with it."""
        if owner.role == self.work.live.current_user or self._has_it_from_birth(owner):
            return
        yield from owner.create()
        target = owner.within()
        if target in self.work.creates and not self._comes_back(target):
            privilege = self._initial(target).get(owner.role)
            if privilege is not None and privilege.id not in self.work.desired:
                yield from privilege.drop()

    def grant(self, built: Privilege) -> Iterable[Statement]:
        """What is granted beyond what a new object grants by itself."""
        target = built.within()
        if target not in self.work.creates or self._comes_back(target):
            return built.create()
        found = self._initial(target).get(built.grantee)
        if found is None:
            return built.create()
        return built.alter_granted(found) if found.granted != built.granted else ()

    def revocations(self, identity: Identity) -> Iterator[Statement]:
        """What a new object grants by itself to roles that the desired one grants nothing."""
        if self._comes_back(identity):
            return
        later = self._later_owner(identity)
        for grantee, privilege in sorted(self._initial(identity).items()):
            if privilege.id not in self.work.desired and grantee != later:
                yield from privilege.drop()

    def _later_owner(self, identity: Identity) -> Quoted | None:
        """Who becomes the object's owner by a statement of its own, and has an owner's privileges only then."""
        owner = self.work.desired.get(
            Identity(Owner.KIND, Quoted(f"{self.work.desired[identity].KEYWORD} {identity.name}"))
        )
        if not isinstance(owner, Owner) or Act(Operation.CREATE, owner.id) not in self.joined.before:
            return None
        return None if owner.role == self.work.live.current_user or self._has_it_from_birth(owner) else owner.role

    def _has_it_from_birth(self, owner: Owner) -> bool:
        """Whether the object comes with another one and is its owner's from birth: a serial's sequence."""
        target = self.work.desired.get(owner.within())
        if target is None or target.owned_with() is None:
            return False
        made_with = target.within() in self.work.creates
        return made_with and Act(Operation.CREATE, target.id) not in self.joined.before

    def _comes_back(self, identity: Identity) -> bool:
        return identity in self.giving.moves or identity in self.giving.movers

    def _initial(self, target: Identity) -> dict[Quoted, Privilege]:
        return privileges.initial(self.work.desired[target], self.work)
