"""From the steps of a script to what becomes of each object."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepNote, StepOperation
from schemadiff.difference.wording import telling
from schemadiff.plans import wording
from schemadiff.plans.model import Recovery, Script, Step
from schemadiff.plans.quantities import rows
from schemadiff.plans.wording import Sign
from schemadiff.review.changes import texts
from schemadiff.review.changes.declared import clauses
from schemadiff.review.changes.model import Group, Line, Mark
from schemadiff.review.summary import NumberedStep, numbered

_SAVING = frozenset({StepOperation.ARCHIVE, StepOperation.SAVE_ROWS, StepOperation.SAVE_VALUES})
_RESTORING = (StepOperation.RESTORE_ROWS, StepOperation.RESTORE_VALUES)
_AROUND = frozenset(
    {
        StepOperation.RENAME_FOR_ARCHIVE,
        StepOperation.RENAME_BACK,
        StepOperation.DROP_EMPTY_ARCHIVE,
        *_RESTORING,
        StepOperation.RESTORE_LAST_VALUE,
    }
)
"""What is told by the line of the object that is dropped, or comes back."""

_COMING = frozenset(
    {
        StepOperation.CREATE,
        StepOperation.BUILD_BESIDE,
        StepOperation.UNARCHIVE,
        StepOperation.GRANT,
        StepOperation.ATTACH,
        StepOperation.INHERIT,
    }
)
_GOING = frozenset(
    {
        StepOperation.DROP,
        StepOperation.DROP_OLD,
        StepOperation.ARCHIVE,
        StepOperation.REVOKE,
        StepOperation.DETACH,
        StepOperation.DISINHERIT,
    }
)
_SIGNS = {Sign.COMES: Mark.COMES, Sign.GOES: Mark.GOES, Sign.CHANGES: Mark.CHANGES}


def changes(script: Script, loads: Sequence[TableLoad] = ()) -> tuple[Group, ...]:
    """What a script changes, in the order in which it first touches the objects that hold the others."""
    entries = numbered(script)
    objects: dict[str, dict[str, list[NumberedStep]]] = {}
    for entry in entries:
        group = objects.setdefault(entry.step.holder or entry.step.object, {})
        key = entry.number if entry.step.by_hand else entry.step.object
        group.setdefault(key, []).append(entry)
    collector = _Collector(entries, {load.table: load for load in loads})
    groups = ((name, tuple(filter(None, map(collector.line, group.values())))) for name, group in objects.items())
    return tuple(Group(name, lines) for name, lines in groups if lines)


def all_lines(groups: Sequence[Group]) -> Iterator[Line]:
    """The lines of all groups."""
    return chain.from_iterable(group.lines for group in groups)


class _Collector:
    """Makes lines; `loads` are the sizes of live's tables."""

    def __init__(self, entries: Sequence[NumberedStep], loads: Mapping[str, TableLoad]) -> None:
        self._numbers = self._telling_numbers(entries)
        self._loads = loads

    def line(self, entries: Sequence[NumberedStep]) -> Line | None:
        """What becomes of the object of all `entries`; None where there is nothing to tell."""
        steps = [entry.step for entry in entries]
        told = [step for step in steps if not (step.operation.passing or step.operation in _AROUND)]
        if not told:
            told = [step for step in steps if step.operation in (*_SAVING, *_RESTORING)][:1]
            if not told:
                return None
        mark = _mark(told)
        text, bodies = texts.told(mark, told)
        return Line(
            mark,
            told[0].kind,
            told[0].object,
            text,
            number=next(entry.number for entry in entries if entry.step is told[-1]),
            numbers=tuple(entry.number for entry in entries),
            hazards=tuple(hazard for hazard in Hazard if any(hazard in step.hazards for step in steps)),
            remarks=tuple(self._remarks(mark, steps, told)),
            details=clauses(told[-1]) if mark is Mark.COMES else (),
            bodies=bodies,
        )

    def _remarks(self, mark: Mark, steps: Sequence[Step], told: Sequence[Step]) -> Iterator[str]:
        """What a reader must know beside what changes."""
        if mark is Mark.SAME:
            yield f"recreated unchanged{self._because(told[-1])}"
        elif any(step.operation is StepOperation.DROP_OLD for step in told):
            yield "built beside the old one"
        elif {step.operation for step in told} >= {StepOperation.DROP, StepOperation.CREATE}:
            yield f"dropped and recreated{self._because(told[-1])}"
        if told[0].operation is StepOperation.RELEASE and told[0].cause:
            yield self._because(told[0]).removeprefix(", ")
        if any(Hazard.DATA_LOSS in step.hazards for step in steps):
            yield from self._losses(steps)
        if told[0].operation not in _RESTORING and any(step.operation in _RESTORING for step in steps):
            yield "values come back from the archive"
        yield from (words for step in told if (words := self._note(step)))

    def _note(self, step: Step) -> str:
        words, load = texts.note(step), self._loads.get((step.holder or "").partition(" ")[2])
        if step.note is not StepNote.IN_BATCHES or load is None or load.rows is None:
            return words
        return f"{words}, which has {rows(load.rows)}"

    def _losses(self, steps: Sequence[Step]) -> Iterator[str]:
        """How much goes, and whether it is kept."""
        lost = next(step for step in steps if Hazard.DATA_LOSS in step.hazards)
        number = self._rows(lost)
        if number is not None:
            yield number
        if any(step.operation in _SAVING for step in steps):
            yield "archived"
        elif lost.recovery is not Recovery.LOSSLESS:
            yield "gone for good"

    def _rows(self, step: Step) -> str | None:
        """How many rows, or values, stand in what goes; None where live's statistics do not tell."""
        load = self._loads.get(step.identity)
        if load is not None:
            return None if load.rows is None else rows(load.rows)
        load = self._loads.get((step.holder or "").partition(" ")[2])
        return None if load is None or load.rows is None else f"values of {rows(load.rows)}"

    def _because(self, step: Step) -> str:
        if step.cause is None:
            return ""
        return f", because of {self._numbers.get(step.cause, step.cause)}"

    @staticmethod
    def _telling_numbers(entries: Sequence[NumberedStep]) -> dict[str, str]:
        """The step of each object that says best what becomes of it: the last that is more than a passing one."""
        return {
            entry.step.object: entry.number
            for entry in entries
            if not (entry.step.operation.passing or entry.step.operation in _AROUND)
        }


def _mark(steps: Sequence[Step]) -> Mark:
    operations = {step.operation for step in steps}
    if any(step.note is StepNote.UNCHANGED or _comes_back_unchecked(step) for step in steps):
        return Mark.SAME
    if operations & _COMING and operations & _GOING:
        return Mark.CHANGES
    if operations & _COMING:
        return Mark.COMES
    if operations & _GOING:
        return Mark.GOES
    return _SIGNS[wording.sign(steps[-1])] if len(steps) == 1 else Mark.CHANGES


def _comes_back_unchecked(step: Step) -> bool:
    """Whether a constraint makes way and comes back as it was, to be validated once more."""
    told = telling(step.kind) if step.kind in BY_NAME else ()
    same = all(change.before is None and change.field in told for change in step.changes)
    return step.operation is StepOperation.CREATE and step.note is StepNote.NOT_VALID and bool(step.cause) and same
