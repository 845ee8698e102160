"""The drift gate: a plan runs only on the state it was made for."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from textwrap import indent

from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.connection import Connection
from schemadiff.difference.explanation import MOVED, Difference, sentences, state_differences
from schemadiff.difference.gained import with_gained
from schemadiff.errors import DriftRefused, Refused
from schemadiff.execution.gates.unrelated import Live
from schemadiff.execution.record.ledger import SegmentState
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.halfway import left_behind
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.model import Plan, Segment

_SHOWN = 50
_WORD = re.compile(r"\w+")


Unrelated = Callable[[Collection[str]], frozenset[str]]
"""Which of these objects have nothing to do with a plan."""


def nothing(moved: Collection[str]) -> frozenset[str]:
    """Everything has to do with the plan."""
    return frozenset()


def live_of(connection: Connection, plan: Plan) -> Live:
    """A database within the scope that the plan was made with, in the same words."""
    return Live(plan, inspect(connection, Scope.from_lists(plan.scope), as_known_to=plan.known_to))


def refuse_drift(
    plan_file: PlanFile, direction: Direction, now: State, unrelated: Unrelated = nothing, above: Sequence[str] = ()
) -> tuple[str, ...]:
    """Refuse to run on what the script of `direction` was not made for; returns what else moved, in words.

    `above` are newer plans that stand on the same database. Errors: DriftRefused, naming each object that is not as the
    script expects it.
    """
    before, after = plan_file.plan.ends(direction)
    moved = before.moved(now)
    passed = unrelated(moved)
    if len(passed) == len(moved):
        return _told(plan_file, direction, now, passed)
    ahead = after.moved(now)
    if len(unrelated(ahead)) == len(ahead):
        raise DriftRefused(
            f"the database already is what plan {plan_file.name} leads to, but its ledger does not say that "
            f"the plan did it: there is nothing to run; if another tool ran {direction.file}, record that: schemadiff "
            f"mark-applied {plan_file.directory}{direction.choose('', ' --rolled-back')}"
        )
    raise _refusal(plan_file, direction, now, [name for name in moved if name not in passed], above)


def refuse_other_state(plan_file: PlanFile, now: State) -> None:
    """Refuse to prove a plan beside a database that it was not made for.

    Errors: DriftRefused, naming each object that moved; Refused where the plan is applied.
    """
    moved = plan_file.plan.live.moved(now)
    if moved and not plan_file.plan.desired.moved(now):
        raise Refused(
            f"the database already is what plan {plan_file.name} leads to: a plan is proven beside a database "
            "that it can be applied to; name one with --database-url, or roll the plan back first"
        )
    if moved:
        raise _refusal(plan_file, Direction.UP, now, moved)


def refuse_other_goal(plan_file: PlanFile, declared: State) -> None:
    """Errors: DriftRefused, naming each object of which the desired files declare another form than the plan makes."""
    moved = sentences(state_differences(declared, plan_file.detailed.desired), MOVED)
    if moved:
        raise DriftRefused(
            f"the desired files are no longer what plan {plan_file.name} was made for. These moved:\n"
            + "\n".join(indent(line, "  ") for line in moved[:_SHOWN])
            + f"\ntake them from the plan's commit, or {_make_again(plan_file)}"
        )


def refuse_drift_of_interrupted(
    plan_file: PlanFile,
    direction: Direction,
    now: State,
    segments: Mapping[int, SegmentState],
    unrelated: Unrelated = nothing,
) -> tuple[str, ...]:
    """Refuse what an interrupted run of the script cannot have left; returns what else moved, in words.

    `segments` are those that it began or did.

    Where the rehearsal looked behind its last finished segment, the database must be like that; a segment outside of
    transactions that came next may be half done.
    Errors: DriftRefused, naming each other object.
    """
    before, after = plan_file.plan.ends(direction)
    planned = plan_file.planned(direction).segments
    done = next((number for number in range(len(planned)) if segments.get(number + 1) != "done"), len(planned))
    expected = left_behind(planned[:done], before) if done < len(planned) else after
    if expected is None:
        moved = _impossible(planned, before, after, now)
    else:
        unsettled = _may_be_half_done(planned[done], expected, after) if done < len(planned) else frozenset[str]()
        moved = [name for name in expected.moved(now) if name not in unsettled]
    passed = unrelated(moved)
    if len(passed) < len(moved):
        raise _refusal(plan_file, direction, now, [name for name in moved if name not in passed])
    return _told(plan_file, direction, now, passed)


def _may_be_half_done(segment: Segment, expected: State, after: State) -> frozenset[str]:
    """The objects that an unfinished segment may have left in between."""
    if segment.transactional:
        return frozenset()
    moving = expected.moved(after) if segment.leaves is None else segment.leaves.keys()
    return frozenset((*moving, *(step.object for step in segment.steps)))


def _impossible(segments: Sequence[Segment], before: State, after: State, now: State) -> list[str]:
    """What no interruption can have left, as far as the script alone tells it.

    What the script does not touch must be as before. What it touches may be half made; but what it
    drops stands whole or is gone, unless that happens outside of transactions. What a
    statement names that a person wrote may be in between, too.
    """
    steps = [one for segment in segments for step in segment.steps for one in step.each]
    touched = {*before.moved(after), *(step.object for step in steps if not step.operation.passing)}
    half_dropped = {step.object for segment in segments if not segment.transactional for step in segment.steps}
    dropped = before.objects.keys() - after.objects.keys() - half_dropped
    moved = [name for name in before.moved(now) if name not in touched or (name in dropped and name in now.objects)]
    words = {word for step in steps if step.by_hand for word in _WORD.findall(step.sql)}
    return [name for name in moved if not words.intersection(_WORD.findall(name.partition(".")[2])[:1])]


def not_reached(plan_file: PlanFile, direction: Direction, now: State) -> tuple[Difference, ...]:
    """Where the database is not what the script of `direction` leads to."""
    _, after = plan_file.plan.ends(direction)
    if not after.moved(now):
        return ()
    _, after = plan_file.detailed.ends(direction)
    return state_differences(now, with_gained(after, now))


def reached_but_for(
    plan_file: PlanFile, direction: Direction, live: Live
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """As `not_reached`: what has to do with the plan, and what has not."""
    found = not_reached(plan_file, direction, live.state)
    passed = live.unrelated({one.object for one in found})
    return tuple(one for one in found if one.object not in passed), tuple(one for one in found if one.object in passed)


def _told(plan_file: PlanFile, direction: Direction, now: State, names: frozenset[str]) -> tuple[str, ...]:
    if not names:
        return ()
    before, _ = plan_file.detailed.ends(direction)
    return sentences((one for one in state_differences(now, before) if one.object in names), MOVED)


def _refusal(
    plan_file: PlanFile, direction: Direction, now: State, moved: Iterable[str], above: Sequence[str] = ()
) -> DriftRefused:
    before, _ = plan_file.detailed.ends(direction)
    names = set(moved)
    lines = sentences((one for one in state_differences(now, before) if one.object in names), MOVED)
    more = [f"  ... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return DriftRefused(
        "\n".join(
            [
                f"the database is not what plan {plan_file.name} was made for; nothing was run. These moved:",
                *(indent(line, "  ") for line in lines[:_SHOWN]),
                *more,
                _roll_back_first(plan_file, above) if above else _make_again(plan_file),
            ]
        )
    )


def _roll_back_first(plan_file: PlanFile, above: Sequence[str]) -> str:
    """What to do about newer plans, the latest of which has to go first."""
    commands = "".join(f"\n  schemadiff rollback {name}" for name in (*above, plan_file.directory))
    return f"newer plans stand above it ({', '.join(above)}): what they need must go first, the latest first:{commands}"


def _make_again(plan_file: PlanFile) -> str:
    return f"plan again: schemadiff plan --name {plan_file.plan.name}"
