"""What a plan amounts to, in words: shared by the review in Markdown and the one on the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass

from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.scope import ARCHIVE_SCHEMA
from schemadiff.catalog.sql import qualifier
from schemadiff.catalog.statements.hazard import Hazard, RiskLevel
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.catalog.statements.statement import PreflightKind
from schemadiff.catalog.versions import printed
from schemadiff.execution.record.archive import Archived
from schemadiff.plans import wording
from schemadiff.plans.advice import Advice
from schemadiff.plans.filling import gives_back
from schemadiff.plans.finding import Finding
from schemadiff.plans.forecast import Forecast, Work, forecasts
from schemadiff.plans.model import Opinion, Plan, Proof, Recovery, Script, Segment, Step
from schemadiff.plans.preflights import asked_before
from schemadiff.plans.quantities import listed
from schemadiff.plans.quantities import size as written_size


@dataclass(frozen=True, slots=True)
class NumberedStep:
    """A step with its place in the script, as the script's comments print it ("2.1")."""

    number: str
    step: Step


@dataclass(frozen=True, slots=True)
class HazardPlaces:
    """One hazard and every step that carries it."""

    hazard: Hazard
    steps: tuple[NumberedStep, ...]


def risk(script: Script) -> RiskLevel:
    """The risk of a script: high if data goes for good, medium if a database in use would notice."""
    return max((hazard.level for hazard in script.hazards), default=RiskLevel.LOW)


def numbered(script: Script) -> tuple[NumberedStep, ...]:
    """All steps with their numbers; a statement about several objects counts once for each."""
    return tuple(
        NumberedStep(f"{major}.{minor}", one)
        for major, segment in enumerate(script.segments, start=1)
        for minor, step in enumerate(segment.steps, start=1)
        for one in step.each
    )


def numbers(entries: Iterable[NumberedStep]) -> list[str]:
    """The numbers of the steps, each once."""
    return list(dict.fromkeys(entry.number for entry in entries))


def by_object(script: Script) -> dict[str, tuple[NumberedStep, ...]]:
    """The steps under the object that holds what they touch, in the order in which those are first touched."""
    groups: dict[str, tuple[NumberedStep, ...]] = {}
    for entry in numbered(script):
        group = entry.step.holder or entry.step.object
        groups[group] = (*groups.get(group, ()), entry)
    return groups


def change(step: Step) -> str:
    """What a step does, for where its group stands beside it ("create table", "drop NOT NULL from fax")."""
    return wording.summary(step, beside=True)


def hazard_places(script: Script) -> tuple[HazardPlaces, ...]:
    """Each hazard of a script with its steps, in the order of the vocabulary."""
    entries = numbered(script)
    return tuple(
        HazardPlaces(hazard, tuple(entry for entry in entries if hazard in entry.step.hazards))
        for hazard in script.hazards
    )


def steps_with(script: Script, *hazards: Hazard) -> tuple[NumberedStep, ...]:
    """The steps that carry any of `hazards`."""
    return tuple(entry for entry in numbered(script) if set(entry.step.hazards) & set(hazards))


def waits(script: Script, loads: Iterable[TableLoad], *, lasting: bool = False) -> tuple[str, ...]:
    """What waits for the segments of a script, with the sizes of live's tables; `lasting`: for more than a moment."""
    sizes = {load.table: load for load in loads}
    return tuple(
        f"segment{'s' if len(numbers) > 1 else ''} {listed(numbers)}: {forecast.words(sizes)}"
        for forecast, numbers in _forecasts(script).items()
        if forecast.work or not lasting
    )


def brief_waits(script: Script) -> str:
    """What waits for a moment only, in one sentence; empty if nothing does."""
    brief = [forecast for forecast in _forecasts(script) if not forecast.work]
    if not brief:
        return ""
    names = sorted({name for forecast in brief for name in forecast.relations})
    return f"{max(forecast.blocked for forecast in brief)} of {listed(names)} wait for a moment"


def _forecasts(script: Script) -> dict[Forecast, list[str]]:
    """Each forecast once, with the numbers of its segments."""
    found: dict[Forecast, list[str]] = {}
    aliases = names_on_the_way(script)
    for number, segment in enumerate(script.segments, start=1):
        for forecast in forecasts(segment):
            relations = known_relations(forecast.relations, aliases)
            if relations:
                work = Work(*(known_relations(names, aliases) for names in astuple(forecast.work)))
                found.setdefault(Forecast(relations, forecast.blocked, work), []).append(str(number))
    return found


def names_on_the_way(script: Script) -> dict[str, str]:
    """What tables are called while they move to the archive, or come back, with the names that others know."""
    found = {}
    for step in script.steps:
        before, renames, after = step.sql.partition(" RENAME TO ")
        if renames and step.operation is StepOperation.RENAME_FOR_ARCHIVE:
            found[f"{qualifier(step.identity)}.{after}"] = step.identity
        elif renames and step.operation is StepOperation.RENAME_BACK:
            found[before.rpartition("ALTER TABLE ")[2]] = step.identity
    return found


def known_relations(relations: tuple[str, ...], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """The relations that others use, by their usual names; nobody waits for the archive."""
    named = (aliases.get(name, name) for name in relations if not name.startswith(f"{ARCHIVE_SCHEMA}."))
    return tuple(dict.fromkeys(named))


def not_recovered(script: Script) -> tuple[NumberedStep, ...]:
    """The steps whose rows, values or state the other script does not bring back."""
    return tuple(entry for entry in numbered(script) if entry.step.recovery is not Recovery.LOSSLESS)


def archived(script: Script) -> tuple[NumberedStep, ...]:
    """The steps whose rows or values the archive keeps for the other script."""
    return tuple(entry for entry in steps_with(script, Hazard.DATA_LOSS) if entry.step.recovery is Recovery.LOSSLESS)


def archive_size(entries: Sequence[Archived]) -> str:
    """How much lies in the archive, in words."""
    return f"{count(len(entries), 'object')} ({written_size(sum(entry.bytes for entry in entries))})"


def count(number: int, noun: str) -> str:
    """`number` with its noun in the right form."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(script: Script) -> str:
    """How much a script holds: statements, segments and backfills."""
    backfills = sum(segment.backfill is not None and not gives_back(segment) for segment in script.segments)
    statements = len(script.steps) - backfills
    parts = [count(statements, "statement")] if statements or not backfills else []
    if backfills:
        parts.append(count(backfills, "backfill"))
    return f"{' and '.join(parts)} in {count(len(script.segments), 'segment')}"


def manner(segment: Segment) -> str:
    """How a segment runs."""
    if segment.backfill is not None:
        backfill = segment.backfill
        where = "" if gives_back(segment) else f" of {backfill.table}"
        return (
            f"{'' if gives_back(segment) else 'backfill '}{backfill.name}{where}, "
            f"{count(backfill.batch_size, 'row')} a batch along {backfill.key}"
        )
    return "one transaction" if segment.transactional else "outside a transaction block"


def refusals(script: Script) -> tuple[tuple[str, str], ...]:
    """Objects and which of their rows refuse a script, and when if not before all; without what is not asked."""
    return tuple(
        (preflight.object, f"{preflight.problem}{f' (asked before segment {number})' if number else ''}")
        for number, preflights in asked_before(script).items()
        for preflight in preflights
        if preflight.kind is not PreflightKind.UNASKED
    )


def unasked(script: Script) -> tuple[tuple[str, str], ...]:
    """Objects of which rows can make a statement fail although nobody can ask for them before, and why."""
    return tuple(
        (preflight.object, f"{preflight.problem}: {preflight.why}".strip(": "))
        for preflight in script.preflights
        if preflight.kind is PreflightKind.UNASKED
    )


def in_the_way(plan: Plan) -> tuple[Finding, ...]:
    """Rows that stood in the way of the plan when it was made."""
    return tuple(finding for finding in plan.findings if finding.count)


def refusal(plan: Plan) -> str:
    """The headline of a plan that apply would have refused when it was made; empty for another."""
    if not plan.refused:
        return ""
    if in_the_way(plan):
        return "Refused as things stand: rows of the database are in the way, and apply does not run it so."
    return (
        "Refused as things stand: row-level security hides rows that it has to ask for, and apply does not run it so."
    )


def unanswered(plan: Plan) -> tuple[Finding, ...]:
    """What could not be told when the plan was made."""
    return tuple(finding for finding in plan.findings if finding.unanswered)


def advised(advice: Advice) -> str:
    """A piece of advice in a sentence, with where to follow it."""
    place = f" ({advice.place})" if advice.place else ""
    return f"{advice.object}{place}: {advice.message}; {advice.fix}"


def verdict(script: Script) -> str:
    """One or two sentences on how risky a script is."""
    level = risk(script)
    words = ", ".join(hazard.value for hazard in script.hazards)
    if not words:
        return "Risk: low. No statement carries a hazard."
    loss = "" if level is RiskLevel.HIGH else " No data is lost."
    if archived(script) and not not_recovered(script):
        loss = " What goes is archived, and the rollback brings it back."
    return f"Risk: {level} ({words}).{loss}"


def to_allow(script: Script) -> str:
    """The option that running a script needs, with a space before it; empty where it needs none."""
    names = ",".join(hazard.value for hazard in script.hazards if hazard.needs_allowing)
    return f" --allow {names}" if names else ""


def server_version(plan: Plan) -> str:
    """The version of the live server as Postgres prints it."""
    return printed(plan.server_version)


def proof_sentence(plan: Plan) -> str:
    """What the rehearsal found, in a sentence."""
    if plan.proof is None:
        asked = " Nor was live asked for rows in the way; apply asks." if plan.up.preflights else ""
        return f"Not proven: the plan was not rehearsed on a scratch database.{asked}"
    if plan.proof.holds:
        proven = "up reaches the desired schema exactly, down returns to the live one exactly."
        return f"Proven on a scratch database{_with_rows(plan.proof)}: {proven}{_no_second_opinion(plan.proof)}"
    return "The proof does not hold: the plan must not be applied."


def _with_rows(proof: Proof) -> str:
    """How many rows took part, with a space before it; empty where none did."""
    filled = [one.rows for one in proof.rows if one.rows]
    used = f", used between up and down in {count(proof.used, 'table')}" if proof.used else ""
    return f" with {count(sum(filled), 'row')} in {count(len(filled), 'table')}{used}" if filled else ""


def judgements(opinions: tuple[Opinion, ...]) -> str:
    """Who judged one direction, and how."""
    return ", ".join(f"{opinion.judge}: {_judgement(opinion)}" for opinion in opinions)


def _no_second_opinion(proof: Proof) -> str:
    """That a judge could not judge, and why, with a space before it."""
    abstaining = [opinion for opinion in (*proof.up, *proof.down) if opinion.abstains]
    reasons = list(dict.fromkeys(reason for opinion in abstaining for reason in _reasons(opinion)))
    return f" No second opinion: {'; '.join(reasons)}." if abstaining else ""


def _reasons(opinion: Opinion) -> tuple[str, ...]:
    return opinion.details[:1] if opinion.overruled else opinion.details


def _judgement(opinion: Opinion) -> str:
    if opinion.overruled:
        return "differs, alone"
    if opinion.abstains:
        return "no second opinion"
    return "no difference" if opinion.agrees else "differs"
