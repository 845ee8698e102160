"""From ordered acts to statements: each kind writes its own, planning says which form fits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.hazard import Hazard
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kind import CatalogObject
from schemadiff.catalog.kinds import RANK
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege import Privilege
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statement import Statement
from schemadiff.planning import privileges
from schemadiff.planning.actions import Act, Graph, Operation, object_of
from schemadiff.planning.inherited import children_keep
from schemadiff.planning.replacement import Work


def _without_rows(statement: Statement, table: Quoted) -> Statement:
    """The statement with the hazards that it has on a table made a moment ago; other tables may have rows."""
    questions = tuple(question for question in statement.questions if question.table != table)
    kept = (Hazard.LONG_SCAN, Hazard.MAY_FAIL_ON_DATA) if questions else ()
    hazards = tuple(hazard for hazard in statement.hazards if not hazard.needs_rows or hazard in kept)
    return replace(statement, hazards=hazards, questions=questions)


def _hazards(statements: Iterable[Statement]) -> set[Hazard]:
    return {hazard for statement in statements for hazard in statement.hazards}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes acts as statements, knowing both sides and all that happens between."""

    live: Catalog
    desired: Catalog
    work: Work
    joined: Graph

    def write(self, act: Act) -> tuple[Statement, ...]:
        """The statements of one act, with those of the acts folded into it."""
        built = object_of(act, self.live, self.desired)
        match act.operation:
            case Operation.DROP:
                if self._children_keep(act.identity):
                    return tuple(built.drop_only())
                made = tuple(built.drop_online() if self._stays(built) else built.drop())
                return tuple(self._with_risks_of_parts(act, made))
            case Operation.RELEASE:
                return tuple(built.release() or ())
            case Operation.RESTORE:
                return tuple(built.restore())
            case Operation.ALTER:
                return tuple(self._alter(act.identity, built))
            case Operation.CREATE:
                return tuple(self._create(act, built))

    def _with_risks_of_parts(self, act: Act, made: tuple[Statement, ...]) -> Iterator[Statement]:
        """A drop that takes objects of its own kind along has their hazards too: a table and its partitions."""
        risks = {risk for part in self._alike(act) for risk in _hazards(self.live[part.identity].drop())}
        if act.identity in self.work.creates:
            risks.update(self.desired[act.identity].lost_by_replacing(self.live[act.identity]))
        for statement in made:
            hazards = tuple(risk for risk in Hazard if risk in risks.union(statement.hazards))
            yield replace(statement, hazards=hazards) if risks else statement

    def _alike(self, act: Act) -> Iterator[Act]:
        for part in self.joined.parts.get(act, ()):
            if part.identity.kind == act.identity.kind:
                yield part
            yield from self._alike(part)

    def fields(self, identity: Identity) -> tuple[str, ...]:
        """The fields in which an altered object differs."""
        change = self.work.alters.get(identity)
        return change.fields if change else ()

    def _children_keep(self, identity: Identity) -> bool:
        """Whether a child that inherited the object goes on with it as its own."""
        return children_keep(identity, self.work, self.live)

    def _stays(self, built: CatalogObject) -> bool:
        """Whether the table that holds the object is there before and after."""
        holder = built.within()
        if holder is None:
            return False
        return holder not in self.work.drops and holder not in self.work.creates

    def _alter(self, identity: Identity, built: CatalogObject) -> Iterator[Statement]:
        change = self.work.alters[identity]
        assert change.before is not None
        if isinstance(built, Owner) and self._follows(built):
            return
        if identity in self.work.swaps:
            yield from built.replace_online(change.before) or ()
            return
        released = identity in self.work.releases
        done = set()
        for name in change.fields:
            method, rebuilds = built.ALTERING[name]
            if method not in done and not (released and rebuilds):
                done.add(method)
                yield from getattr(built, method)(change.before)

    def _follows(self, owner: Owner) -> bool:
        """Whether the object gets its owner with another one that it belongs to all the while."""
        sides = (self.live.get(owner.within()), self.desired.get(owner.within()))
        holders = {built.owned_with() if built else None for built in sides}
        return len(holders) == 1 and None not in holders

    def _create(self, act: Act, built: CatalogObject) -> Iterator[Statement]:
        if isinstance(built, Owner) and built.role == self.live.current_user:
            return
        if isinstance(built, Privilege):
            yield from self._grant(built)
            return
        before = self.live.get(act.identity)
        if before is not None:
            built = built.given_back(before)
        parts = self._clauses(act)
        if self._stays(built):
            yield from built.create_online(parts)
        else:
            made, holder = built.create(parts), built.within()
            new = holder is not None and holder in self.work.creates
            yield from (_without_rows(one, holder.name) if new and holder else one for one in made)
        yield from self._remainders(act)

    def _remainders(self, act: Act) -> Iterator[Statement]:
        for part in self.joined.parts.get(act, ()):
            built = self.desired[part.identity]
            if built.within() == act.identity:
                yield from built.remainder()
                yield from self._remainders(part)
            elif built.comes_with_parents():
                yield from built.unlike_parents()

    def _clauses(self, act: Act) -> tuple[Sql, ...]:
        """The clauses of the acts folded into this one, each with its own folded in."""
        parts = [self.desired[part.identity] for part in self.joined.parts.get(act, ())]
        inner = [built for built in parts if built.within() == act.identity]
        inner.sort(key=lambda built: (RANK[built.KIND], built.sort_key()))
        clauses = []
        for built in inner:
            clause = built.clause_with(self._clauses(Act(act.operation, built.id)))
            if clause is not None:
                clauses.append(clause)
        return tuple(clauses)

    def _grant(self, built: Privilege) -> Iterable[Statement]:
        """What is granted beyond what a new object grants by itself."""
        target = built.within()
        if target not in self.work.creates:
            return built.create()
        found = self._initial(target).get(built.grantee)
        if found is None:
            return built.create()
        return built.alter_granted(found) if found.granted != built.granted else ()

    def made_by(self, act: Act) -> Iterator[Identity]:
        """The objects that the act creates: its own and those folded into it, such as a serial's sequence."""
        if act.operation is Operation.CREATE:
            yield act.identity
        for part in self.joined.parts.get(act, ()):
            yield from self.made_by(part)

    def revocations(self, identity: Identity) -> Iterator[Statement]:
        """What a new object grants by itself to roles that the desired one grants nothing."""
        for _, privilege in sorted(self._initial(identity).items()):
            if privilege.id not in self.desired:
                yield from privilege.drop()

    def _initial(self, target: Identity) -> dict[Quoted, Privilege]:
        return privileges.initial(self.desired[target], self.live, self.desired)
