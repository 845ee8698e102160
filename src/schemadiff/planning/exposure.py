"""What a script changes in what roles can do, told at the statements that cause it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from schemadiff.access.change import AccessChange, Shift
from schemadiff.access.words import NOBODY_SEES
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import Script, Step

RULE = "access"


def with_access(script: Script, changes: Iterable[AccessChange]) -> Script:
    """The script with hazards at the statements by which roles get at more, or at nothing any more."""
    steps = list(script.steps)
    found: dict[int, dict[Hazard, list[str]]] = {}
    for change in changes:
        for hazard, cause, why in _hazards(change):
            if (place := _cause(steps, change, cause)) is not None:
                reasons = found.setdefault(place, {}).setdefault(hazard, [])
                reasons += [why] if why not in reasons else []
    if not found:
        return script
    marked = iter([_marked(step, found.get(place, {})) for place, step in enumerate(steps)])
    segments = tuple(replace(one, steps=tuple(next(marked) for _ in one.steps)) for one in script.segments)
    return replace(script, segments=segments)


def _hazards(change: AccessChange) -> Iterator[tuple[Hazard, Hazard, str]]:
    """The hazards of a change, the one that the statement carries that causes it, and why."""
    if change.exposes:
        roles = ", ".join(change.roles)
        yield Hazard.EXPOSES_DATA, Hazard.WIDENS_ACCESS, f"{roles}: {change.action} on {change.object}: {change.after}"
    elif change.shift is Shift.BREAKS:
        words = f"{', '.join(change.roles)}: {change.action} on {change.object} fails: {change.why}"
        yield Hazard.BREAKS_CLIENTS, Hazard.NARROWS_ACCESS, words
    elif change.why.startswith(NOBODY_SEES):
        yield Hazard.NARROWS_ACCESS, Hazard.NARROWS_ACCESS, change.why
        yield Hazard.BREAKS_CLIENTS, Hazard.NARROWS_ACCESS, change.why


def _cause(steps: list[Step], change: AccessChange, cause: Hazard) -> int | None:
    """The statement that causes a change, as far as names and hazards tell."""

    def concerns(name: str) -> Callable[[Step], bool]:
        return lambda step: (
            name in (step.identity, (step.holder or "").partition(" ")[2])
            or any(part.endswith(f" {name}") for part in step.parts)
        )

    own = concerns(change.identity)
    behind = [concerns(name) for name in change.behind]
    ranks: tuple[Callable[[Step], bool], ...] = (
        lambda step: own(step) and cause in step.hazards and _names(step, change.roles),
        lambda step: own(step) and cause in step.hazards,
        lambda step: own(step) and step.operation in (StepOperation.CREATE, StepOperation.ALTER),
        lambda step: any(one(step) for one in behind) and cause in step.hazards,
        own,
        lambda step: cause in step.hazards and _names(step, change.roles),
        lambda step: cause in step.hazards,
        lambda step: any(one(step) for one in behind),
        lambda step: True,
    )
    found = (place for rank in ranks for place, step in enumerate(steps) if rank(step))
    return next(found, None)


def _names(step: Step, roles: Iterable[str]) -> bool:
    """Whether the statement is about one of the roles: a grant to it, for instance."""
    return any(step.identity.endswith(f" TO {role}") for role in roles)


def _marked(step: Step, found: dict[Hazard, list[str]]) -> Step:
    if not found:
        return step
    known = {risk.hazard: risk for risk in step.risks}
    for hazard, reasons in found.items():
        before = known.get(hazard, Risk(hazard, RULE))
        known[hazard] = replace(before, why="; ".join(reasons))
    return replace(step, risks=tuple(known[hazard] for hazard in Hazard if hazard in known))
