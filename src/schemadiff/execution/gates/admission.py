"""Whether a plan may run at all: its scripts, what they put at risk, and its proof."""

from pathlib import Path
from textwrap import indent

from schemadiff.errors import ProofRefused, ScriptChanged
from schemadiff.execution.approvals.since_approved import since_approved
from schemadiff.execution.gates.hazards import refuse_hazards
from schemadiff.execution.record.kept_plan import kept_plan
from schemadiff.execution.run_options import RunOptions
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile, read_plan
from schemadiff.plans.directory.rereading import unplanned
from schemadiff.plans.directory.serialization import PLAN
from schemadiff.plans.scripts.reading import ScriptFile


def admitted(
    directory: Path, direction: Direction, options: RunOptions, url: str | None = None
) -> tuple[PlanFile, ScriptFile]:
    """The plan in `directory` and its script of `direction`, if they may run with these options.

    What is rolled back may lie in the ledger of the database at `url` alone.
    Errors: PlanFileError, ScriptChanged, HazardRefused, ProofRefused; those of `kept_plan`.
    """
    if url is not None and direction is Direction.DOWN and not directory.is_dir():
        plan_file = whole(kept_plan(directory, url), options.approve)
    else:
        plan_file = read_whole_plan(directory, options.approve)
    refuse_hazards(plan_file.planned(direction), options.allow, f"plan {plan_file.name} was not run")
    if options.proof_required:
        _refuse_unproven(plan_file)
    return plan_file, plan_file.script(direction)


def read_whole_plan(directory: Path, approve: str | None = None) -> PlanFile:
    """The plan in `directory`, if it is what was written there, and with the digest `approve` where that is given.

    Errors: PlanFileError, ScriptChanged.
    """
    return whole(read_plan(directory), approve)


def whole(plan_file: PlanFile, approve: str | None = None) -> PlanFile:
    """The plan, if it is what was written, and with the digest `approve` where that is given. Errors: ScriptChanged."""
    _refuse_changed(plan_file, approve)
    for way in Direction:
        _refuse_unplanned(plan_file, way)
    return plan_file


def _refuse_changed(plan_file: PlanFile, approve: str | None) -> None:
    directory = plan_file.directory
    if PLAN in plan_file.changed:
        raise ScriptChanged(
            f"{PLAN} of {directory} changed after the plan was proven: restore it from version control, or make the "
            f"plan again: schemadiff plan --name {plan_file.plan.name}"
        )
    if plan_file.changed:
        raise ScriptChanged(
            f"{' and '.join(plan_file.changed)} of {directory} changed after the plan was proven: restore "
            f"the file from version control, or prove the change with 'schemadiff prove {directory}'"
            + since_approved(plan_file)
        )
    if approve is not None and approve != plan_file.approval:
        raise ScriptChanged(
            f"{directory} holds another plan than the approved one: {plan_file.approval} stands there, "
            f"{approve} was approved: read it and approve what stands there, or undo the change"
            + since_approved(plan_file, approve)
        )


def _refuse_unplanned(plan_file: PlanFile, direction: Direction) -> None:
    """Hazards, checks and preflights are those of the plan's steps: a script may hold nothing else."""
    if difference := unplanned(plan_file, direction):
        raise ScriptChanged(
            f"{difference}: restore the files of {plan_file.directory} from version control, or prove the script with "
            f"'schemadiff prove {plan_file.directory}'"
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
