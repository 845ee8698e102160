"""The scripts of a plan as their files stand now, with what the plan knows of those statements that are its own."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from pglast import ast

from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.statement import Preflight
from schemadiff.notes import Note, NoteKind
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.approval import Tokens, tokens
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.filling import filling
from schemadiff.plans.model import BothWays, Script, Segment, Step
from schemadiff.plans.scripts.by_hand import step_by_hand
from schemadiff.plans.scripts.reading import ScriptSegment
from schemadiff.plans.scripts.time_zone import zone_setting
from schemadiff.plans.wording import shown_sql, summary

_WITHOUT_EFFECT = frozenset(
    {
        "application_name",
        "check_function_bodies",
        "client_min_messages",
        "deadlock_timeout",
        "session characteristics",
        "transaction",
        "idle_in_transaction_session_timeout",
        "lock_timeout",
        "statement_timeout",
        "transaction_timeout",
    }
)
"""Settings that do not change what a statement leaves behind; a rehearsal has its own."""

_WRITING = frozenset(
    ["UPDATE", "INSERT", "DELETE", "MERGE", "TRUNCATE", "WITH", "SELECT", "DO", "CALL", "EXECUTE", "COPY"]
)
"""First words of statements that can change rows."""


def scripts_as_they_stand(plan_file: PlanFile) -> BothWays:
    """Both scripts by their files. Errors: PlanFileError where a file cannot be read as a script."""
    return BothWays(_script(plan_file, Direction.UP), _script(plan_file, Direction.DOWN))


def _left_out(planned: Script, standing: Script) -> tuple[Step, ...]:
    """The steps of a planned script that the standing one no longer has."""
    there = _by_tokens(standing)
    return tuple(step for step in planned.steps if not _taken(there, step.sql))


def edits(planned: BothWays, standing: BothWays) -> tuple[Note, ...]:
    """What a person changed in the scripts; nothing about the order of statements."""
    return (
        *_edits(Direction.UP.file, planned.up, standing.up),
        *_edits(Direction.DOWN.file, planned.down, standing.down),
    )


def unplanned(plan_file: PlanFile, direction: Direction) -> str | None:
    """What a script says that is no step of its plan, or the other way around, in words; None where both agree."""
    planned, standing = plan_file.planned(direction).segments, _script(plan_file, direction).segments
    for major, (segment, there) in enumerate(zip_longest(planned, standing), start=1):
        place = f"segment {major} of {direction.file}"
        if segment is None or there is None:
            return f"{place} is {'no segment of plan.json' if segment is None else 'missing'}"
        if _frame(segment) != _frame(there):
            return f"{place} runs in another way than plan.json says"
        for minor, (step, found) in enumerate(zip_longest(segment.steps, there.steps), start=1):
            if step is None or found is None or _whole(step) != _whole(found):
                return f"statement {major}.{minor} of {direction.file} is not the step of plan.json"
    return None


def _frame(segment: Segment) -> tuple[object, ...]:
    return segment.transactional, None if segment.backfill is None else segment.backfill.name


def _whole(step: Step) -> tuple[object, ...]:
    return tokens(step.sql), tuple(map(tokens, step.settings)), step.by_hand


def without_edits(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Notes of a plan without those of `edits` that are found again; what was left out before is not."""
    return tuple(note for note in notes if note.kind not in (NoteKind.RUNS_AFTER, NoteKind.WRITTEN_BY_HAND))


def _edits(file: str, planned: Script, standing: Script) -> Iterator[Note]:
    yield from (Note.of(NoteKind.LEFT_OUT, file, summary(step)) for step in _left_out(planned, standing))
    before: tuple[Sql, ...] = ()
    for major, segment in enumerate(standing.segments, start=1):
        for minor, step in enumerate(segment.steps, start=1):
            place = f"{file} {major}.{minor}"
            for setting in step.settings:
                if setting not in before:
                    yield Note.of(NoteKind.RUNS_AFTER, place, setting)
            if step.by_hand:
                yield Note.of(NoteKind.WRITTEN_BY_HAND, place, shown_sql(step))
            before = step.settings


def _script(plan_file: PlanFile, direction: Direction) -> Script:
    planned = plan_file.planned(direction)
    before, _ = plan_file.plan.ends(direction)
    known = _by_tokens(planned)
    session: list[Sql] = []
    standing, zone = _without_zone(plan_file.script(direction).segments, planned.time_zone)
    segments = tuple(_segment(segment, known, before, session, plan_file) for segment in standing)
    return Script(segments, tuple(_preflights(planned, segments)), zone)


def _without_zone(
    segments: tuple[ScriptSegment, ...], zone: str | None
) -> tuple[tuple[ScriptSegment, ...], str | None]:
    """The segments without the plan's own setting of the time zone, and the zone where that stood there."""
    if zone is None or not segments:
        return segments, None
    first, *rest = segments
    others = tuple(one for one in first.settings if one.sql != zone_setting(zone))
    return (replace(first, settings=others), *rest), zone if len(others) < len(first.settings) else None


def _preflights(planned: Script, segments: tuple[Segment, ...]) -> Iterator[Preflight]:
    """The preflights of statements that are still there, where the rows are as they are asked about.

    One waits for the segments before its own if a person's statement in them may fix the rows; if one right
    before it may, nobody can ask.
    """
    places = {
        tokens(step.sql): (major, minor, step.sql)
        for major, segment in enumerate(segments)
        for minor, step in enumerate(segment.steps)
    }
    for preflight in planned.preflights:
        if not preflight.statement:
            yield preflight
        elif place := places.get(tokens(preflight.statement)):
            major, minor, sql = place
            if not any(map(_may_fix, segments[major].steps[:minor])):
                fixed = any(_may_fix(step) for segment in segments[:major] for step in segment.steps)
                yield replace(preflight, statement=sql, waits=preflight.waits or fixed)


def _may_fix(step: Step) -> bool:
    return step.by_hand and tokens(step.sql)[0].upper() in _WRITING


def _segment(
    segment: ScriptSegment, known: dict[Tokens, list[Step]], before: State, session: list[Sql], plan_file: PlanFile
) -> Segment:
    """A segment's steps; what settings last longer than it is added to `session`."""
    session += [one.sql for one in segment.settings if _matters(one.tree) and not _is_local(one.tree)]
    own: list[Sql] = []
    steps = []
    for statement in segment.statements:
        if isinstance(statement.tree, ast.VariableSetStmt):
            if _matters(statement.tree):
                (own if _is_local(statement.tree) else session).append(statement.sql)
            continue
        settings = (*session, *own)
        step = _taken(known, statement.sql)
        steps.append(_kept(step, statement.sql, settings) if step else step_by_hand(statement, before, settings))
    if segment.backfill:
        filled = Segment(tuple(steps), backfill=plan_file.backfill(segment.backfill))
        return replace(filled, backfill=replace(plan_file.backfill(segment.backfill), sql=filling(filled).sql))
    return Segment(tuple(steps), transactional=segment.begin is not None)


def _kept(step: Step, sql: Sql, settings: tuple[Sql, ...]) -> Step:
    """A step of the plan as the file spells it; what was seen of it is measured again."""
    return replace(step, sql=sql, settings=settings, observed=None)


def _by_tokens(script: Script) -> dict[Tokens, list[Step]]:
    found = defaultdict(list)
    for step in reversed(script.steps):
        found[tokens(step.sql)].append(step)
    return found


def _taken(known: dict[Tokens, list[Step]], sql: Sql) -> Step | None:
    """The next step of the same SQL, each given once."""
    steps = known.get(tokens(sql))
    return steps.pop() if steps else None


def _matters(tree: ast.Node) -> bool:
    return isinstance(tree, ast.VariableSetStmt) and (tree.name or "").lower() not in _WITHOUT_EFFECT


def _is_local(tree: ast.Node) -> bool:
    return isinstance(tree, ast.VariableSetStmt) and bool(tree.is_local)
