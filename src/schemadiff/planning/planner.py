"""From two catalogs to a script: differences, closure, graph, folding, order, segments."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.statements.statement import Statement
from schemadiff.difference.diff import Change, diff
from schemadiff.planning import passes
from schemadiff.planning.archive.ahead.segments import archiving, returning
from schemadiff.planning.archive.archive import NOTHING, Archive
from schemadiff.planning.archive.foreign_keys import of_restored_tables
from schemadiff.planning.archive.order import refuse_torn, together
from schemadiff.planning.archive.segments import backfills_stand, with_archive
from schemadiff.planning.archive.triggers import order_triggers, without_dropped
from schemadiff.planning.online.exchanges import Parted, refuse_parted
from schemadiff.planning.online.filled_beside import asked_before_filling, filled_beside
from schemadiff.planning.online.in_batches import batches_of_new_columns
from schemadiff.planning.online.successor import Successor
from schemadiff.planning.order.folding import fold
from schemadiff.planning.order.gaps import with_gaps
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.order.segments import segments
from schemadiff.planning.order.sorting import CyclicPlan
from schemadiff.planning.order.statements import Node, in_order
from schemadiff.planning.preflights.fills import Fills
from schemadiff.planning.preflights.row_questions import RowQuestions
from schemadiff.planning.sizes import UNKNOWN, Sizes
from schemadiff.planning.steps import step_of
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.closure import closure
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writer import Writer
from schemadiff.plans.model import Script, Segment
from schemadiff.plans.scripts.spelling import spelled_script


@dataclass(frozen=True, slots=True)
class Extras:
    """What a script does beyond leading from one schema to another.

    It saves to the archive, gives back from there, and runs backfills before it demands what they make true, and before
    it destroys anything. `graded`
    tells that each step says what the way back recovers; `sizes` say which tables are large.
    """

    saving: Archive = NOTHING
    giving: Archive = NOTHING
    backfills: tuple[Segment, ...] = ()
    graded: bool = False
    sizes: Sizes = UNKNOWN
    successors: Mapping[Identity, Successor] = field(default_factory=dict)
    """The columns that change their type by another one that takes their place."""


def script(
    live: Catalog, desired: Catalog, extras: Extras | None = None, *, changes: dict[Identity, Change] | None = None
) -> Script:
    """The statements that take a database from `live` to `desired`, in segments; `changes` is their diff, if at hand.

    Where altering in place leads into a circle, what holds no data is dropped and created instead; where building
    beside the old does, that is dropped first.
    Raises PlanningError when no order satisfies the dependencies.
    """
    changes = diff(live, desired) if changes is None else changes
    extras = extras or Extras()
    replaced: frozenset[Identity] = frozenset(extras.successors)
    exchanging = True
    while True:
        work = closure(changes, live, desired, replaced, exchanging=exchanging)
        work.successors.update(extras.successors)
        try:
            return spelled_script(_script(work, extras))
        except CyclicPlan as error:
            more = replaced | _replaceable(error.path, desired)
            if more == replaced and not exchanging:
                raise
            exchanging = exchanging and more != replaced
            replaced = more
        except Parted:
            exchanging = False


def _replaceable(path: tuple[object, ...], desired: Catalog) -> frozenset[Identity]:
    """Objects of a circle that are altered and hold no data."""
    acts = [node.act for node in path if isinstance(node, Node)]
    return frozenset(
        act.identity for act in acts if act.operation is Operation.ALTER and not desired[act.identity].HOLDS_DATA
    )


def _script(work: Work, extras: Extras) -> Script:
    for amend in passes.AMENDING:
        amend(work)
    for identity in extras.giving.changes:
        if identity not in work.alters.keys() | work.releases:  # its type alone changes back
            work.alters[identity] = Change(identity, work.live[identity], work.desired[identity], ())
    giving = without_dropped(extras.giving, work)
    new = batches_of_new_columns(work, extras.sizes, giving)
    filled = filled_beside(work, RowQuestions(work, Fills(work)))
    between = (*new, *extras.backfills, *archiving(extras.saving), *returning(giving), *filled)
    fills = Fills.of(work, between)
    writer = Writer(work, _joined(work, extras), fills, extras.saving, giving)
    rows = RowQuestions(work, fills)
    written = list(in_order(writer, rows))
    acts = [one.act for one in written]
    steps = [
        (one.statement, step_of(one.act, one.statement, writer, one.along, graded=extras.graded)) for one in written
    ]
    apart = _may_stand_apart([(one.act, one.statement) for one in written], work)
    cut = backfills_stand(written, writer) if between else len(steps)
    before, after = segments(steps[:cut], apart=apart), segments(steps[cut:], apart=apart)
    asked = rows.preflights([one.each for one in written], (*before, *after), writer.joined)
    preflights = (*asked_before_filling(work, RowQuestions(work, Fills(work)), writer.joined), *asked)
    before, after = with_archive(before, acts[:cut], writer), with_archive(after, acts[cut:], writer)
    return Script(with_gaps((*before, *between, *after)), preflights)


def _joined(work: Work, extras: Extras) -> Graph:
    """The acts in their order, those without a statement of their own folded into others."""
    graph = Graph.of(work)
    for order in passes.ORDERING:
        order(graph, work)
    order_triggers(graph, extras.giving, work)
    moved = together(graph, extras.saving, extras.giving)
    joined = fold(graph, work, moved, of_restored_tables(graph, extras.giving, work))
    refuse_torn(joined, extras.saving, extras.giving)
    refuse_parted(joined, work)
    return joined


def _may_stand_apart(statements: list[tuple[Act, Statement]], work: Work) -> bool:
    """Whether policies and the like may commit alone: not when one is gone for a while in the midst of other steps."""
    replaced = work.drops & work.creates
    return work.live.scope.supabase and not any(
        statement.apart and act.identity in replaced for act, statement in statements
    )
