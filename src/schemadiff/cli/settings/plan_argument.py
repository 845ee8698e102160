"""Finding the plan that a user means: by path, by name, or by name without its time."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from schemadiff.cli.settings.options import Session
from schemadiff.config import Project
from schemadiff.errors import PlanFileError, SchemadiffError
from schemadiff.project_files import leads_out
from schemadiff.toml_table import nearest

if TYPE_CHECKING:
    from schemadiff.api import Direction, PlanFile

_PLAIN = re.compile(r"\w[\w.+-]*", re.ASCII)

Command = TypeVar("Command", bound=Callable[..., object])


def plan_argument(function: Command) -> Command:
    """Add PLAN, a plan's directory or name."""
    return click.argument("plan", metavar="PLAN", shell_complete=_completions)(function)


def _completions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The plans of the project that begin so, with and without their times; none that a shell would interpret."""
    try:
        folder = ctx.ensure_object(Session).project.plans
        names = sorted((path.parent.name for path in folder.glob("*/plan.json")), reverse=True)
    except (SchemadiffError, OSError):
        return []
    known = dict.fromkeys([*names, *(name.partition("_")[2] for name in names)])
    return [name for name in known if name.startswith(incomplete) and _PLAIN.fullmatch(name)]


def optional_plan_argument(function: Command) -> Command:
    """Add PLAN, which the ledger of live names where it is left out."""
    return click.argument("plan", metavar="[PLAN]", required=False, shell_complete=_completions)(function)


def plan_to_run(direction: "Direction", session: Session) -> Path:
    """The plan that is half done on live; else the newest that waits to be applied, or the last that was applied.

    Errors: PlanFileError where there is none; those of `status`.
    """
    from schemadiff.api import status, written_plans

    history, plans = status(session.target.url, applying=session.project.apply_as), session.project.plans
    if history.interrupted is not None:
        return _from_here(history.interrupted.plan, session)
    newest = max((run for run in history.runs if run.plan in history.applied), key=lambda run: run.id, default=None)
    if direction.value == "down":
        if newest is None:
            raise PlanFileError("no plan is applied to this database: there is nothing to roll back")
        return _from_here(newest.plan, session)
    seen = {run.plan for run in history.runs if run.effective and run.direction.value == "up"}
    waiting = [name for name in written_plans(plans) if name not in history.applied]
    fresh = [name for name in waiting if name not in seen] or waiting
    if not fresh:
        raise PlanFileError(f"no plan in {plans} waits to be applied: make one with 'schemadiff plan'")
    return _from_here(max(fresh), session)


def plan_or_record(text: str, session: Session) -> Path:
    """The directory that `text` names; where there is none, where that of a plan lay that live's ledger knows by it.

    Errors: those of `plan_directory`, where the ledger knows no such plan, either, or no database is named.
    """
    try:
        return plan_directory(text, session.project)
    except PlanFileError:
        if session.target_if_named is None:
            raise
        from schemadiff.api import status

        name = Path(text).name
        known = dict.fromkeys(
            run.plan for run in status(session.target.url, applying=session.project.apply_as).runs if run.effective
        )
        fitting = [plan for plan in known if name in (plan, plan.partition("_")[2])]
        if len(fitting) != 1:
            raise
        return session.project.plans / fitting[0]


def _from_here(plan: str, session: Session) -> Path:
    """The plan's directory as one would type it."""
    return from_here(plan_or_record(plan, session))


def from_here(directory: Path) -> Path:
    """A path as one would type it."""
    here = Path.cwd()
    return directory.relative_to(here) if directory.is_relative_to(here) else directory


def plan_directory(text: str, project: Project) -> Path:
    """The directory that `text` names: itself, one in the plans folder, or the only one named ..._text.

    Errors: PlanFileError when there is none or more than one.
    """
    path = Path(text)
    if path.is_file():
        path = path.parent
    for directory in (path, project.plans / text):
        if (directory / "plan.json").is_file():
            return _inside(directory, project)
    from schemadiff.api import written_plans

    names = written_plans(project.plans)
    fitting = [name for name in names if name.partition("_")[2] == text]
    if len(fitting) == 1:
        return _inside(project.plans / fitting[0], project)
    if fitting:
        raise PlanFileError(f"several plans are named {text!r}: {', '.join(fitting)}; give the whole name")
    hint = nearest(text, names) if names else f"{project.plans} holds none; make one with: schemadiff plan"
    raise PlanFileError(f"there is no plan {text!r}: {hint}")


def _inside(directory: Path, project: Project) -> Path:
    """A plan's directory, which must be in the project if its name is."""
    if directory.absolute().is_relative_to(project.root) and leads_out(directory, project.root):
        raise PlanFileError(f"{directory} is a link that leads out of the project {project.root}: put the plan there")
    return directory


def read_plan_named(text: str, project: Project) -> "PlanFile":
    """The plan that `text` names, read from its directory."""
    from schemadiff.api import read_plan

    return read_plan(plan_directory(text, project))
