"""Hazards that somebody has to allow before a script is written or run."""

from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.errors import HazardRefused
from schemadiff.plans.model import Script
from schemadiff.plans.wording import summary


def refuse_hazards(script: Script, allow: frozenset[Hazard], outcome: str) -> None:
    """Errors: HazardRefused after `outcome`, naming each statement with a hazard that needs allowing and is not."""
    refused = [
        (risk, step)
        for step in script.by_object
        for risk in step.risks
        if risk.hazard.needs_allowing and risk.hazard not in allow
    ]
    if refused:
        lines = "\n".join(f"  {risk.hazard}: {summary(step)}{_because(risk)}" for risk, step in refused)
        names = ",".join(sorted({str(risk.hazard) for risk, _ in refused}))
        raise HazardRefused(
            f"{outcome}, since it holds hazards that are not allowed:\n{lines}\nto allow them: --allow {names}"
        )


def _because(risk: Risk) -> str:
    return f" ({risk.why})" if risk.why else ""
