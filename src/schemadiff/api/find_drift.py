"""Where a database is not what the files declare."""

from dataclasses import dataclass
from pathlib import Path

from schemadiff.api.session.live_and_shadow import live_and_shadow
from schemadiff.api.session.on_live import OnLive
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.config import Project
from schemadiff.desired.files import desired_of
from schemadiff.difference.explanation import Difference, differences, sentences
from schemadiff.errors import LedgerUnreadable
from schemadiff.shadow.of_desired.desired_database import create_desired_database


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a database (found) is not what the files declare (expected).

    `unfinished` says which plan is half done there, if one is.
    """

    changes: tuple[Difference, ...]
    unfinished: str | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every difference in words, the parts of an object that comes or goes only counted."""
        return sentences(self.changes)


def drift(live: str | Path, project: Project, *, progress: PlanProgress = untold) -> Drift:
    """Where the live database is not what the project's files declare; both are only read.

    `live` is a connection string, or the path of a snapshot.

    Errors: DesiredError, ConnectionFailed, InspectionError, ScratchError, ConfigError.
    """
    timings = Timings(progress)
    desired = desired_of(project)
    with live_and_shadow(live, project, timings, desired=desired) as session:
        with timings.part("load desired schema"):
            wanted, _ = create_desired_database(session.shadow, desired, "desired", session.live)
        session = session.with_bodies_of(wanted)
        return Drift(differences(session.live, wanted), _unfinished(session.on_live))


def _unfinished(on_live: OnLive) -> str | None:
    try:
        return on_live.unfinished()
    except LedgerUnreadable as error:
        return f"whether a plan is half done is not known: {error}"
