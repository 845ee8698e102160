"""The statements of each act."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from schemadiff.catalog.declaring.forms import Online, Releasable
from schemadiff.catalog.declaring.inherited import Inherited
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.hazard import Hazard, rule
from schemadiff.catalog.statements.statement import Statement, at_risk, changing, concerning
from schemadiff.planning import passes
from schemadiff.planning.archive.moved_tables import left_behind
from schemadiff.planning.families.inherited import children_keep
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.writing.writing import Writing, hazards_of


@dataclass(frozen=True, slots=True)
class Writer(Writing):
    """Writes acts as statements, knowing both sides and all that happens between."""

    def write(self, act: Act) -> tuple[Statement, ...]:
        """The statements of one act, with those of the acts folded into it."""
        match act.operation:
            case Operation.DROP:
                return tuple(self._drop(act))
            case Operation.RELEASE:
                return tuple(self._release(act.identity))
            case Operation.RESTORE:
                return tuple(self._restore(act.identity))
            case Operation.ALTER:
                return tuple(self._alter(act.identity))
            case Operation.CREATE:
                return tuple(self._create(act))

    def lost_by_replacing(self, act: Act) -> tuple[Hazard, ...]:
        """What befalls values of others because the object is dropped and created again."""
        return tuple(hazard for lost in passes.LOST_BY_REPLACING for hazard in lost(act.identity, self.work))

    def _drop(self, act: Act) -> Iterator[Statement]:
        moves = act.identity in self.saving.moves
        if moves:
            yield from left_behind(act, self)
        for part in self.with_parts(act):
            if part.identity in self.saving.saved:
                yield from self.saving.saved[part.identity].save()
        if not moves:
            yield from self._dropped(act, self.work.object(act))

    def _dropped(self, act: Act, built: CatalogObject) -> Iterator[Statement]:
        if isinstance(built, Inherited) and children_keep(act.identity, self.work):
            yield from built.drop_only()
            return
        online = isinstance(built, Online) and self.stays(built)
        written = tuple(built.drop_online() if isinstance(built, Online) and online else built.drop())
        for amend in passes.DROPPED:
            written = amend(act, written, self.work)
        yield from self._with_risks_of_parts(act, written)

    def _with_risks_of_parts(self, act: Act, written: tuple[Statement, ...]) -> Iterator[Statement]:
        """A drop that takes objects of its own kind along has their hazards too: a table and its partitions."""
        of_parts = {risk for part in self._alike(act) for risk in hazards_of(self.work.live[part.identity].drop())}
        lost = self.lost_by_replacing(act)
        for statement in written:
            risky = at_risk(statement, rule(act.identity.kind, "drop"), of_parts)
            yield at_risk(risky, rule(act.identity.kind, "replace"), lost)

    def _alike(self, act: Act) -> Iterator[Act]:
        for part in self.parts(act):
            if part.identity.kind == act.identity.kind:
                yield part
            yield from self._alike(part)

    def _release(self, identity: Identity) -> Iterator[Statement]:
        released = self.work.live[identity]
        yield from self._saved_values(identity)
        yield from (released.release() if isinstance(released, Releasable) else None) or ()
        if identity in self.giving.changes and self.giving.changes[identity].released:
            yield from self.giving.changes[identity].give_back()

    def _restore(self, identity: Identity) -> Iterator[Statement]:
        restored = self.work.desired[identity]
        for amend in passes.RESTORED:
            restored = amend(restored, self.work)
        if isinstance(restored, Releasable):
            yield from restored.restore()
        if identity in self.saving.changes:
            yield from self.saving.changes[identity].record_outcome()
        if identity in self.giving.changes and not self.giving.changes[identity].released:
            yield from self.giving.changes[identity].give_back()

    def _saved_values(self, identity: Identity) -> Iterator[Statement]:
        if identity in self.saving.changes:
            yield from self.saving.changes[identity].save()

    def _alter(self, identity: Identity) -> Iterator[Statement]:
        if identity not in self.work.releases:
            yield from self._saved_values(identity)
        if identity in self.saving.counters:
            yield from self.saving.counters[identity].save()
        if identity in self.giving.changes and identity not in self.work.releases:
            yield from self.giving.changes[identity].forget_overwritten()
        if not any(follows(identity, self.work) for follows in passes.ALTERED_BY_OTHERS):
            yield from self._regaining(identity, self._altered(identity))
        if identity in self.saving.changes and identity not in self.work.releases:
            yield from self.saving.changes[identity].record_outcome()
        if identity in self.giving.counters:
            yield from self.giving.counters[identity].give_back()
        if identity in self.giving.changes and identity not in self.work.releases:
            yield from self.giving.changes[identity].give_back()

    def _regaining(self, identity: Identity, altered: Iterable[Statement]) -> Iterable[Statement]:
        for regain in passes.REGAINING if identity in self.giving.saved else ():
            altered = regain(identity, altered, self)
        return altered

    def _altered(self, identity: Identity) -> Iterator[Statement]:
        change, after = self.work.alters[identity], self.work.desired[identity]
        before = change.before
        assert before is not None
        if identity in self.work.swaps and isinstance(after, Online) and isinstance(before, Online):
            yield from after.replace_online(before) or ()
            return
        for amend in passes.ALTERED:
            after = amend(after, before, self)
        released = identity in self.work.releases
        done = set()
        for name in change.fields:
            method, rebuilds = after.ALTERING[name]
            if method not in done and not (released and rebuilds):
                done.add(method)
                fields = tuple(field for field in change.fields if after.ALTERING[field][0] == method)
                yield from changing(getattr(after, method)(before), *fields)

    def _create(self, act: Act) -> Iterator[Statement]:
        built = self.work.object(act)
        if (instead := passes.CREATED_BY.get(act.identity.kind)) is not None:
            yield from instead(built, self)
            return
        if act.identity in self.giving.moves:
            yield from self.giving.saved[act.identity].give_back()
            return
        for amend in passes.CREATED:
            built = amend(built, act, self)
        filled = next((found for fill in passes.FILLED if (found := fill(built, self)) is not None), None)
        yield from filled if filled is not None else self._created(act, built)
        for further in passes.AFTER_CREATE:
            yield from further(act, self)
        yield from self._remainders(act)
        for part in self.with_parts(act):
            if part.identity in self.giving.saved and filled is None:
                yield from self.giving.saved[part.identity].give_back()

    def _created(self, act: Act, built: CatalogObject) -> Iterator[Statement]:
        clauses, holder = self.clauses(act), built.within()
        if self.stays(built):
            yield from self._created_beside_rows(built, clauses)
        else:
            new = holder is not None and holder in self.work.creates
            for statement in built.create(clauses):
                yield _without_rows(statement, holder.name) if new and holder else statement

    def _created_beside_rows(self, built: CatalogObject, clauses: tuple[Sql, ...]) -> Iterator[Statement]:
        """An object of a table that has rows, also where these come back from the archive."""
        written = iter(built.create_online(clauses) if isinstance(built, Online) else built.create(clauses))
        for amend in passes.CREATED_BESIDE_ROWS:
            written = amend(built, written, self)
        yield from written

    def _remainders(self, act: Act) -> Iterator[Statement]:
        for part in self.parts(act):
            built = self.work.desired[part.identity]
            if built.within() == act.identity:
                yield from concerning(built.id, built.remainder())
                yield from self._remainders(part)
            elif isinstance(built, Inherited) and built.comes_with_parents():
                yield from concerning(built.id, built.unlike_parents())


def _without_rows(statement: Statement, table: Quoted) -> Statement:
    """The statement with the hazards that it has on a table made a moment ago; other tables may have rows."""
    questions = tuple(question for question in statement.questions if question.table != table)
    kept = (hazard for hazard in statement.hazards if not hazard.needs_rows or (questions and hazard.asks_others))
    return replace(statement, hazards=tuple(kept), questions=questions)
