"""From statements to steps: what each does as data, which rule set its hazards, what the way back recovers."""

from collections.abc import Iterable, Iterator

from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import BY_NAME
from schemadiff.catalog.statements.hazard import Hazard, Risk, rule
from schemadiff.catalog.statements.purpose import Purpose, RawChange, StepNote, StepOperation
from schemadiff.catalog.statements.statement import Phase, Statement
from schemadiff.difference.wording import in_words, telling
from schemadiff.planning.losses import loses
from schemadiff.planning.work.act import Act, Operation
from schemadiff.planning.work.work import Work
from schemadiff.planning.writing.writer import Writer
from schemadiff.plans.model import Along, FieldChange, Recovery, Step

_OPERATIONS = {
    Operation.DROP: StepOperation.DROP,
    Operation.RELEASE: StepOperation.RELEASE,
    Operation.ALTER: StepOperation.ALTER,
    Operation.CREATE: StepOperation.CREATE,
    Operation.RESTORE: StepOperation.REJOIN,
}

_WHOLE = (StepOperation.CREATE, StepOperation.DROP, StepOperation.ARCHIVE, StepOperation.UNARCHIVE)
"""What happens to an object with all its parts."""


def step_of(
    act: Act, statement: Statement, writer: Writer, along: Iterable[tuple[Act, Statement]] = (), *, graded: bool
) -> Step:
    """The step that a statement of an act becomes; `graded` if it should say what the way back recovers.

    With `along`, its SQL does what other acts want, too.
    """
    work = writer.work
    purpose = _purpose(act, statement)
    identity = purpose.object or act.identity
    changes = tuple(_told(identity.kind, _changes(act, identity, purpose, work)))
    recovery, risks = Recovery.LOSSLESS, tuple(_lasting(_risks(statement, purpose, identity.kind), act, work))
    if graded and Hazard.IRREVERSIBLE in statement.hazards:
        recovery = Recovery.IMPOSSIBLE
    elif graded and loses(writer, act, statement):
        recovery, risks = Recovery.STRUCTURE_ONLY, (*risks, Risk(Hazard.IRREVERSIBLE, "not-archived"))
    whole = identity == act.identity and purpose.operation in _WHOLE
    return Step(
        statement.sql,
        purpose.operation,
        identity.kind,
        identity.name,
        changes=changes,
        parts=tuple(str(part.identity) for part in writer.with_parts(act) if part != act) if whole else (),
        note=purpose.note or _note(act, purpose, work),
        risks=risks,
        holder=_holder(act, identity, work),
        cause=_cause_of(act, work),
        recovery=recovery,
        along=tuple(_along(step_of(other, of_other, writer, graded=graded)) for other, of_other in along),
    )


def _along(step: Step) -> Along:
    return Along(
        step.operation, step.kind, step.identity, step.changes, step.note, step.risks, step.cause, step.recovery
    )


def step_by_itself(statement: Statement, holder: str | None = None) -> Step:
    """The step of a statement whose purpose says everything, since it belongs to no act."""
    purpose = statement.purpose
    assert purpose is not None and purpose.object is not None
    kind, name = purpose.object
    changes = tuple(_told(kind, purpose.changes))
    risks = _risks(statement, purpose, kind)
    return Step(statement.sql, purpose.operation, kind, name, changes, note=purpose.note, risks=risks, holder=holder)


def _purpose(act: Act, statement: Statement) -> Purpose:
    purpose = statement.purpose or Purpose(_OPERATIONS[act.operation])
    if statement.phase is Phase.VALIDATE and purpose.operation in (StepOperation.CREATE, StepOperation.ALTER):
        return Purpose(StepOperation.VALIDATE, purpose.object, (), rule=purpose.rule)
    return purpose


def _changes(act: Act, identity: Identity, purpose: Purpose, work: Work) -> Iterator[RawChange]:
    """The fields that a statement changes, as the object holds them before and after."""
    before, after = _ends(act, identity, purpose, work)
    fields = purpose.fields
    if fields is None:
        fields = tuple(_fields(identity, purpose.operation, before, after, work))
    changes = [RawChange(field, getattr(before, field, None), getattr(after, field, None)) for field in fields]
    if purpose.fields is None and purpose.operation is StepOperation.CREATE and before is not None and not changes:
        changes = [RawChange(field, None, getattr(after, field)) for field in telling(identity.kind)]
    yield from (*changes, *purpose.changes)


def _ends(
    act: Act, identity: Identity, purpose: Purpose, work: Work
) -> tuple[CatalogObject | None, CatalogObject | None]:
    change = work.alters.get(identity)
    if act.operation is Operation.ALTER and change is not None:
        return change.before, change.after
    if act.operation is Operation.DROP:
        return work.live.get(identity), None
    if act.operation is Operation.CREATE and (purpose.fields is not None or identity not in work.drops):
        return None, work.desired.get(identity)
    return work.live.get(identity), work.desired.get(identity)


def _fields(
    identity: Identity,
    operation: StepOperation,
    before: CatalogObject | None,
    after: CatalogObject | None,
    work: Work,
) -> Iterator[str]:
    """The fields that an operation on the whole object is about, where its statement names none."""
    kind = BY_NAME[identity.kind]
    if operation in (StepOperation.CREATE, StepOperation.BUILD_BESIDE) and before is not None:
        yield from _differing(before, after)
    elif operation in (StepOperation.CREATE, StepOperation.DROP):
        yield from telling(identity.kind)
    elif operation is StepOperation.REJOIN and identity in work.alters:
        yield from (field for field in work.alters[identity].fields if kind.ALTERING[field][1])


def _differing(before: CatalogObject, after: CatalogObject | None) -> tuple[str, ...]:
    compared = before.COLUMNS[: before.COMPARED]
    return tuple(field for field in compared if getattr(before, field) != getattr(after, field))


def _told(kind: str, changes: Iterator[RawChange] | tuple[RawChange, ...]) -> Iterator[FieldChange]:
    for field, before, after in changes:
        told = FieldChange(field, in_words(kind, field, before), in_words(kind, field, after))
        if told.before != told.after:
            yield told


def _note(act: Act, purpose: Purpose, work: Work) -> StepNote | None:
    """What is said of an object that is dropped to be created again."""
    if act.identity not in work.drops or act.identity not in work.creates or purpose.object not in (None, act.identity):
        return None
    if purpose.operation in (StepOperation.DETACH, StepOperation.DISINHERIT):
        return StepNote.REJOINED
    if purpose.operation in (StepOperation.DROP, StepOperation.REVOKE):
        return StepNote.RECREATED
    arrives = purpose.operation in (StepOperation.CREATE, StepOperation.GRANT)
    differing = _differing(work.live[act.identity], work.desired[act.identity])
    return StepNote.UNCHANGED if arrives and not differing else None


def _cause_of(act: Act, work: Work) -> str | None:
    """For whose sake an object makes way and comes back, where that is another one."""
    cause = work.causes.get(act.identity)
    return str(cause) if cause is not None and act.operation is not Operation.ALTER else None


def _risks(statement: Statement, purpose: Purpose, kind: str) -> tuple[Risk, ...]:
    usual = rule(kind, purpose.rule or _cause(purpose, kind))
    named = {risk.hazard: risk for risk in statement.risks}
    return tuple(named.get(hazard, Risk(hazard, usual)) for hazard in statement.hazards)


def _lasting(risks: tuple[Risk, ...], act: Act, work: Work) -> Iterator[Risk]:
    """The risks without those that pass since what is dropped comes back before anything commits."""
    replaced = act.identity in work.drops and act.identity in work.creates
    unchanged = replaced and act.identity not in work.changes
    for risk in risks:
        if not (risk.hazard.undone_by_replacing if replaced and not unchanged else unchanged and risk.hazard.undone):
            yield risk


def _cause(purpose: Purpose, kind: str) -> str:
    """What a rule is called: an operation, or the fields that one method alters."""
    changed = (*(purpose.fields or ()), *(change.field for change in purpose.changes))
    altered = BY_NAME[kind].ALTERING.get(changed[0]) if changed and kind in BY_NAME else None
    if purpose.operation is StepOperation.ALTER and altered is not None:
        return altered[0].removeprefix("alter_")
    return purpose.operation


def _holder(act: Act, identity: Identity, work: Work) -> str | None:
    """The outermost object that an object is a part of; one that is on neither side counts as the act's."""
    built = work.desired.get(identity) or work.live.get(identity)
    holder = built.within() if built is not None else act.identity
    found = None
    while holder is not None:
        found = holder
        above = work.desired.get(holder) or work.live.get(holder)
        holder = above.within() if above is not None else None
    return str(found) if found is not None else None
