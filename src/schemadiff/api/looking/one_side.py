"""One state of a database with what stands around it: live, or the files in a shadow database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from schemadiff.access.matrix import Access
from schemadiff.api.looking.statistics import read_statistics
from schemadiff.api.session.access_of_plan import access_of_files
from schemadiff.api.session.live_and_shadow import live_and_shadow, shadow_databases
from schemadiff.api.session.project_scope import role_of, scope_to_rehearse
from schemadiff.api.session.timings import Timings
from schemadiff.api.snapshots.files import read_snapshot
from schemadiff.api.snapshots.snapshot import Snapshot
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.surroundings import read_surroundings
from schemadiff.config import Project
from schemadiff.connection import connect
from schemadiff.desired.files import desired_of
from schemadiff.desired.places import Places
from schemadiff.lint.rule import Statistics
from schemadiff.shadow.of_desired.desired_database import create_desired_database


@dataclass(frozen=True, slots=True)
class OneSide:
    """What roles can do, and what is only known of live, or of files."""

    access: Access
    statistics: Statistics | None = None
    places: Places | None = None


def live_side(live: str | Path, project: Project, timings: Timings) -> OneSide:
    """Live, which is only read, or a snapshot of it. Errors: ConnectionFailed, InspectionError, SnapshotUnfit."""
    if isinstance(live, Path):
        return _snapshot_side(read_snapshot(live), project)
    with connect(live) as connection, timings.part("read live"):
        catalog = inspect(connection, scope_to_rehearse([connection], project))
        around = read_surroundings(connection, catalog.scope, project.exposed)
        return OneSide(Access(catalog, around), read_statistics(connection))


def _snapshot_side(snapshot: Snapshot, project: Project) -> OneSide:
    connection = snapshot.session
    catalog = snapshot.within(scope_to_rehearse([connection], project), role_of(connection, project))
    around = read_surroundings(connection, catalog.scope, project.exposed)
    return OneSide(Access(catalog, around), read_statistics(connection))


@contextmanager
def files_side(live: str | Path | None, project: Project, timings: Timings) -> Iterator[OneSide]:
    """What the files declare, beside live's roles if a database is named.

    Errors: DesiredError, ConnectionFailed, InspectionError, ScratchError, ConfigError.
    """
    desired = desired_of(project)
    places = Places(desired.statements, project.root)
    if live is None:
        with shadow_databases(None, project, timings) as shadow, timings.part("load desired schema"):
            wanted, _ = create_desired_database(shadow, desired, "desired")
            with psycopg.connect(shadow.deputy.url("desired"), autocommit=True) as connection:
                around = read_surroundings(connection, wanted.scope, project.exposed)
            yield OneSide(Access(wanted, around), places=places)
        return
    with live_and_shadow(live, project, timings) as session, timings.part("load desired schema"):
        wanted, _ = create_desired_database(session.shadow, desired, "desired", session.live)
        around = read_surroundings(session.connection, session.live.scope, project.exposed)
        yield OneSide(access_of_files(session, wanted, around), places=places)
