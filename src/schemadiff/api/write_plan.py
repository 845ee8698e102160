"""Writing a plan where people review it."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from schemadiff.api.session.migrations import remove_migrations, write_migrations
from schemadiff.config import Project
from schemadiff.errors import PlanFileError, ScriptChanged
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import read_plan, written_plans
from schemadiff.plans.directory.serialization import PLAN, REVIEW, STATES, plan_id
from schemadiff.plans.directory.writing import write_plan
from schemadiff.plans.model import Plan
from schemadiff.plans.scripts.writing import ScriptPair
from schemadiff.review.markdown import review_markdown


def write(plan: Plan, folder: Path, project: Project | None = None, *, replacing: Iterable[Path] = ()) -> Path:
    """Write `plan` with its review.md into a new directory below `folder`, and return its path.

    The plans in `replacing` are removed once it is there. Where it is migrations of the Supabase CLI, too, these are
    written into the folder of `project`, and those of the plans in `replacing` are removed from it.
    Errors: PlanFileError when the plan's directory is there already or cannot be written.
    """
    directory = write_plan(plan, folder, others=review_of(plan, folder / plan_id(plan)))
    for old in replacing:
        if project is not None:
            remove_migrations(read_plan(old).plan, project)
        shutil.rmtree(old, ignore_errors=True)
    if project is not None and plan.migrations is not None:
        write_migrations(plan.migrations.up, project)
    return directory


def replaced_by(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """The plans in `folder` that `plan` may take the place of: of the same name and for the same database.

    Not those that a person edited or signed. Whether one was applied, the database's ledger knows.
    """
    return tuple(
        folder / name
        for name in written_plans(folder)
        if name.partition("_")[2] == plan.name and name != plan_id(plan) and _is_draft(folder / name, plan)
    )


def _is_draft(directory: Path, plan: Plan) -> bool:
    """Whether a directory holds a plan for the same database as it was written, and nothing else."""
    try:
        found = read_plan(directory)
    except (PlanFileError, ScriptChanged):
        return False
    ours = {PLAN, REVIEW, STATES, *(direction.file for direction in Direction)}
    untouched = not found.changed and not any(path.name not in ours for path in directory.iterdir())
    by_hand = any(step.by_hand for way in Direction for step in found.plan.script(way).steps)
    return untouched and not by_hand and not directory.is_symlink() and found.plan.target == plan.target


def review_of(plan: Plan, directory: Path) -> Callable[[ScriptPair], Mapping[str, str]]:
    """review.md of a plan that lies in `directory`, once the texts of its scripts are known."""
    return lambda scripts: {REVIEW: review_markdown(plan, scripts.approval, str(directory))}
