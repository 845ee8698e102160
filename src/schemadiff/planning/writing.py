"""From ordered acts to statements: each kind writes its own, planning says which form fits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import RANK
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.constraint.constraint import Constraint
from schemadiff.catalog.kinds.index.index import Index
from schemadiff.catalog.kinds.index_attachment import IndexAttachment
from schemadiff.catalog.kinds.inheritance import Inheritance, staying
from schemadiff.catalog.kinds.owner import Owner
from schemadiff.catalog.kinds.privilege import Privilege
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.archive import NOTHING, Archive, lost_labels
from schemadiff.planning.archive.orphans import Homecoming
from schemadiff.planning.archive.values import SavedColumn
from schemadiff.planning.families.inherited import attached_with, children_keep
from schemadiff.planning.grants.initial import Births
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def _without_rows(statement: Statement, table: Quoted) -> Statement:
    """The statement with the hazards that it has on a table made a moment ago; other tables may have rows."""
    questions = tuple(question for question in statement.questions if question.table != table)
    kept = (hazard for hazard in statement.hazards if not hazard.needs_rows or (questions and hazard.asks_others))
    return replace(statement, hazards=tuple(kept), questions=questions)


def hazards_of(statements: Iterable[Statement]) -> set[Hazard]:
    """All hazards of the statements."""
    return {hazard for statement in statements for hazard in statement.hazards}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes acts as statements, knowing both sides and all that happens between.

    `saving` is what goes to the archive, `giving` what comes back from there.
    """

    work: Work
    joined: Graph
    saving: Archive = NOTHING
    giving: Archive = NOTHING

    def write(self, act: Act) -> tuple[Statement, ...]:
        """The statements of one act, with those of the acts folded into it."""
        built = self.work.object(act)
        match act.operation:
            case Operation.DROP:
                return tuple(self._drop(act, built))
            case Operation.RELEASE:
                return tuple(self._release(act.identity, built))
            case Operation.RESTORE:
                return tuple(self._restore(act.identity, built))
            case Operation.ALTER:
                return tuple(self._alter_with_values(act.identity, built))
            case Operation.CREATE:
                return tuple(self._create(act, built))

    def saves(self, act: Act) -> bool:
        """Whether the act puts something into the archive."""
        if act.operation is Operation.DROP:
            return any(part.identity in self.saving.saved for part in self.with_parts(act))
        if act.operation is Operation.ALTER and act.identity in self.saving.counters:
            return True
        first = Operation.RELEASE if act.identity in self.work.releases else Operation.ALTER
        return act.operation is first and act.identity in self.saving.changes

    def gives_back(self, act: Act) -> bool:
        """Whether the act takes something out of the archive."""
        if act.operation is Operation.CREATE:
            return any(part.identity in self.giving.saved for part in self.with_parts(act))
        if act.operation is Operation.ALTER and act.identity in self.giving.counters:
            return True
        if act.identity not in self.giving.changes:
            return False
        waits = Operation.RELEASE if self.giving.changes[act.identity].released else Operation.RESTORE
        return act.operation is (waits if act.identity in self.work.releases else Operation.ALTER)

    def with_parts(self, act: Act) -> Iterator[Act]:
        """The act and those folded into it."""
        yield act
        for part in self.joined.parts.get(act, ()):
            yield from self.with_parts(part)

    def _drop(self, act: Act, built: CatalogObject) -> Iterator[Statement]:
        if act.identity in self.saving.moves:
            yield from self._leave_behind(act)
        for part in self.with_parts(act):
            if part.identity in self.saving.saved:
                yield from self.saving.saved[part.identity].save()
        if act.identity in self.saving.moves:
            return
        if self._children_keep(act.identity):
            yield from built.drop_only()
            return
        made = tuple(built.drop_online() if self._stays(built) else built.drop())
        after = self.work.desired.get(act.identity)
        if isinstance(built, Inheritance) and isinstance(after, Inheritance) and after.parents == built.parents:
            made = tuple(map(staying, made))
        yield from self._with_risks_of_parts(act, made)

    def _leave_behind(self, act: Act) -> Iterator[Statement]:
        """What does not go along with a moved table is dropped."""
        parts = {part.identity for part in self.with_parts(act)} - self.saving.moves.keys()
        left = parts - self.saving.movers.keys()
        for identity in sorted(left, key=lambda identity: (-RANK[identity.kind], identity)):
            built = self.work.live[identity]
            covered = self.work.live.dependencies.falls_with.get(identity, set()) | {built.inherited_from()}
            if isinstance(built, Privilege) or not (built.SATELLITE or covered & left):
                yield from (replace(made, summary=made.summary or f"drop {identity}") for made in built.drop())

    def _alter_with_values(self, identity: Identity, built: CatalogObject) -> Iterator[Statement]:
        if identity not in self.work.releases:
            yield from self._saved_values(identity)
        if identity in self.saving.counters:
            yield from self.saving.counters[identity].save()
        yield from self._alter(identity, built)
        if identity in self.giving.counters:
            yield from self.giving.counters[identity].give_back()
        if identity in self.giving.changes and identity not in self.work.releases:
            yield from self.giving.changes[identity].give_back()

    def _saved_values(self, identity: Identity) -> Iterator[Statement]:
        if identity in self.saving.changes:
            yield from self.saving.changes[identity].save()

    def _release(self, identity: Identity, built: CatalogObject) -> Iterator[Statement]:
        yield from self._saved_values(identity)
        yield from built.release() or ()
        if identity in self.giving.changes and self.giving.changes[identity].released:
            yield from self.giving.changes[identity].give_back()

    def _restore(self, identity: Identity, built: CatalogObject) -> Iterator[Statement]:
        if isinstance(built, Column) and not lost_labels(identity, self.work.live, self.work.desired):
            built = replace(built, using=None)
        yield from built.restore()
        if identity in self.saving.changes:
            yield from self.saving.changes[identity].settle()
        if identity in self.giving.changes and not self.giving.changes[identity].released:
            yield from self.giving.changes[identity].give_back()

    def _with_risks_of_parts(self, act: Act, made: tuple[Statement, ...]) -> Iterator[Statement]:
        """A drop that takes objects of its own kind along has their hazards too: a table and its partitions."""
        risks = {risk for part in self._alike(act) for risk in hazards_of(self.work.live[part.identity].drop())}
        risks.update(self.lost_by_replacing(act))
        for statement in made:
            hazards = tuple(risk for risk in Hazard if risk in risks.union(statement.hazards))
            yield replace(statement, hazards=hazards) if risks else statement

    def lost_by_replacing(self, act: Act) -> tuple[Hazard, ...]:
        """What befalls values of others because the object is dropped and made anew."""
        if act.identity not in self.work.creates:
            return ()
        return self.work.desired[act.identity].lost_by_replacing(self.work.live[act.identity])

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
        return children_keep(identity, self.work)

    def _stays(self, built: CatalogObject) -> bool:
        """Whether the table that holds the object is there before and after."""
        holder = built.within()
        if holder is None:
            return False
        if holder in self.giving.moves or (isinstance(built, Constraint) and holder in self.giving.saved):
            return built.id not in self.giving.movers
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
        sides = (self.work.live.get(owner.within()), self.work.desired.get(owner.within()))
        holders = {built.owned_with() if built else None for built in sides}
        return len(holders) == 1 and None not in holders

    def _create(self, act: Act, built: CatalogObject) -> Iterator[Statement]:
        if isinstance(built, Owner):
            yield from self._births.owner(built)
            return
        if isinstance(built, Privilege):
            yield from self._births.grant(built)
            return
        if act.identity in self.giving.moves:
            yield from self.giving.saved[act.identity].give_back()
            return
        before = self.work.live.get(act.identity)
        if before is not None:
            built = built.given_back(before)
        attached: list[IndexAttachment] = []
        if isinstance(built, (Constraint, Index)):
            attached = attached_with(self.joined.parts.get(act, ()), self.work.desired)
            built = replace(built, whole=False) if attached else built
        parts = self._clauses(act)
        saved = self.giving.saved.get(act.identity)
        if isinstance(saved, SavedColumn) and isinstance(built, Column):
            yield from self._filled(built, parts, saved)
        elif self._stays(built):
            yield from self._create_beside_rows(built, parts)
        else:
            made, holder = built.create(parts), built.within()
            new = holder is not None and holder in self.work.creates
            yield from (_without_rows(one, holder.name) if new and holder else one for one in made)
        yield from (statement for attachment in attached for statement in attachment.create())
        yield from self._remainders(act)
        for part in self.with_parts(act):
            if part.identity in self.giving.saved and not isinstance(saved, SavedColumn):
                yield from self.giving.saved[part.identity].give_back()

    def _create_beside_rows(self, built: CatalogObject, parts: tuple[Sql, ...]) -> Iterator[Statement]:
        """An object of a table that has rows, also where these come back from the archive."""
        made = iter(built.create_online(parts))
        if isinstance(built, Constraint) and built.type == "f":
            yield from Homecoming(self.giving, self.work).statements(built, made)
        elif built.within() in self.giving.saved:
            yield from (replace(one, questions=(), preflights=()) for one in made)
        else:
            yield from made

    def _filled(self, column: Column, parts: tuple[Sql, ...], saved: SavedColumn) -> Iterator[Statement]:
        """ADD COLUMN, its old values, and NOT NULL last where no default fulfils it from the beginning."""
        late = column.not_null and not parts and not column.identity_kind
        nullable = replace(column, not_null=False, not_null_constraint=None)
        yield from (nullable if late else column).create_online(parts)
        for part in self.joined.parts.get(Act(Operation.CREATE, column.id), ()):
            if part.identity in self.giving.saved:
                yield from self.giving.saved[part.identity].give_back()
        yield from saved.give_back()
        if late:
            for statement in column.alter_not_null(nullable):
                asked = (saved.strangers(),) if statement.questions else ()
                yield replace(statement, questions=(), preflights=asked)

    def _remainders(self, act: Act) -> Iterator[Statement]:
        for part in self.joined.parts.get(act, ()):
            built = self.work.desired[part.identity]
            if built.within() == act.identity:
                yield from built.remainder()
                yield from self._remainders(part)
            elif built.comes_with_parents():
                yield from built.unlike_parents()

    def _clauses(self, act: Act) -> tuple[Sql, ...]:
        """The clauses of the acts folded into this one, each with its own folded in."""
        parts = [self.work.desired[part.identity] for part in self.joined.parts.get(act, ())]
        inner = [built for built in parts if built.within() == act.identity]
        inner.sort(key=lambda built: (RANK[built.KIND], built.sort_key()))
        clauses = []
        for built in inner:
            clause = built.clause_with(self._clauses(Act(act.operation, built.id)))
            if clause is not None:
                clauses.append(clause)
        return tuple(clauses)

    def made_by(self, act: Act) -> Iterator[Identity]:
        """The objects that the act creates: its own and those folded into it, such as a serial's sequence."""
        if act.operation is Operation.CREATE:
            yield act.identity
        for part in self.joined.parts.get(act, ()):
            yield from self.made_by(part)

    def revocations(self, identity: Identity) -> Iterator[Statement]:
        """What a new object grants by itself to roles that the desired one grants nothing."""
        return self._births.revocations(identity)

    @property
    def _births(self) -> Births:
        return Births(self.work, self.joined, self.giving)
