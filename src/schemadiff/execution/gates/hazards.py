"""Hazards that somebody has to allow before a script is written or run."""

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import HazardRefused
from schemadiff.plans.model import Script
from schemadiff.plans.wording import summary


def refuse_hazards(script: Script, allow: frozenset[Hazard], outcome: str) -> None:
    """Errors: HazardRefused after `outcome`, naming each statement with a hazard that needs allowing and is not."""
    refused = [
        (hazard, step)
        for step in script.steps
        for hazard in step.hazards
        if hazard.needs_allowing and hazard not in allow
    ]
    if refused:
        lines = "\n".join(f"  {hazard}: {summary(step)}" for hazard, step in refused)
        names = ",".join(sorted({str(hazard) for hazard, _ in refused}))
        raise HazardRefused(
            f"{outcome}, since it holds hazards that are not allowed:\n{lines}\nto allow them: --allow {names}"
        )
