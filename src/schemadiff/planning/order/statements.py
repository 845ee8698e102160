"""The statements of all acts in an order in which each can run."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from schemadiff.catalog.kinds import RANK
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Phase, Statement
from schemadiff.planning.families.joins import is_join
from schemadiff.planning.grants.new_objects import revoked_from_new
from schemadiff.planning.order.sorting import ordered
from schemadiff.planning.order.waiting import phases_of_waiting
from schemadiff.planning.passes import LEANED_ON
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writer import Writer


class Node(NamedTuple):
    """An act and the number of its part: statements of different phases run apart."""

    act: Act
    place: int

    def __str__(self) -> str:
        return str(self.act)


def in_order(writer: Writer) -> Iterator[tuple[Act, Statement]]:
    """The statements of all acts, each with its act. Raises CyclicPlan when no order satisfies the dependencies."""
    work, joined = writer.work, writer.joined
    written = {act: _parts(act, writer) for act in joined.before}
    before: dict[Node, set[Node]] = defaultdict(set)
    for act, parts in written.items():
        for place in range(len(parts)):
            before[Node(act, place)].update({Node(act, place - 1)} if place else ())
        joins = is_join(act)
        for predecessor in joined.before[act]:
            # A partition is attached with what has been proven of its rows.
            last = len(written[predecessor]) - 1 if joins else _settled(written[predecessor])
            before[Node(act, 0)].add(Node(predecessor, last))

    phases = {node: _when(written[node.act][node.place]) for node in before}
    late = phases_of_waiting(before, phases, {node for node in before if _comes_back(node.act, work)})

    def rank(node: Node) -> tuple[object, ...]:
        act = node.act
        built = work.object(act)
        removes = act.operation in (Operation.DROP, Operation.RELEASE)
        weight = RANK[act.identity.kind]
        statements = written[act][node.place]
        waits, together = node in late, all(statement.transactional for statement in statements)
        phase = late[node] if waits else phases[node]
        # What commits at once, or stands alone, goes first: nothing that comes back should be away for its sake.
        commits = any(statement.commit_before_use for statement in statements)
        when = (phase, waits, waits and together, not commits)
        return (*when, not removes, -weight if removes else weight, built.sort_key(), act.operation)

    for act, place in ordered(before, rank):
        for statement in written[act][place]:
            yield act, statement


def _comes_back(act: Act, work: Work) -> bool:
    """Whether the act takes away what sessions lean on, and another one brings it back."""
    return act.operation is Operation.DROP and act.identity in work.creates and act.identity.kind in LEANED_ON


def _when(statements: list[Statement]) -> Phase:
    """The phase of a part; what destroys data waits until everything that may fail has succeeded."""
    if any(Hazard.DATA_LOSS in statement.hazards for statement in statements):
        return Phase.DESTROY
    return statements[0].phase if statements else Phase.MAIN


def _settled(parts: list[list[Statement]]) -> int:
    """The part after which others may build on the act: all but a validation at the end."""
    last = len(parts) - 1
    return last - 1 if last and parts[last][0].phase is Phase.VALIDATE else last


def _parts(act: Act, writer: Writer) -> list[list[Statement]]:
    """The act's statements, cut where the phase changes."""
    parts: list[list[Statement]] = []
    for statement in writer.write(act):
        if not parts or parts[-1][-1].phase is not statement.phase:
            parts.append([])
        parts[-1].append(statement)
    if revoked := list(revoked_from_new(act, writer)):
        parts[-1:] = [[*(parts[-1] if parts else []), *revoked]]
    return parts or [[]]
