"""The statements of all acts in an order in which each can run."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from schemadiff.catalog.kinds import RANK
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import Clause, Phase, Statement
from schemadiff.planning.families.joins import is_join
from schemadiff.planning.grants.new_objects import revoked_from_new
from schemadiff.planning.order.graph import Graph
from schemadiff.planning.order.sharing import contracted, sharing, together
from schemadiff.planning.order.sorting import ordered
from schemadiff.planning.order.waiting import When, waits
from schemadiff.planning.passes import BEHIND_FILLS, BUILT_WITHOUT, LEANED_ON
from schemadiff.planning.preflights.row_questions import RowQuestions
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writer import Writer

_REMOVALS = (Operation.DROP, Operation.RELEASE)


class Written(NamedTuple):
    """A statement in its place, with its act; `waits` tells that it demands what backfills may make true.

    `along` are acts whose clauses stand in it, too, each with what its own statement would be but for the SQL.
    """

    act: Act
    statement: Statement
    waits: bool = False
    along: tuple[tuple[Act, Statement], ...] = ()

    @property
    def each(self) -> tuple[tuple[Act, Statement], ...]:
        """Every act that it is for, with what is to be known of it."""
        return ((self.act, self.statement), *self.along)


class Part(NamedTuple):
    """Statements of an act that run together: those of another phase, or that wait for backfills, run apart.

    What may share its statement with others is a part by itself. `destroys` if the act loses data at that time.
    """

    statements: list[Statement]
    waits: bool = False
    destroys: bool = False

    @property
    def clause(self) -> Clause | None:
        """Its clause, where it may share its statement."""
        return self.statements[0].clause if len(self.statements) == 1 else None

    @property
    def phase(self) -> Phase:
        """When its statements run."""
        return self.statements[0].phase if self.statements else Phase.MAIN


class Node(NamedTuple):
    """An act and the number of its part."""

    act: Act
    place: int

    def __str__(self) -> str:
        return str(self.act)


def in_order(writer: Writer, rows: RowQuestions) -> Iterator[Written]:
    """The statements of all acts, each with its act and its questions to `rows`.

    Raises CyclicPlan when no order satisfies the dependencies.
    """
    work, joined = writer.work, writer.joined
    written = {act: _parts(act, writer, rows) for act in joined.before}
    before: dict[Node, set[Node]] = defaultdict(set)
    for act, parts in written.items():
        for place in range(len(parts)):
            before[Node(act, place)].update({Node(act, place - 1)} if place else ())
        for predecessor in joined.before[act]:
            place = 1 if _builds_without(predecessor, act, parts, work) else 0
            before[Node(act, place)].add(Node(predecessor, _built_upon(written[predecessor], act, parts[place])))

    shared = _shared(before, written, writer)
    before = contracted(before, shared.values())
    phases = {node: _when(node.act, written[node.act][node.place], writer) for node in before}
    late = waits(before, phases, _back(before, joined, work))

    def rank(node: Node) -> tuple[object, ...]:
        statements = written[node.act][node.place].statements
        wait, transactional = late.get(node), all(statement.transactional for statement in statements)
        phase = wait.when if wait else phases[node]
        # What commits at once, or stands alone, goes first: nothing that comes back should be away for its sake.
        commits = any(statement.commit_before_use for statement in statements)
        behind = wait is not None and wait.behind
        own = phases[node] if behind else phase
        when = (phase, behind, own, wait is not None, wait is not None and transactional, not commits)
        return (*when, *_among_equals(node, work))

    for node in ordered(before, rank):
        nodes = shared.get(node, (node,))
        each = [(one.act, statement) for one in nodes for statement in written[one.act][one.place].statements]
        waiting = written[node.act][node.place].waits
        if len(nodes) > 1:
            sql = together(statement.clause for _, statement in each if statement.clause)
            (act, first), *along = ((act, replace(statement, sql=sql)) for act, statement in each)
            yield Written(act, first, waiting, tuple(along))
        else:
            yield from (Written(act, statement, waiting) for act, statement in each)


def _among_equals(node: Node, work: Work) -> tuple[object, ...]:
    """What stands where if time and dependencies leave a choice."""
    act, weight = node.act, RANK[node.act.identity.kind]
    removes = act.operation in _REMOVALS
    return (not removes, -weight if removes else weight, work.object(act).sort_key(), act.operation)


def _shared(
    before: Mapping[Node, set[Node]], written: Mapping[Act, list[Part]], writer: Writer
) -> dict[Node, tuple[Node, ...]]:
    """The nodes whose clauses share a statement, under the first of them."""
    parts = {node: written[node.act][node.place] for node in before}
    having = [node for node in before if parts[node].clause]
    having.sort(key=lambda node: _among_equals(node, writer.work))
    times = {
        node: (_when(node.act, parts[node], writer), node.act.operation in _REMOVALS, parts[node].waits)
        for node in having
    }
    return sharing(before, {node: clause for node in having if (clause := parts[node].clause)}, times)


def _back(before: Mapping[Node, set[Node]], joined: Graph, work: Work) -> dict[Node, Node]:
    """The drops of what sessions lean on and what comes back, each with what brings it back."""
    by = {part: act for act in joined.before for part in _with_parts(act, joined)}
    found = {}
    for act in joined.before:
        if act.operation is Operation.DROP and act.identity.kind in LEANED_ON:
            again = by.get(Act(Operation.CREATE, act.identity))
            # What is built beside it comes first, and needs nothing to be gone.
            later = again is not None and any(one.act == act for one in before.get(Node(again, 1), ()))
            found.update({} if again is None else {Node(act, 0): Node(again, int(later))})
    return found


def _with_parts(act: Act, joined: Graph) -> Iterator[Act]:
    yield act
    for part in joined.parts.get(act, ()):
        yield from _with_parts(part, joined)


def _builds_without(predecessor: Act, act: Act, parts: list[Part], work: Work) -> bool:
    """Whether the act begins with a build that needs the predecessor not, though what follows does.

    For a build under another name, nothing has to go.
    """
    if len(parts) < 2 or parts[0].statements[0].phase is not Phase.CONCURRENT:
        return False
    purpose = parts[0].statements[0].purpose
    beside = purpose is not None and purpose.operation is StepOperation.BUILD_BESIDE
    return (beside and predecessor.operation in _REMOVALS) or any(
        without(act, predecessor, work) for without in BUILT_WITHOUT
    )


def _when(act: Act, part: Part, writer: Writer) -> When:
    """When a part runs; what destroys data waits until everything that may fail has succeeded."""
    behind = part.waits or (writer.fills.there and (part.destroys or writer.saves(act)))
    if part.destroys:
        return behind, Phase.DESTROY
    return behind, part.phase


def _built_upon(parts: list[Part], act: Act, first: Part) -> int:
    """The part of an act after which `act` may run, of which `first` is the first part.

    That is the last but a validation at the end; or, for what waits for no backfill, the last that does not either.
    """
    last = len(parts) - 1
    if is_join(act):  # a partition is attached with what has been proven of its rows
        return last
    waiting = next((place for place, part in enumerate(parts) if part.waits), 0)
    if waiting and not first.waits:
        return waiting - 1
    if act.identity.kind in LEANED_ON:  # none of them needs what is validated
        waiting = next((place for place, part in enumerate(parts) if part.phase is Phase.VALIDATE), 0)
        return waiting - 1 if waiting else last
    return last - 1 if last and parts[last].phase is Phase.VALIDATE else last


def _parts(act: Act, writer: Writer, rows: RowQuestions) -> list[Part]:
    """The act's statements, cut where the phase changes, and where they begin to wait for backfills."""
    statements = [rows.with_queries(act, statement) for statement in writer.write(act)]
    whole = any(waits(act, writer) for waits in BEHIND_FILLS)
    demands = [whole or writer.fills.satisfies(statement) for statement in statements]
    parts: list[Part] = []
    for place, statement in enumerate(statements):
        waits = demands[place] or (statement.guards and any(demands[place:])) or bool(parts and parts[-1].waits)
        if not parts or parts[-1].statements[-1].phase is not statement.phase or parts[-1].waits is not waits:
            parts.append(Part([], waits))
        parts[-1].statements.append(statement)
    if revoked := list(revoked_from_new(act, writer)):
        if not parts:
            parts.append(Part([]))
        parts[-1].statements.extend(revoked)
    return [one for part in parts for one in _cut(part)] or [Part([])]


def _cut(part: Part) -> Iterator[Part]:
    """What may share its statement, and what stands before and after it."""
    destroys = any(Hazard.DATA_LOSS in statement.hazards for statement in part.statements)
    for alone, group in groupby(part.statements, key=lambda statement: statement.clause is not None):
        statements = list(group)
        for run in ([one] for one in statements) if alone else (statements,):
            yield Part(list(run), part.waits, destroys)
