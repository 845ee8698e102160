"""What a plan has to say about lines of the desired files: hazards, advice, rows in the way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from schemadiff.catalog.statements.hazard import Hazard, RiskLevel
from schemadiff.plans.advice import Severity
from schemadiff.plans.model import Plan
from schemadiff.plans.preflights import in_words
from schemadiff.review import summary
from schemadiff.review.changes.collecting import all_lines, changes
from schemadiff.review.changes.model import Line

ROWS_IN_THE_WAY, PROOF = "rows-in-the-way", "proof-does-not-hold"


class Level(StrEnum):
    """How urgent a remark is, as SARIF calls it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


_LEVELS = {
    Severity.ERROR: Level.ERROR,
    Severity.WARNING: Level.WARNING,
    Severity.INFO: Level.NOTE,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, named from the project's folder on."""

    file: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark by the rule that makes it; `meaning` says what the rule is about, for all its remarks.

    `place` is None where no file declares the object, and no script is at hand.
    """

    rule: str
    meaning: str
    level: Level
    object: str
    message: str
    place: Place | None


def remarks(plan: Plan, up: str = "", file: str = "") -> tuple[Remark, ...]:
    """All remarks on a plan. What goes is declared nowhere: it is shown in the script `up`, which lies in `file`."""
    scripted = _scripted(up, file)
    return (*_proof(plan), *_rows(plan), *_hazards(plan, scripted), *_advice(plan))


def place_of(text: str | None) -> Place | None:
    """A place that is written file:line:column."""
    found = re.fullmatch(r"(.+):(\d+):(\d+)", text or "", re.DOTALL)
    return Place(found[1], int(found[2]), int(found[3])) if found else None


def _scripted(up: str, file: str) -> dict[str, Place]:
    """Where each step stands in the script."""
    if not file:
        return {}
    lines = enumerate(up.split("\n"), start=1)
    found = ((number, re.match(r"-- (\d+\.\d+) [-+~] ", line)) for number, line in lines)
    return {match[1]: Place(file, number) for number, match in found if match}


def _hazards(plan: Plan, scripted: dict[str, Place]) -> Iterator[Remark]:
    for line in all_lines(changes(plan.up, plan.loads)):
        place = place_of(plan.places.get(line.object)) or scripted.get(line.number)
        for hazard in line.hazards:
            yield Remark(
                hazard.value, hazard.consequence, _level(hazard), line.object, _hazard_words(line, hazard), place
            )


def _hazard_words(line: Line, hazard: Hazard) -> str:
    allow = f" It is refused without --allow {hazard.value}." if hazard.needs_allowing else ""
    return f"{line.mark} {line.words}: {hazard.consequence}{allow}"


def _level(hazard: Hazard) -> Level:
    if hazard.needs_allowing:
        return Level.ERROR
    return Level.NOTE if hazard.level is RiskLevel.LOW else Level.WARNING


def _rows(plan: Plan) -> Iterator[Remark]:
    meaning = "Rows of the database stand in the way of the plan: as they are, it is refused."
    for found in summary.in_the_way(plan):
        place = place_of(plan.places.get(found.object))
        message = f"{found.object}: {in_words(found)}: {found.rows}"
        yield Remark(ROWS_IN_THE_WAY, meaning, Level.ERROR, found.object, message, place)


def _advice(plan: Plan) -> Iterator[Remark]:
    for one in plan.advice:
        message = f"{one.object}: {one.message}. {one.fix}"
        yield Remark(one.rule, one.rule.replace("-", " "), _LEVELS[one.severity], one.object, message,
                     place_of(one.place))  # fmt: skip


def _proof(plan: Plan) -> Iterator[Remark]:
    if plan.proof is not None and not plan.proof.holds:
        meaning = "The rehearsal of the plan does not lead where it should."
        for words in plan.proof.objections:
            yield Remark(PROOF, meaning, Level.ERROR, "", words, None)
