"""A session on live beside shadow databases on a scratch server."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from schemadiff.api.session.on_live import OnDatabase, OnLive, OnSnapshot
from schemadiff.api.session.project_scope import DEFAULT_ROLE, role_of, scope_of_files, scope_to_rehearse
from schemadiff.api.session.timings import Timings
from schemadiff.api.snapshots.bodies import refuse_withheld, with_bodies_of
from schemadiff.api.snapshots.files import read_snapshot
from schemadiff.api.snapshots.snapshot import Snapshot
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.versions import SUPPORTED, USUAL_MAJOR, major
from schemadiff.config import Project
from schemadiff.connection import Connection, connect
from schemadiff.desired.belonging.rows import kinds_of_rows
from schemadiff.desired.belonging.uncovered import left_alone, uncovered, uncovered_notes
from schemadiff.desired.files import NOTHING, Desired
from schemadiff.errors import ConfigError
from schemadiff.scratch.starting import scratch_server
from schemadiff.shadow.databases import ShadowDatabases


@dataclass(frozen=True, slots=True)
class LiveAndShadow:
    """A session on live, or one that answers as live did; its catalog, and shadow databases that begin as live does.

    `target` is how live is called.
    """

    connection: Connection
    live: Catalog
    shadow: ShadowDatabases
    on_live: OnLive
    target: str

    def with_bodies_of(self, wanted: Catalog, *, all_needed: bool = False) -> "LiveAndShadow":
        """The same with bodies of routines that a snapshot does not hold, where `wanted` has the same ones.

        Errors: SnapshotUnfit for others, if all are needed.
        """
        live = with_bodies_of(self.live, wanted)
        if all_needed:
            refuse_withheld(live)
        return replace(self, live=live)


@contextmanager
def live_and_shadow(
    live: str | Path,
    project: Project,
    timings: Timings,
    scope: Scope | None = None,
    known_to: int | None = None,
    desired: Desired = NOTHING,
    also: Collection[str] = (),
) -> Iterator[LiveAndShadow]:
    """Live, named by a connection string or by the path of a snapshot, beside shadow databases.

    `scope` is that of the project and of its `desired` files if None, with `also` kinds of rows that the files need not
    declare. Both are read in the words of the older one, or in those of the version `known_to` if that is older still.
    Errors: ConnectionFailed, InspectionError, ScratchError, ConfigError, SnapshotUnfit.
    """
    if isinstance(live, Path):
        with snapshot_and_shadow(read_snapshot(live), project, timings, desired) as session:
            yield session
    else:
        rows = {*kinds_of_rows(desired), *also}
        with _database_and_shadow(live, project, timings, scope, known_to, desired, rows) as session:
            yield session


@contextmanager
def snapshot_and_shadow(
    snapshot: Snapshot, project: Project, timings: Timings, desired: Desired = NOTHING
) -> Iterator[LiveAndShadow]:
    """Shadow databases that begin as live did when a snapshot was taken, which holds no rows of the platform's tables.

    Names in it run on the scratch server as a superuser writes them, so that a server which is not shut in is refused.
    Errors: SnapshotUnfit, ScratchError, ConfigError.
    """
    refuse_given_server(project)
    connection = snapshot.session
    role, untold = role_of(connection, project), uncovered(desired)
    scope = scope_to_rehearse([connection], project)
    if untold and scope.supabase:
        scope = scope.leaving_out(left_alone(untold))
    live = snapshot.within(scope, role)
    with shadow_databases(connection, project, timings, scope) as shadow:
        if untold and scope.supabase:
            shadow.tell(uncovered_notes(untold))
        snapshot.refuse_older(shadow.known_to)
        yield LiveAndShadow(connection, live, shadow, OnSnapshot(snapshot), snapshot.target)


def refuse_given_server(project: Project) -> None:
    """Errors: ConfigError where a snapshot would be rehearsed on a server that is not shut in."""
    if project.scratch.url:
        raise ConfigError(
            "a snapshot is rehearsed only on a scratch server that schemadiff starts and shuts in: do without "
            "--scratch-url, and give --scratch-binaries where Postgres is not found"
        )


@contextmanager
def _database_and_shadow(
    live_url: str,
    project: Project,
    timings: Timings,
    scope: Scope | None,
    known_to: int | None,
    desired: Desired,
    rows: Collection[str],
) -> Iterator[LiveAndShadow]:
    """Live is read while the scratch server starts."""
    # The scratch server catches signals, which only the main thread may: so live is read in the other one.
    with connect(live_url) as connection, connect(live_url) as second, ExitStack() as stack:
        untold = () if scope else uncovered(desired)
        scope = scope or scope_to_rehearse([connection], project).with_rows(rows)
        if untold and scope.supabase:
            scope = scope.leaving_out(left_alone(untold))
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(inspect, second, scope, as_role=project.apply_as)
            shadow = stack.enter_context(shadow_databases(connection, project, timings, scope))
            if untold and scope.supabase:
                shadow.tell(uncovered_notes(untold))
            shadow.known_to = min(shadow.known_to, known_to or shadow.known_to)
            live = reading.result()
        if major(shadow.known_to) < major(live.known_to):
            live = inspect(second, scope, as_known_to=shadow.known_to, as_role=project.apply_as)
        second.close()
        yield LiveAndShadow(connection, live, shadow, OnDatabase(connection, project.apply_as), live_url)


def _major_of_files(project: Project) -> int:
    said = project.supabase.major if project.supabase else None
    return said if said is not None and said in SUPPORTED else USUAL_MAJOR


@contextmanager
def shadow_databases(
    connection: Connection | None, project: Project, timings: Timings, scope: Scope | None = None
) -> Iterator[ShadowDatabases]:
    """Shadow databases on a scratch server like the one of `connection`; for files alone, as the project says.

    Errors: ScratchError; SandboxMissing where the project requires one; ConfigError where roles would be rehearsed on a
    server that may be somebody's.
    """
    settings, scope = project.scratch, scope or scope_of_files(project)
    if scope.roles and settings.url:
        raise ConfigError(
            "roles cannot be rehearsed on a scratch server that was given by URL: all its databases share them, and "
            "they may be somebody's; give no URL, so that a private server is started, or do without --roles"
        )
    wanted = major(connection.info.server_version) if connection else _major_of_files(project)
    role = role_of(connection, project) if connection else DEFAULT_ROLE
    with ExitStack() as stack:
        with timings.part("start scratch server"):
            server = stack.enter_context(
                scratch_server(
                    wanted,
                    "supabase" if scope.supabase else "plain",
                    settings.url,
                    settings.cache_dir,
                    settings.binaries,
                    roles_apart=scope.roles,
                    sandboxed=settings.require_sandbox,
                )
            )
            shadow = ShadowDatabases(server, scope, connection, role)
        yield shadow
