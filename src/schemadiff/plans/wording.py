"""A step in words: derived from its operation, its object and its changes, and from nothing else."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum

from schemadiff.catalog.declaring.inherited import Inherited
from schemadiff.catalog.declaring.words import ON, Words
from schemadiff.catalog.kinds import BY_NAME, RANK
from schemadiff.catalog.statements.purpose import StepNote, StepOperation
from schemadiff.connection_string import without_password
from schemadiff.difference.highlighting import marked
from schemadiff.difference.wording import NO, NONE, YES, field_name, telling
from schemadiff.plans.model import FieldChange, Step
from schemadiff.printable import one_line

_SHORT, _LONG = 40, 100
"""Characters up to which both values of a field, or what differs between them, are written out."""


class Sign(StrEnum):
    """Whether something comes, goes or changes."""

    COMES = "+"
    GOES = "-"
    CHANGES = "~"


COMES, GOES, CHANGES = Sign

_OF_KINDS = {
    StepOperation.CREATE: COMES,
    StepOperation.DROP: GOES,
    StepOperation.ALTER: CHANGES,
    StepOperation.GRANT: COMES,
    StepOperation.REVOKE: GOES,
    StepOperation.RELEASE: CHANGES,
    StepOperation.REJOIN: CHANGES,
    StepOperation.VALIDATE: CHANGES,
}
"""Operations whose words are the kind's own."""

_WORDS = {
    StepOperation.RENAME: (CHANGES, "rename {kind} {before} to {after}"),
    StepOperation.RENAME_PART: (CHANGES, "rename {before} of {kind} {name} to {after}"),
    StepOperation.MOVE: (CHANGES, "move {kind} {before} to schema {after}"),
    StepOperation.ATTACH: (COMES, "attach partition {name} to {after}"),
    StepOperation.DETACH: (GOES, "detach partition {name} from {before}"),
    StepOperation.INHERIT: (COMES, "let {name} inherit from {after}"),
    StepOperation.DISINHERIT: (GOES, "end the inheritance of {name} from {before}"),
    StepOperation.ADD_CHECK: (COMES, "add NOT VALID check: {name} is not null"),
    StepOperation.VALIDATE_CHECK: (CHANGES, "validate check: {name} is not null"),
    StepOperation.DROP_CHECK: (GOES, "drop check: {name} is not null"),
    StepOperation.BUILD_BESIDE: (COMES, "build the new {kind} {name} beside the old one"),
    StepOperation.DROP_OLD: (GOES, "drop the old {kind} {name}"),
    StepOperation.ADD_SUCCESSOR: (CHANGES, "add a column of the new type beside {kind} {name}"),
    StepOperation.KEEP_FILLED: (CHANGES, "give the new {kind} beside {name} its value whenever a row is written"),
    StepOperation.CHECK_FILLED: (CHANGES, "check that each row has its value in the new {kind} beside {name}"),
    StepOperation.REQUIRE_FILLED: (CHANGES, "set the new {kind} beside {name} NOT NULL"),
    StepOperation.END_FILLING: (CHANGES, "end filling the new {kind} beside {name}"),
    StepOperation.GIVE_WAY: (CHANGES, "drop the old {kind} {name}, of which the new one takes the place"),
    StepOperation.TAKE_NAME: (CHANGES, "give the new {kind} {name} its name"),
    StepOperation.BUILD_INDEX: (COMES, "build the index of {kind} {part} on {whole}"),
    StepOperation.RESTART_UNUSED: (CHANGES, "restart sequence {name} if it was never used"),
    StepOperation.CONTINUE: (CHANGES, "set sequence {name} to the last value of {after}"),
    StepOperation.OPEN_ARCHIVE: (COMES, "create the archive, schema {name}, or make sure that it is ours"),
    StepOperation.CHECK_ARCHIVE: (CHANGES, "make sure that the archive, schema {name}, is ours"),
    StepOperation.CLOSE_SAVED: (CHANGES, "revoke what default privileges grant on the saved {kind} {name}"),
    StepOperation.DROP_EMPTY_ARCHIVE: (GOES, "drop the archive if nothing is left in it"),
    StepOperation.RECORD: (CHANGES, "record {kind} {name} in the archive's table of contents"),
    StepOperation.STRIKE: (CHANGES, "strike {kind} {name} from the archive's table of contents"),
    StepOperation.RENAME_FOR_ARCHIVE: (CHANGES, "rename {kind} {name} for the archive"),
    StepOperation.ARCHIVE: (GOES, "drop {kind} {name}{parts}: move it to the archive with its rows"),
    StepOperation.UNARCHIVE: (COMES, "restore {kind} {name} with its rows{parts}"),
    StepOperation.RENAME_BACK: (CHANGES, "give {kind} {name} its name back"),
    StepOperation.SAVE_ROWS: (CHANGES, "save the rows of {kind} {name}"),
    StepOperation.SAVE_VALUES: (CHANGES, "save the values of {kind} {name}"),
    StepOperation.PREPARE_NOTES: (CHANGES, "prepare to save the values of {kind} {name}"),
    StepOperation.KEEP_IN_STEP: (CHANGES, "keep the saved values of {kind} {name} in step with its table"),
    StepOperation.END_KEEPING: (CHANGES, "end keeping the saved values of {kind} {name} in step"),
    StepOperation.INDEX_SAVED: (CHANGES, "index the saved values of {kind} {name}"),
    StepOperation.RECORD_OUTCOME: (CHANGES, "record what became of the values of {kind} {name}"),
    StepOperation.FORGET_OVERWRITTEN: (CHANGES, "drop the saved values of {kind} {name} that were overwritten since"),
    StepOperation.FORGET_UNCHANGED: (CHANGES, "drop the saved values of {kind} {name} that did not change"),
    StepOperation.DROP_SAVED: (CHANGES, "drop the archive's copy of {kind} {name}"),
    StepOperation.RESTORE_ROWS: (CHANGES, "restore the rows of {kind} {name}"),
    StepOperation.RESTORE_VALUES: (CHANGES, "restore the values of {kind} {name}"),
    StepOperation.RESTORE_LAST_VALUE: (CHANGES, "restore the last value of {kind} {name}"),
    StepOperation.NUMBER_ROWS: (CHANGES, "number the rows inserted since in {kind} {name}"),
    StepOperation.DEFAULT_ROWS: (CHANGES, "give rows inserted since the default of {kind} {name}"),
    StepOperation.DELETE_ORPHANS: (CHANGES, "delete rows of {kind} {name} that point at deleted rows of {after}"),
    StepOperation.CLEAR_ORPHANS: (CHANGES, "clear references of {kind} {name} to deleted rows of {after}"),
    StepOperation.LOCK: (CHANGES, "lock {kind} {name} against writes while its values are saved"),
    StepOperation.SHOW_ALL_ROWS: (CHANGES, "show all rows of {kind} {name} to its owner"),
    StepOperation.HIDE_ROWS_AGAIN: (CHANGES, "force row-level security on the owner of {kind} {name} again"),
    StepOperation.DISABLE_TRIGGER: (CHANGES, "disable trigger {part} on {whole} while values are restored"),
    StepOperation.ENABLE_TRIGGER: (CHANGES, "enable trigger {part} on {whole} again"),
    StepOperation.BACKFILL: (CHANGES, "backfill {name}: rows of {holder}"),
    StepOperation.RUN: (CHANGES, "by hand: {sql}"),
}
"""Sign and words of all others."""

_NOTES = {
    StepNote.NO_PASSWORD: ", without a password: set it by hand",
    StepNote.PASSWORD_LOST: "; a rollback creates it without its password",
    StepNote.NOT_VALID: " NOT VALID",
    StepNote.RECREATED: ", to recreate it",
    StepNote.REJOINED: ", to join again",
    StepNote.UNCHANGED: ", unchanged",
    StepNote.RESTARTED: ", and restart it",
    StepNote.IN_BATCHES: "; its rows get their values in batches",
}

_OPTIONAL = re.compile(r"\[(.*?)\]")
_KEYWORD = re.compile(r"[A-Z][A-Z -]* ")
_SHOWN_SQL = 72
_LONGEST_KIND = max(map(len, BY_NAME))


def sign(step: Step) -> Sign:
    """Whether something comes, goes or changes with a step."""
    return _OF_KINDS.get(step.operation) or _WORDS[step.operation][0]


def summary(step: Step, *, beside: bool = False) -> str:
    """What a step does, on one line; shorter where its holder, or else its object, is named `beside` it."""
    return "; ".join(_summary(one, beside) for one in step.each)


def _summary(step: Step, beside: bool) -> str:
    pattern = _pattern(step)
    values = _values(step, beside)
    words = _OPTIONAL.sub(lambda found: "" if beside else _optional(found[1], values), pattern).format_map(values)
    details = "" if step.operation in _WORDS else "".join(_details(step, pattern))
    with_parts = "" if "{parts}" in pattern else values["parts"]
    return one_line(f"{words}{with_parts}{details}{_NOTES[step.note] if step.note else ''}")


def _optional(pattern: str, values: Mapping[str, str]) -> str:
    return "" if "{holder}" in pattern and not values["holder"] else pattern


def _pattern(step: Step) -> str:
    if step.operation in _WORDS:
        return _WORDS[step.operation][1]
    if step.operation is StepOperation.ALTER and len(step.changes) == 1 and (phrase := _phrase(step, step.changes[0])):
        return phrase
    words = _words_of(step.kind)
    match step.operation:
        case StepOperation.CREATE:
            return words.create
        case StepOperation.DROP:
            return words.drop
        case StepOperation.GRANT:
            return words.grant
        case StepOperation.REVOKE:
            return words.revoke
        case StepOperation.RELEASE:
            return words.release
        case StepOperation.REJOIN:
            return words.rejoin
        case StepOperation.VALIDATE:
            return words.validate
    return words.alter


def _phrase(step: Step, change: FieldChange) -> str:
    """The phrase for a field that gets or loses its value, if the kind has one."""
    field = BY_NAME[step.kind].WORDING.get(change.field) if step.kind in BY_NAME else None
    if field is None:
        return ""
    if change.before in (None, NO):
        return field.on
    return field.off if change.after in (None, NO) else ""


def _words_of(kind: str) -> Words:
    return BY_NAME[kind].WORDS if kind in BY_NAME else Words()


def _values(step: Step, beside: bool) -> Mapping[str, str]:
    words = _words_of(step.kind)
    holder = name_of(step.holder or "")
    name = step.identity.removeprefix(f"{holder}.") if beside and holder else step.identity
    part, _, whole = name.rpartition(words.split)
    described = part if part and words.split != ON else name
    keyword = _KEYWORD.match(described)
    target = described[keyword.end() :] if keyword else described
    target = target.removeprefix(f"{holder}.") if beside and holder else target
    change = step.changes[0] if step.changes else None
    return {
        "kind": words.kind or step.kind,
        "name": name,
        "part": part or name,
        "whole": (words.wholes or {}).get(whole, whole),
        "object": f"{keyword[0].lower()}{target.replace(' ON ', ' on ', 1)}" if keyword else target,
        "holder": holder,
        "before": _quoted(step, change.before if change else None),
        "after": _quoted(step, change.after if change else None),
        "value": _value(step),
        "parts": parts(step),
        "sql": shown_sql(step),
    }


def name_of(text: str) -> str:
    """The name of an object that is called `kind name`."""
    kind = kind_of(text)
    return text[len(kind) + 1 :] if kind else text


def kind_of(text: str) -> str:
    """The kind of an object that is called `kind name`; empty for one that is not known."""
    found, end = "", text.find(" ")
    while 0 < end <= _LONGEST_KIND:
        found = text[:end] if text[:end] in BY_NAME else found
        end = text.find(" ", end + 1)
    return found


def kind_word(step: Step) -> str:
    """What people call the kind of a step's object."""
    return _words_of(step.kind).kind or step.kind


def _value(step: Step) -> str:
    """What the object amounts to."""
    if not step.changes:
        return ""
    change = step.changes[0]
    if step.operation is StepOperation.REVOKE and change.after is not None:
        return f"the grant option for {change.after}"
    value = change.before if change.after is None else change.after
    grants = step.operation in (StepOperation.GRANT, StepOperation.REVOKE)
    return one_line(value or NONE) if grants else _short(value)


def _quoted(step: Step, value: str | None) -> str:
    text = value or NONE
    return repr(text) if step.operation is StepOperation.RENAME_PART else text


def shown_sql(step: Step) -> str:
    """The beginning of a step's statement on one line, without secrets."""
    return _short(without_password(step.sql), _SHOWN_SQL)


def parts(step: Step) -> str:
    """How many objects come or go with this one; those of children that share it are not counted."""
    counted = Counter(kind_of(name) for name in step.parts)
    if step.kind in BY_NAME and issubclass(BY_NAME[step.kind], Inherited):
        del counted[step.kind]
    kinds = sorted(
        (BY_NAME[name] for name in counted if name), key=lambda kind: (not issubclass(kind, Inherited), RANK[kind.KIND])
    )
    found = [
        f"{counted[kind.KIND]} {kind.WORDS.plural if counted[kind.KIND] > 1 else kind.WORDS.kind or kind.KIND}"
        for kind in kinds
        if kind.WORDS.plural
    ]
    return f" ({', '.join(found)})" if found else ""


def _details(step: Step, pattern: str) -> Iterator[str]:
    """The values of the fields that change, where the words do not hold them already."""
    if "{value}" in pattern or (step.operation is StepOperation.ALTER and pattern != _words_of(step.kind).alter):
        return
    told = [words for change in step.changes if (words := _change(step, change))]
    if told:
        yield f": {', '.join(told)}"


def _change(step: Step, change: FieldChange) -> str:
    name = field_name(step.kind, change.field) if step.kind in BY_NAME else change.field
    tells = telling(step.kind) if step.kind in BY_NAME else ()
    if step.operation in (StepOperation.CREATE, StepOperation.DROP) and None in (change.before, change.after):
        value = change.before if change.after is None else change.after
        if value in (YES, NO):
            return name if value == YES else ""
        return _short(value) if change.field in tells[:1] else f"{name} {_short(value)}"
    values = _both(change.before, change.after)
    return values if tells == (change.field,) else f"{name} {values}"


def _both(before: str | None, after: str | None) -> str:
    old, new = before or NONE, after or NONE
    if before is None:
        return _short(new)
    if after is None:
        return f"{_short(old)} -> {NONE}"
    if max(len(old), len(new)) <= _SHORT and "\n" not in old + new:
        return f"{_in_brackets(old)} -> {_in_brackets(new)}"
    return _short(marked(old, new), _LONG)


def _in_brackets(text: str) -> str:
    return f"({text})" if ", " in text else text


def _short(text: str | None, width: int = 60) -> str:
    line = one_line(text or NONE)
    return line if len(line) <= width else f"{line[: width - 3]}..."
