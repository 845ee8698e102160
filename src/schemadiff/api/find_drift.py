"""Where a database is not what the files declare."""

from dataclasses import dataclass

from schemadiff.api.session.live_and_shadow import live_and_shadow
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.config import Project
from schemadiff.connection import Connection
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


def drift(live_url: str, project: Project, *, progress: PlanProgress = untold) -> Drift:
    """Where the live database is not what the project's files declare; both are only read.

    Errors: DesiredError, ConnectionFailed, InspectionError, ScratchError, ConfigError.
    """
    timings = Timings(progress)
    desired = desired_of(project)
    with live_and_shadow(live_url, project, timings, desired=desired) as session:
        with timings.part("load desired schema"):
            wanted, _ = create_desired_database(session.shadow, desired, "desired", session.live)
        return Drift(differences(session.live, wanted), _unfinished(session.connection))


def _unfinished(connection: Connection) -> str | None:
    from schemadiff.execution.gates.unfinished import in_words, unfinished_run  # SQLAlchemy: long to import

    try:
        run = unfinished_run(connection)
    except LedgerUnreadable as error:
        return f"whether a plan is half done is not known: {error}"
    return None if run is None else in_words(run)
