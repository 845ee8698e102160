"""What the statements of an act depend on, beside the act itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import RANK
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Statement
from schemadiff.planning.archive.archive import NOTHING, Archive
from schemadiff.planning.archive.saved.ahead import ColumnAhead
from schemadiff.planning.families.constraints import checks_rows
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.preflights.fills import Fills
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work


def hazards_of(statements: Iterable[Statement]) -> set[Hazard]:
    """All hazards of the statements."""
    return {hazard for statement in statements for hazard in statement.hazards}


@dataclass(frozen=True, slots=True)
class Writing:
    """The work, the acts folded into each other, what backfills fill, what goes to the archive and what comes back."""

    work: Work
    joined: Graph
    fills: Fills
    saving: Archive = NOTHING
    giving: Archive = NOTHING

    def parts(self, act: Act) -> list[Act]:
        """The acts folded into this one, without those of `gone`."""
        parts = self.joined.parts.get(act, [])
        if act.operation is not Operation.CREATE:
            return parts
        return [part for part in parts if part.operation is not Operation.DROP]

    def gone(self, act: Act) -> list[Identity]:
        """What is dropped within the act that creates what takes its place."""
        parts = self.joined.parts.get(act, []) if act.operation is Operation.CREATE else []
        return [part.identity for part in parts if part.operation is Operation.DROP]

    def with_parts(self, act: Act) -> Iterator[Act]:
        """The act, those folded into it, and those folded into these."""
        yield act
        for part in self.parts(act):
            yield from self.with_parts(part)

    def made_by(self, act: Act) -> Iterator[Identity]:
        """The objects that the act creates: its own and those folded into it, such as a serial's sequence."""
        for part in self.with_parts(act):
            if part.operation is Operation.CREATE:
                yield part.identity

    def clauses(self, act: Act) -> tuple[Sql, ...]:
        """The clauses of the acts folded into this one, each with its own folded in."""
        parts = [self.work.desired[part.identity] for part in self.parts(act)]
        inner = [built for built in parts if built.within() == act.identity]
        inner.sort(key=lambda built: (RANK[built.KIND], built.sort_key()))
        found = [built.clause(self.clauses(Act(act.operation, built.id))) for built in inner]
        return tuple(clause for clause in found if clause is not None)

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
        if act.operation is Operation.ALTER and act.identity in self.giving.counters.keys() | self.giving.saved.keys():
            return True
        if act.identity not in self.giving.changes:
            return False
        waits = Operation.RELEASE if self.giving.changes[act.identity].released else Operation.RESTORE
        return act.operation is (waits if act.identity in self.work.releases else Operation.ALTER)

    def at_once(self, act: Act, archive: Archive) -> bool:
        """Whether something that the act saves or gives back is not saved, or given back, in batches."""
        if act.operation not in (Operation.DROP, Operation.CREATE):
            return True
        found = (archive.saved.get(part.identity) for part in self.with_parts(act))
        return any(one is not None and not isinstance(one, ColumnAhead) for one in found)

    def stays(self, built: CatalogObject) -> bool:
        """Whether the table that holds the object is there before and after."""
        holder = built.within()
        if holder is None:
            return False
        if holder in self.giving.moves or (holder in self.giving.saved and checks_rows(built.id)):
            return built.id not in self.giving.movers
        return holder not in self.work.drops and holder not in self.work.creates
