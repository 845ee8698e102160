"""What all lint rules find in one state."""

from pathlib import Path

from schemadiff.api.looking.one_side import OneSide, files_side, live_side
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.config import Project
from schemadiff.errors import ConfigError
from schemadiff.lint.linting import advice_on, found_in
from schemadiff.lint.rule import Side
from schemadiff.plans.advice import Advice


def lint_findings(
    live: str | Path | None, project: Project, *, of_live: bool = False, progress: PlanProgress = untold
) -> tuple[Advice, ...]:
    """What the rules find on live, or in what the files declare, but what the project ignores.

    `live` is a connection string, or the path of a snapshot.

    Errors: ConfigError, DesiredError, ConnectionFailed, InspectionError, ScratchError.
    """
    timings = Timings(progress)
    if of_live:
        if live is None:
            raise ConfigError("no database is named: nothing can be read from it")
        return _found(live_side(live, project, timings), project)
    with files_side(live, project, timings) as side:
        return _found(side, project)


def _found(side: OneSide, project: Project) -> tuple[Advice, ...]:
    return advice_on(found_in(Side(side.access, side.statistics), project.lint_ignore), side.places)
