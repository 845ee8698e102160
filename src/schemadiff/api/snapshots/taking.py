"""Taking a snapshot of live: in a job that may connect to it, for those that may not."""

from datetime import UTC, datetime
from pathlib import Path

from schemadiff.api.looking.statistics import read_statistics
from schemadiff.api.session.live_and_shadow import shadow_databases
from schemadiff.api.session.on_live import OnDatabase
from schemadiff.api.session.project_scope import role_of, scope_to_rehearse
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.api.snapshots.answers import Listening
from schemadiff.api.snapshots.bodies import withhold
from schemadiff.api.snapshots.files import write_snapshot
from schemadiff.api.snapshots.snapshot import Snapshot
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.surroundings import read_surroundings
from schemadiff.catalog.versions import HAS_MEMBERSHIP_OPTIONS
from schemadiff.config import Project
from schemadiff.connection import Connection, connect
from schemadiff.connection_string import shown
from schemadiff.desired.files import NOTHING
from schemadiff.execution.record.archive import archived_names
from schemadiff.execution.record.published import publications
from schemadiff.scratch.baseline.live_roles import memberships
from schemadiff.scratch.stand_ins.reading import installed_extensions, members_of
from schemadiff.shadow.of_desired.desired_database import create_desired_database
from schemadiff.shadow.of_desired.trying import schemas_there

_TABLES = """
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""


def snapshot(
    live_url: str, project: Project, out: Path, *, bodies: bool = False, progress: PlanProgress = untold
) -> Snapshot:
    """Write what planning asks of the live database to the file `out`: no rows, and bodies of routines with `bodies`.

    Live is only read. Errors: ConnectionFailed, InspectionError, ScratchError, ConfigError, LedgerUnreadable.
    """
    timings = Timings(progress)
    with connect(live_url, purpose="schemadiff snapshot") as connection:
        listening = Listening(connection)
        scope, role = scope_to_rehearse([listening], project), role_of(listening, project)
        with timings.part("read live"):
            catalog = inspect(connection, scope, as_role=project.apply_as)
        _ask(listening, project, timings, catalog)
        on_live = OnDatabase(connection, project.apply_as)
        taken = Snapshot(
            taken_at=datetime.now(UTC).replace(microsecond=0),
            target=shown(live_url),
            role=role,
            catalog=catalog if bodies else withhold(catalog),
            answers=listening.answers,
            loads=on_live.loads(_tables(connection)),
            unfinished=on_live.unfinished(),
            done=on_live.finished_backfills(),
        )
    write_snapshot(taken, out)
    return taken


def _ask(listening: Listening, project: Project, timings: Timings, catalog: Catalog) -> None:
    """Ask all that planning can ask, whatever the files declare and whichever server rehearses it."""
    with shadow_databases(listening, project, timings, catalog.scope) as shadow, timings.part("ask as a plan does"):
        create_desired_database(shadow, NOTHING, "desired", catalog)
    for options in {False, listening.info.server_version >= HAS_MEMBERSHIP_OPTIONS}:
        memberships(listening, options=options)
    for extension in installed_extensions(listening):
        members_of(listening, extension)
    read_surroundings(listening, catalog.scope)
    read_statistics(listening)
    schemas_there(listening)
    archived_names(listening)
    tuple(publications(listening))


def _tables(connection: Connection) -> list[str]:
    return [str(name) for (name,) in connection.execute(_TABLES)]
