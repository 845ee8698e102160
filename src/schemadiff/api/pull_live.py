"""Pulling: a live database as the files that declare it, verified before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemadiff.api.session.live_and_shadow import LiveAndShadow, live_and_shadow
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.config import Project
from schemadiff.desired.files import NOTHING, Desired, read_desired, redrafted
from schemadiff.difference.explanation import differences, sentences
from schemadiff.errors import ConfigError, PullRefused
from schemadiff.notes import Note
from schemadiff.project_files import leads_out, replace_file
from schemadiff.pulling.declarations import declarations
from schemadiff.pulling.left_out import LeftOut, left_out
from schemadiff.pulling.writing import texts
from schemadiff.shadow.of_desired.desired_database import create_desired_database


@dataclass(frozen=True, slots=True)
class PulledFile:
    """A file of the project as it is and as it should be; None where it is not there."""

    path: Path
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Pulled:
    """What has to be written so that the files declare the live database, and what they leave out."""

    files: tuple[PulledFile, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]
    timings: dict[str, float]


def pull(live_url: str, project: Project, *, progress: PlanProgress = untold) -> Pulled:
    """The files that declare the live database, which is only read; nothing is written.

    They have been loaded and compared: a plan from the database to them is empty. Errors: PullRefused where one
    would not be; DesiredError, ConnectionFailed, InspectionError, ScratchError, PlanningError, ConfigError.
    """
    timings = Timings(progress)
    desired = _read(project)
    with live_and_shadow(live_url, project, timings) as session:
        if desired.statements:
            with timings.part("verify"):
                verify(session, desired)
            return Pulled((), (), session.shadow.notes, timings.seconds)
        with timings.part("see what live begins with"):
            beginning, _ = create_desired_database(session.shadow, NOTHING, "beginning", session.live)
        with timings.part("write declarations"):
            made = texts(declarations(beginning, session.live))
        drafts: dict[Path, str | None] = {project.desired / path: text for path, text in made.items()}
        with timings.part("verify"):
            verify(session, redrafted(desired, project.desired, drafts, roles=project.roles))
        left = left_out(session.connection, beginning, session.live)
        return Pulled(_files(drafts), left, session.shadow.notes, timings.seconds)


def write_pulled(pulled: Pulled, project: Project) -> None:
    """Write the files. Errors: ConfigError for one that would lie outside of the project."""
    for file in pulled.files:
        if leads_out(file.path, project.root):
            raise ConfigError(f"{file.path} leads out of the project {project.root}")
    for file in pulled.files:
        if file.after is None:
            file.path.unlink()
        else:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file.path, file.after.encode())


def verify(session: LiveAndShadow, drafted: Desired) -> None:
    """Load the files and compare. Errors: PullRefused, naming what differs."""
    wanted, _ = create_desired_database(session.shadow, drafted, "desired", session.live)
    left = sentences(differences(session.live, wanted))
    if left:
        raise PullRefused(left)


def _read(project: Project) -> Desired:
    if not project.desired.exists():
        return NOTHING
    return read_desired(project.desired, project.templates, roles=project.roles, root=project.root)


def _files(drafts: Mapping[Path, str | None]) -> tuple[PulledFile, ...]:
    return tuple(PulledFile(path, None, text) for path, text in drafts.items())
