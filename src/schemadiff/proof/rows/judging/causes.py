"""Why rows and values may be lost: what the scripts of a plan say."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.column.column import Column
from schemadiff.catalog.kinds.sequence import Sequence as SequenceKind
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import BothWays
from schemadiff.proof.rows.judging.announced import Announced, announced
from schemadiff.proof.rows.judging.backfilled import Backfilled
from schemadiff.proof.rows.judging.loss import Loss
from schemadiff.proof.rows.judging.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Causes:
    """What may be lost after a script; a loss that has no cause is the script's fault.

    `restarted` are sequences that either script restarts, `fitted` those that it restarts if nobody has used them.
    """

    announced: Announced
    restarted: frozenset[Identity]
    fitted: frozenset[Identity]
    backfilled: Backfilled
    retypes: bool
    """Whether columns may have another type yet."""

    @classmethod
    def after_up(cls, scripts: BothWays, live: Catalog, backfilled: Backfilled) -> "Causes":
        """What may be lost after up."""
        said = announced(scripts.up, live, for_good=False)
        return cls(said, _restarted(scripts), _fitted(scripts), backfilled, retypes=True)

    @classmethod
    def after_down(cls, scripts: BothWays, live: Catalog, backfilled: Backfilled) -> "Causes":
        """What may be lost after up and down."""
        said = announced(scripts.up, live, for_good=True)
        return cls(said, _restarted(scripts), _fitted(scripts), backfilled, retypes=False)

    def of(self, loss: Loss, ancestors: Sequence[Quoted], before: Snapshot, after_up: Snapshot) -> str | None:
        """Why something is lost; None if the plan does not show it.

        `ancestors` are the tables that the table is a partition or child of.
        """
        if self.announced.covers(loss.object, [*loss.holders, *ancestors]):
            return "as announced"
        owners = [loss.object, *(Identity(Column.KIND, name) for name in loss.holders)]
        if not self.restarted.isdisjoint(owners):
            return "restarted, as the plan says"
        if loss.object in self.fitted and _is_unused(loss.object, before):
            return "restarted, since nobody has used it"
        if loss.object.kind == SequenceKind.KIND:
            if self.backfilled.tables:
                return "backfills may use it"
            kept = {sequence.name for oid, sequence in before.sequences.items() if oid in after_up.sequences}
            return None if loss.object.name in kept else "recreated on the way back"
        if self.retypes and loss.object in _retyped(before, after_up):
            return "its type differs in between"
        return None


def _restarted(scripts: BothWays) -> frozenset[Identity]:
    steps = (*scripts.up.steps, *scripts.down.steps)
    return frozenset(step.id for step in steps if step.restarts_sequence)


def _fitted(scripts: BothWays) -> frozenset[Identity]:
    steps = (*scripts.up.steps, *scripts.down.steps)
    return frozenset(step.id for step in steps if step.operation is StepOperation.RESTART_UNUSED)


def _is_unused(sequence: Identity, before: Snapshot) -> bool:
    return any(one.name == sequence.name and not one.last[1] for one in before.sequences.values())


def _retyped(before: Snapshot, after: Snapshot) -> set[Identity]:
    """The columns that have another type in the second snapshot."""
    found = set()
    for table in before.tables.values():
        now = after.table_like(table)
        for column in table.columns if now else ():
            place = table.place_in(now, column) if now else None
            if now and place is not None and now.columns[place].type != column.type:
                found.add(Identity(Column.KIND, Quoted(f"{table.name}.{column.name}")))
    return found
