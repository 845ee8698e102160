"""Making a plan again that was reviewed before live or the files moved on."""

from dataclasses import dataclass
from pathlib import Path

from schemadiff.api.make_plan import plan
from schemadiff.api.read_status import status
from schemadiff.api.session.timings import PlanProgress, untold
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import Project
from schemadiff.errors import Refused
from schemadiff.execution.approvals.changed_words import changed_words
from schemadiff.planning.renames.policy import RenamePolicy
from schemadiff.plans.directory.approval import approved_words
from schemadiff.plans.directory.reading import PlanFile, read_plan
from schemadiff.plans.model import Plan
from schemadiff.plans.scripts.body import script_sql


@dataclass(frozen=True, slots=True)
class Rebased:
    """A plan as it was, as it is made now, and what an approval of the first does not cover of the second, in words.

    Where there are no such changes, the digest is the same, and so are all approvals.
    """

    before: PlanFile
    plan: Plan
    changes: tuple[str, ...]


def rebase(
    directory: Path,
    live: str | Path,
    project: Project,
    *,
    progress: PlanProgress = untold,
    renames: RenamePolicy | None = None,
    allow: frozenset[Hazard] = frozenset(),
    archive: bool = True,
) -> Rebased:
    """Make the plan in `directory` again, from live as it is and the project's files as they are; nothing is written.

    Hazards that it has are allowed, and so are those in `allow`. Errors: those of `plan`; Refused where it is applied,
    or half done; PlanFileError.
    """
    before = read_plan(directory)
    if isinstance(live, str):
        _refuse_begun(before.name, live, project)
    allowed = allow | {hazard for way in (before.plan.up, before.plan.down) for hazard in way.hazards}
    made = plan(
        live,
        project,
        name=before.plan.name,
        progress=progress,
        renames=renames,
        allow=allowed,
        archive=archive,
    ).plan
    now = approved_words(made, script_sql(made.up), script_sql(made.down))
    return Rebased(before, made, changed_words(approved_words(before.plan, *before.bodies), now))


def _refuse_begun(name: str, live: str, project: Project) -> None:
    history = status(live, applying=project.apply_as)
    begun = history.interrupted is not None and history.interrupted.plan == name
    if begun or name in history.applied:
        state = "half done" if begun else "applied"
        raise Refused(f"plan {name} is {state} here: only a plan that has not begun is made again")
