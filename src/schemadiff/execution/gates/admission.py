"""Whether a plan may run at all: its scripts, what they put at risk, and its proof. No database is asked."""

from pathlib import Path
from textwrap import indent

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import HazardRefused, ProofRefused, ScriptChanged
from schemadiff.execution.options import RunOptions
from schemadiff.plans.direction import Direction
from schemadiff.plans.reading import PlanFile, read_plan
from schemadiff.plans.script_file import ScriptFile
from schemadiff.plans.wording import summary


def admitted(directory: Path, direction: Direction, options: RunOptions) -> tuple[PlanFile, ScriptFile]:
    """The plan in `directory` and its script of `direction`, if they may run with these options.

    Errors: PlanFileError, ScriptChanged, HazardRefused, ProofRefused.
    """
    plan_file = read_plan(directory)
    _refuse_changed(plan_file, options.approve)
    _refuse_hazards(plan_file, direction, options.allow)
    if options.proof_required:
        _refuse_unproven(plan_file)
    return plan_file, plan_file.script(direction)


def _refuse_changed(plan_file: PlanFile, approve: str | None) -> None:
    directory = plan_file.directory
    if plan_file.changed:
        raise ScriptChanged(
            f"{' and '.join(plan_file.changed)} of {directory} changed after the plan was proven: restore "
            f"the file from version control, or prove the change with 'schemadiff prove {directory}'"
        )
    if approve is not None and approve != plan_file.approval:
        raise ScriptChanged(
            f"{directory} holds other scripts than the approved ones: {plan_file.approval} stands there, "
            f"{approve} was approved: read them and approve what stands there, or undo the change"
        )


def _refuse_hazards(plan_file: PlanFile, direction: Direction, allow: frozenset[Hazard]) -> None:
    refused = [
        (hazard, step)
        for step in plan_file.planned(direction).steps
        for hazard in step.hazards
        if hazard.needs_allowing and hazard not in allow
    ]
    if refused:
        lines = [f"  {hazard}: {summary(step)}" for hazard, step in refused]
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
                    f"fix it, then run '{prove}'",
                ]
            )
        )
