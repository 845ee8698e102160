"""From two catalogs to a script: diff, closure, graph, folding, order, segments.

The rollback is the same with the ends swapped.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import RANK
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import Phase, Statement
from schemadiff.difference.diff import Change, diff
from schemadiff.planning.archive.archive import NOTHING, Archive, Places, archive
from schemadiff.planning.archive.backfills import giving_back, graded, keeping
from schemadiff.planning.archive.order import Immovable, foreign_keys, keep_quiet, refuse_torn, together
from schemadiff.planning.archive.sql import CLOSING, OPENING
from schemadiff.planning.archive.values import SavedValues
from schemadiff.planning.families.constraint_names import let_names_go, rename_instead_of_replacing
from schemadiff.planning.families.inherited import follow_parents, order_children
from schemadiff.planning.families.typed_tables import loosen, order_columns
from schemadiff.planning.grants import chains as grant_chains
from schemadiff.planning.grants import columns as column_privileges
from schemadiff.planning.grants.carrying import carry_over, order_owners
from schemadiff.planning.losses import loses
from schemadiff.planning.order.folding import fold
from schemadiff.planning.order.graph import Graph, graph
from schemadiff.planning.order.segments import segments
from schemadiff.planning.order.sorting import CyclicPlan, ordered
from schemadiff.planning.preflights.survey import Survey
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.closure import closure
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing import Writer
from schemadiff.plans.model import BothWays, Recovery, Script, Segment, Step


class Node(NamedTuple):
    """An act and the number of its part: statements of different phases run apart."""

    act: Act
    place: int

    def __str__(self) -> str:
        return str(self.act)


@dataclass(frozen=True, slots=True)
class Extras:
    """What a script does beyond leading from one schema to another.

    It saves to the archive, gives back from there, and runs backfills before it destroys anything. `graded`
    tells that each step shall say what the way back recovers.
    """

    saving: Archive = NOTHING
    giving: Archive = NOTHING
    backfills: tuple[Segment, ...] = ()
    graded: bool = False


def both_ways(
    live: Catalog, desired: Catalog, *, backfills: tuple[Segment, ...] = (), archived: frozenset[str] | None
) -> BothWays:
    """The script from `live` to `desired`, and the one back, which brings back what the first one destroys.

    `archived` are names in use in the archive; None leaves it alone, and what goes is gone. Raises PlanningError.
    """
    kept, immovable = NOTHING, set[Identity]()
    backfills = graded(backfills, live)
    overwritten: tuple[SavedValues, ...] = ()
    if archived is not None:
        taken = set(archived)
        backfills, overwritten = keeping(backfills, Work(live, desired), Places(taken))
        archived = frozenset(taken)
    while True:
        if archived is not None:
            works = [closure(diff(*ends), *ends) for ends in ((live, desired), (desired, live))]
            kept = archive(works[0], works[1], archived, immovable)
        try:
            up = script(live, desired, Extras(saving=kept, backfills=backfills, graded=True))
            return giving_back(BothWays(up, script(desired, live, Extras(giving=kept))), overwritten)
        except Immovable as error:
            immovable.add(error.table)


def script(
    live: Catalog, desired: Catalog, extras: Extras | None = None, *, changes: dict[Identity, Change] | None = None
) -> Script:
    """The statements that take a database from `live` to `desired`, in segments; `changes` is their diff, if at hand.

    Where altering in place leads into a circle, what holds no data is dropped and created instead.
    Raises PlanningError when no order satisfies the dependencies.
    """
    changes = diff(live, desired) if changes is None else changes
    replaced: frozenset[Identity] = frozenset()
    while True:
        try:
            return _script(closure(changes, live, desired, replaced), extras or Extras())
        except CyclicPlan as error:
            more = replaced | _replaceable(error.path, desired)
            if more == replaced:
                raise
            replaced = more


def _replaceable(path: tuple[object, ...], desired: Catalog) -> frozenset[Identity]:
    """Objects of a circle that are altered and hold no data."""
    acts = [node.act for node in path if isinstance(node, Node)]
    return frozenset(
        act.identity for act in acts if act.operation is Operation.ALTER and not desired[act.identity].HOLDS_DATA
    )


def _script(work: Work, extras: Extras) -> Script:
    work.live, work.desired = loosen(work)
    follow_parents(work)
    carry_over(work)
    _swap_instead_of_replacing(work)
    rename_instead_of_replacing(work)
    let_names_go(work)
    grant_chains.grant_anew(work)
    column_privileges.grant_anew(work)
    for identity in extras.giving.changes:
        if identity not in work.alters.keys() | work.releases:  # its type alone changes back
            work.alters[identity] = Change(identity, work.live[identity], work.desired[identity], ())
    made = graph(work)
    order_columns(made, work)
    order_children(made, work)
    column_privileges.order_grants(made, work)
    order_owners(made, work.live)
    grant_chains.order_chains(made, work.live)
    keep_quiet(made, extras.giving, work)
    moved = together(made, extras.saving, extras.giving)
    joined = fold(made, work, moved, foreign_keys(made, extras.giving, work.desired))
    refuse_torn(joined, extras.saving, extras.giving)
    writer = Writer(work, joined, extras.saving, extras.giving)
    written = {act: _parts(act, writer) for act in joined.before}
    survey = Survey(work)
    statements = [(act, survey.with_queries(act, statement)) for act, statement in _in_order(joined, written, work)]
    steps = [(statement, _step(act, statement, writer, extras.graded)) for act, statement in statements]
    apart = _may_stand_apart(statements, work)
    cut = _destruction(statements, writer) if extras.backfills else len(steps)
    before, after = segments(steps[:cut], apart=apart), segments(steps[cut:], apart=apart)
    preflights = tuple(survey.preflights(statements, (*before, *after), joined))
    acts = [act for act, _ in statements]
    before, after = _with_archive(before, acts[:cut], writer), _with_archive(after, acts[cut:], writer)
    return Script((*before, *extras.backfills, *after), preflights)


def _destruction(statements: list[tuple[Act, Statement]], writer: Writer) -> int:
    """Where the first act stands that destroys data or archives it: backfills come before."""
    for place, (act, statement) in enumerate(statements):
        if Hazard.DATA_LOSS in statement.hazards or writer.saves(act):
            return place
    return len(statements)


def _with_archive(made: tuple[Segment, ...], acts: list[Act], writer: Writer) -> tuple[Segment, ...]:
    """The segments with what opens the archive before the first step that saves, and closes it after the last to give.

    `acts` are those of the steps, in order.
    """
    saving = [place for place, act in enumerate(acts) if writer.saves(act)][:1]
    giving = [place for place, act in enumerate(acts) if writer.gives_back(act)][-1:]
    found, place = [], 0
    for segment in made:
        steps: list[Step] = []
        for step in segment.steps:
            steps += [_archive_step(opening) for opening in OPENING if place in saving]
            steps.append(step)
            steps += [_archive_step(CLOSING)] if place in giving else []
            place += 1
        found.append(replace(segment, steps=tuple(steps)))
    return tuple(found)


def _archive_step(statement: Statement) -> Step:
    return Step(statement.sql, statement.summary or "", f"schema {ARCHIVE_SCHEMA}")


def _may_stand_apart(statements: list[tuple[Act, Statement]], work: Work) -> bool:
    """Whether policies and the like may commit alone: not when one is gone for a while in the midst of other steps."""
    replaced = work.drops & work.creates
    return work.live.scope.supabase and not any(
        statement.apart and act.identity in replaced for act, statement in statements
    )


def _swap_instead_of_replacing(work: Work) -> None:
    """Objects that can be built beside the old ones are altered by a swap, if nothing under them moves."""
    for identity in sorted(work.drops & work.creates - work.forced):
        before, after = work.live[identity], work.desired[identity]
        moving = work.drops | work.creates | work.releases
        leans_on = work.live.dependencies.needs.get(identity, set()) | work.desired.dependencies.needs.get(
            identity, set()
        )
        used = work.live.dependencies.needed_by.get(identity, set())
        if leans_on & (moving | work.alters.keys()) or any(not work.live[user].SATELLITE for user in used):
            continue
        if used & work.creates or after.replace_online(before) is None:
            continue
        work.drops.discard(identity)
        work.creates.discard(identity)
        work.alters[identity] = Change(identity, before, after, ())
        work.swaps.add(identity)


def _parts(act: Act, writer: Writer) -> list[list[Statement]]:
    """The act's statements, cut where the phase changes."""
    parts: list[list[Statement]] = []
    for statement in writer.write(act):
        if not parts or parts[-1][-1].phase is not statement.phase:
            parts.append([])
        parts[-1].append(statement)
    if extra := [revoked for made in writer.made_by(act) for revoked in writer.revocations(made)]:
        parts[-1:] = [[*(parts[-1] if parts else []), *extra]]
    return parts or [[]]


def _in_order(joined: Graph, written: dict[Act, list[list[Statement]]], work: Work) -> Iterator[tuple[Act, Statement]]:
    before: dict[Node, set[Node]] = defaultdict(set)
    for act, parts in written.items():
        for place in range(len(parts)):
            before[Node(act, place)].update({Node(act, place - 1)} if place else ())
        joins = work.object(act).closes() is not None
        for predecessor in joined.before[act]:
            # A partition is attached with what has been proven of its rows.
            last = len(written[predecessor]) - 1 if joins else _settled(written[predecessor])
            before[Node(act, 0)].add(Node(predecessor, last))

    def rank(node: Node) -> tuple[object, ...]:
        act, place = node
        statements = written[act][place]
        phase = _when(statements)
        built = work.object(act)
        removes = act.operation in (Operation.DROP, Operation.RELEASE)
        weight = RANK[act.identity.kind]
        return (phase, not removes, -weight if removes else weight, built.sort_key(), act.operation)

    for act, place in ordered(before, rank):
        for statement in written[act][place]:
            yield act, statement


def _when(statements: list[Statement]) -> Phase:
    """The phase of a part; what destroys data waits until everything that may fail has succeeded."""
    if any(Hazard.DATA_LOSS in statement.hazards for statement in statements):
        return Phase.DESTROY
    return statements[0].phase if statements else Phase.MAIN


def _settled(parts: list[list[Statement]]) -> int:
    """The part after which others may build on the act: all but a validation at the end."""
    last = len(parts) - 1
    return last - 1 if last and parts[last][0].phase is Phase.VALIDATE else last


def _step(act: Act, statement: Statement, writer: Writer, graded: bool) -> Step:
    recovery, hazards = Recovery.LOSSLESS, statement.hazards
    if graded and Hazard.IRREVERSIBLE in hazards:
        recovery = Recovery.IMPOSSIBLE
    elif graded and loses(writer, act, statement):
        recovery, hazards = Recovery.STRUCTURE_ONLY, (*hazards, Hazard.IRREVERSIBLE)
    validates = f"validate {act.identity}" if statement.phase is Phase.VALIDATE else None
    summary = statement.summary or validates or _summary(act, writer)
    return Step(statement.sql, summary, str(act.identity), hazards, _holder(act, writer), recovery)


def _holder(act: Act, writer: Writer) -> str | None:
    """The outermost object that the act's object is a part of."""
    holder = writer.work.object(act).within()
    while holder is not None:
        built = writer.work.desired.get(holder) or writer.work.live.get(holder)
        above = built.within() if built else None
        if above is None:
            return str(holder)
        holder = above
    return None


def _summary(act: Act, writer: Writer) -> str:
    fields = writer.fields(act.identity) if act.operation is Operation.ALTER else ()
    what = f" ({', '.join(name.replace('_', ' ') for name in fields)})" if fields else ""
    return f"{act.operation} {act.identity}{what}"


def unchanged(live: Catalog, desired: Catalog) -> bool:
    """Whether nothing differs."""
    return not diff(live, desired)
