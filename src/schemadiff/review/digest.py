"""What a person wants to know of a plan before anything else: question by question, in plain words."""

from collections.abc import Iterator

from schemadiff.catalog.statements.hazard import Hazard, RiskLevel
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import Plan, Recovery, Script
from schemadiff.plans.preflights import in_words
from schemadiff.plans.quantities import listed
from schemadiff.review import summary
from schemadiff.review.changes.collecting import all_lines, changes
from schemadiff.review.changes.model import Line

_MOST = 3

_LEVELS = {
    RiskLevel.LOW: "nobody who uses the database should notice",
    RiskLevel.MEDIUM: "whoever uses the database can notice it",
    RiskLevel.HIGH: "rows, values or state go away",
}


def answers(plan: Plan) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a reader asks of a plan, with the answers; questions without one are left out."""
    found = (
        ("Risk", (risk(plan.up), *consequences(plan.up))),
        ("Lost", lost(plan.up, plan)),
        ("Waits", waits(plan.up, plan)),
        ("In the way", in_the_way(plan)),
        ("Refused if", refused(plan.up)),
        ("Proof", (summary.proof_sentence(plan),)),
        ("Rollback", way_back(plan)),
    )
    return tuple((question, texts) for question, texts in found if texts)


def risk(script: Script) -> str:
    """How risky a script is, in words, and the hazards by the names that --allow takes."""
    level = summary.risk(script)
    if not script.hazards:
        return f"{level}: no statement carries a hazard"
    words = ", ".join(hazard.value for hazard in script.hazards)
    return f"{level}: {_LEVELS[level]} ({words})"


def consequences(script: Script) -> tuple[str, ...]:
    """What each hazard of a script means, and by which steps."""
    return tuple(
        f"{place.hazard.value}: {place.hazard.consequence.rstrip('.')} ({listed(summary.numbers(place.steps))})"
        for place in summary.hazard_places(script)
    )


def lost(script: Script, plan: Plan) -> tuple[str, ...]:
    """What of rows and values goes, by number where live's statistics tell it, and whether it is kept."""
    if Hazard.DATA_LOSS not in script.hazards:
        return ("no row and no value",)
    found = [line for line in all_lines(changes(script, plan.loads)) if Hazard.DATA_LOSS in line.hazards]
    shown = [_loss(line) for line in found[:_MOST]]
    if len(found) > _MOST:
        shown.append(f"and of {len(found) - _MOST} more objects, see below")
    return tuple(shown)


def _loss(line: Line) -> str:
    number = next((words for words in line.remarks if "row" in words), "all rows or values")
    kept = next((words for words in line.remarks if words in ("archived", "gone for good")), "")
    preposition = "in" if number.startswith("values") else "of"
    name = line.object.removeprefix(f"{line.kind} ")
    return f"{number} {preposition} {name}{f' ({kept})' if kept else ''}"


def waits(script: Script, plan: Plan) -> tuple[str, ...]:
    """What waits for a script: each that lasts, and in one sentence what takes a moment."""
    lasting = summary.waits(script, plan.loads, lasting=True)
    shown = lasting if len(lasting) <= _MOST + 1 else (*lasting[:_MOST], f"and {len(lasting) - _MOST} more, see below")
    brief = summary.brief_waits(script)
    if not (lasting or brief):
        unseen = plan.proof is None and script.segments
        return ("not measured, since the plan was not rehearsed",) if unseen else ("nothing",)
    return (*shown, *([brief] if brief else []))


def refused(script: Script) -> tuple[str, ...]:
    """Rows that refuse a script, in words."""
    found = [f"rows of {name} {words}" for name, words in summary.refusals(script)]
    return tuple(found if len(found) <= _MOST + 1 else (*found[:_MOST], f"and {len(found) - _MOST} more, see below"))


def in_the_way(plan: Plan) -> tuple[str, ...]:
    """Rows that stood in the way when the plan was made, and of what nobody could tell."""
    found = [f"{one.object}: {in_words(one).partition(';')[0]}" for one in summary.in_the_way(plan)]
    unknown = [f"not known: rows of {one.object} {one.problem}: {one.why}" for one in summary.unanswered(plan)]
    return (*found, *unknown)


def way_back(plan: Plan) -> tuple[str, ...]:
    """How long the way back is, what it brings back and what not, and what it costs."""
    return tuple(_way_back(plan))


def _way_back(plan: Plan) -> Iterator[str]:
    gone = [entry for entry in summary.numbered(plan.up) if entry.step.recovery is not Recovery.LOSSLESS]
    text = summary.size(plan.down)
    if gone:
        yield f"{text}; what {listed(summary.numbers(gone))} takes away does not come back"
    elif summary.archived(plan.up):
        yield f"{text}; the schema comes back, and the archived rows and values with it, until schemadiff purge"
    else:
        yield f"{text}; the schema comes back exactly"
    if last := standing_last(plan):
        names = listed(last)
        yield f"{names} then {'stands' if len(last) == 1 else 'stand'} last: SELECT * and INSERT without names differ"
    if added := _written_since(plan):
        yield f"it drops {listed(added)}, with what was written there since"
    if plan.down.hazards:
        yield f"its hazards: {', '.join(plan.down.hazards)}"


def standing_last(plan: Plan) -> tuple[str, ...]:
    """Columns that the rollback adds to tables that stand: behind all others, wherever they stood before."""
    return tuple(
        step.identity
        for step in plan.down.steps
        if step.kind == "column" and step.operation is StepOperation.CREATE and not step.cause
    )


def _written_since(plan: Plan) -> tuple[str, ...]:
    return tuple(entry.step.object for entry in summary.steps_with(plan.down, Hazard.DATA_LOSS))
