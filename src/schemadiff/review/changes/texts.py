"""What becomes of an object, on one line: as its kind's words have it, as it is declared, or from what to what."""

import re
from collections.abc import Iterator, Sequence

from schemadiff.catalog.declaring.words import ON
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.sql import last_name, name_parts, schema_of
from schemadiff.catalog.statements.purpose import StepNote, StepOperation
from schemadiff.difference.highlighting import marked
from schemadiff.difference.wording import NO, NONE, YES, field_name, telling
from schemadiff.plans import wording
from schemadiff.plans.model import FieldChange, Step
from schemadiff.printable import one_line
from schemadiff.review.changes.declared import bounds, declared, shorter
from schemadiff.review.changes.model import Mark

_SHORT, _LONG = 60, 140
"""Characters up to which both values of a field, or what differs between them, stand on the line."""

_NOTES = {
    StepNote.NO_PASSWORD: "without a password: set it by hand",
    StepNote.PASSWORD_LOST: "a rollback creates it without its password",
    StepNote.RESTARTED: "it begins anew",
    StepNote.IN_BATCHES: "filled in batches instead of rewriting the table",
}

_COLUMN = "column"

Told = tuple[str, tuple[FieldChange, ...]]


def told(mark: Mark, steps: Sequence[Step]) -> Told:
    """The text of a line, and the values that are too long for it."""
    step = steps[-1]
    if step.operation in (StepOperation.RENAME, StepOperation.MOVE) and len(steps) == 1:
        return _renamed(step), ()
    if mark is Mark.SAME:
        return label(step), ()
    if mark is Mark.COMES:
        return _arrival(steps), ()
    if mark is Mark.GOES:
        return _departure(steps), ()
    return _alteration(steps)


def note(step: Step) -> str:
    """What else is to be known about a step."""
    return _NOTES.get(step.note, "") if step.note else ""


def label(step: Step) -> str:
    """An object without what its heading says already: `orders.channel` for a column, `policy own`."""
    if step.kind == _COLUMN:
        return one_line(".".join(name_parts(step.identity)[-2:]))
    words = BY_NAME[step.kind].WORDS if step.kind in BY_NAME else None
    name = step.identity
    if words and words.split == ON and step.holder:
        name = name.removesuffix(f" ON {wording.name_of(step.holder)}")
    schema = schema_of(name)
    name = name.removeprefix(f"{schema}.") if schema else name
    return one_line(f"{(words and words.kind) or step.kind} {name}")


def _plain(step: Step) -> bool:
    """Whether an object is told by its own name, and not by what it belongs to."""
    return step.kind in BY_NAME and not BY_NAME[step.kind].SATELLITE


def _arrival(steps: Sequence[Step]) -> str:
    step = next((one for one in steps if one.operation is StepOperation.CREATE), steps[0])
    if step.operation is StepOperation.UNARCHIVE:
        return f"{label(step)}, from the archive with its rows{wording.parts(step)}"
    if step.operation is not StepOperation.CREATE or not _plain(step):
        return f"{wording.summary(step, beside=True)} {bounds(step)}".rstrip()
    words = declared(step) or ", ".join(_values(step))
    return f"{label(step)}{wording.parts(step)} {words}".rstrip()


def _departure(steps: Sequence[Step]) -> str:
    step = next((one for one in steps if one.operation in (StepOperation.DROP, StepOperation.ARCHIVE)), steps[0])
    if step.operation not in (StepOperation.DROP, StepOperation.ARCHIVE) or not _plain(step):
        return wording.summary(step, beside=True)
    return f"{label(step)}{wording.parts(step)} {', '.join(_values(step))}".rstrip()


def _values(step: Step) -> Iterator[str]:
    """What an object amounts to that comes or goes."""
    for change in step.changes:
        value = change.before if change.after is None else change.after
        if value == YES:
            yield field_name(step.kind, change.field)
        elif value not in (None, NO):
            yield _cut(shorter(value or NONE))


def _renamed(step: Step) -> str:
    old = step.changes[0].before or ""
    if step.operation is StepOperation.MOVE:
        return one_line(f"{wording.kind_word(step)} {old} -> {step.identity} (moved)")
    return one_line(f"{wording.kind_word(step)} {last_name(old)} -> {step.changes[0].after} (renamed)")


def _alteration(steps: Sequence[Step]) -> Told:
    """From what to what; the kind's own words where a field comes or goes."""
    made: dict[str, FieldChange] = {}
    for step in steps:
        made |= {change.field: change for change in step.changes}
    both = [change for change in made.values() if change.before is not None and change.after is not None]
    step = steps[-1]
    if not both or step.kind not in BY_NAME or not _plain(step) or _is_phrase(steps, both):
        altering = [one for one in steps if one.operation is StepOperation.ALTER]
        spoken = next((one for one in altering or reversed(steps) if one.changes), steps[0])
        return wording.summary(spoken, beside=True), tuple(change for change in both if _long(change))
    pieces, bodies = [], []
    for change in made.values():
        if _long(change):
            bodies.append(change)
            pieces.append(f"{field_name(step.kind, change.field)} changes")
        else:
            pieces.append(_piece(step.kind, change))
    return f"{label(step)} {', '.join(pieces)}", tuple(bodies)


def _is_phrase(steps: Sequence[Step], changes: Sequence[FieldChange]) -> bool:
    """Whether all that changes is a flag."""
    return all({change.before, change.after} <= {YES, NO} for change in changes)


def _long(change: FieldChange) -> bool:
    old, new = change.before or "", change.after or ""
    if max(len(old), len(new)) <= _SHORT and "\n" not in old.strip() + new.strip():
        return False
    return len(marked(old, new)) > _LONG or "\n" in old.strip() + new.strip()


def _piece(kind: str, change: FieldChange) -> str:
    old, new = change.before or NONE, change.after or NONE
    if max(len(old), len(new)) > _SHORT:
        values = one_line(marked(old, new))
    else:
        values = f"{_in_brackets(shorter(one_line(old)))} -> {_in_brackets(shorter(one_line(new)))}"
    tells = telling(kind)
    return values if tells and change.field == tells[0] else f"{field_name(kind, change.field)} {values}"


def _in_brackets(text: str) -> str:
    return f"({text})" if ", " in text and not text.startswith("(") else text


def _cut(text: str, width: int = 100) -> str:
    line = one_line(text)
    return line if len(line) <= width else re.sub(r"\s+\S*$", "", line[: width - 4]) + " ..."
