"""Whether a plan may run at all: its scripts, what they put at risk, and its proof. No database is asked."""

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import HazardRefused, ProofRefused, ScriptChanged
from schemadiff.execution.running.retry import Patience
from schemadiff.plans.reading import Direction, PlanFile, read_plan
from schemadiff.plans.script_file import ScriptFile


@dataclass(frozen=True, slots=True)
class Terms:
    """What the caller allows, and how long a run waits.

    `approve` is the digest that was reviewed (None: any); `runner_wait` are the seconds to wait for
    another runner to end.
    """

    approve: str | None = None
    allow: frozenset[Hazard] = frozenset()
    proof_required: bool = True
    patience: Patience = field(default_factory=Patience)
    runner_wait: float = 10.0


def admitted(directory: Path, direction: Direction, terms: Terms) -> tuple[PlanFile, ScriptFile]:
    """The plan in `directory` and its script of `direction`, if they may run on these terms.

    Errors: PlanFileError, ScriptChanged, HazardRefused, ProofRefused.
    """
    plan_file = read_plan(directory)
    _refuse_changed(plan_file, terms.approve)
    _refuse_hazards(plan_file, direction, terms.allow)
    if terms.proof_required:
        _refuse_unproven(plan_file)
    return plan_file, plan_file.script(direction)


def _refuse_changed(plan_file: PlanFile, approve: str | None) -> None:
    directory = plan_file.directory
    if plan_file.changed:
        raise ScriptChanged(
            f"{' and '.join(plan_file.changed)} of {directory} changed after the plan was proven: take the "
            f"file from version control again, or prove the change with 'schemadiff prove {directory}'"
        )
    if approve is not None and approve != plan_file.approval:
        raise ScriptChanged(
            f"{directory} holds other scripts than the approved ones: {plan_file.approval} stands there, "
            f"{approve} was approved: read them and approve what stands there, or take back the change"
        )


def _refuse_hazards(plan_file: PlanFile, direction: Direction, allow: frozenset[Hazard]) -> None:
    refused = [
        (hazard, step)
        for step in plan_file.planned(direction).steps
        for hazard in step.hazards
        if hazard.needs_allowing and hazard not in allow
    ]
    if refused:
        lines = [f"  {hazard}: {step.summary}" for hazard, step in refused]
        wanted = ",".join(sorted({str(hazard) for hazard, _ in refused}))
        raise HazardRefused(
            "\n".join(
                [
                    f"plan {plan_file.name} holds hazards that were not allowed; nothing was run:",
                    *lines,
                    f"if that is meant, add --allow {wanted}",
                ]
            )
        )


def _refuse_unproven(plan_file: PlanFile) -> None:
    proof, prove = plan_file.plan.proof, f"schemadiff prove {plan_file.directory}"
    if proof is None:
        raise ProofRefused(f"plan {plan_file.name} was never proven: prove it with '{prove}'")
    if not proof.holds:
        raise ProofRefused(
            "\n".join(
                [
                    f"the proof of plan {plan_file.name} does not hold:",
                    *(indent(objection, "  ") for objection in proof.objections),
                    f"mend it, then run '{prove}'",
                ]
            )
        )
