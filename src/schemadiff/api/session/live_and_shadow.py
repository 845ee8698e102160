"""A session on live beside shadow databases on a scratch server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from schemadiff.api.session.project_scope import DEFAULT_ROLE, role_of, scope_of_files, scope_to_rehearse
from schemadiff.api.session.timings import Timings
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.versions import SUPPORTED, USUAL_MAJOR, major
from schemadiff.config import Project
from schemadiff.connection import Connection, connect
from schemadiff.desired.belonging.uncovered import left_alone, uncovered, uncovered_notes
from schemadiff.desired.files import NOTHING, Desired
from schemadiff.errors import ConfigError
from schemadiff.scratch.starting import scratch_server
from schemadiff.shadow.databases import ShadowDatabases


@dataclass(frozen=True, slots=True)
class LiveAndShadow:
    """A session on live, its catalog, and shadow databases that begin as live does."""

    connection: Connection
    live: Catalog
    shadow: ShadowDatabases


@contextmanager
def live_and_shadow(
    live_url: str,
    project: Project,
    timings: Timings,
    scope: Scope | None = None,
    known_to: int | None = None,
    desired: Desired = NOTHING,
) -> Iterator[LiveAndShadow]:
    """Live is read while the scratch server starts; `scope` is that of the project and of its `desired` files if None.

    Both are read in the words of the older one, or in those of the version `known_to` if that is older still.
    Errors: ConnectionFailed, InspectionError, ScratchError, ConfigError.
    """
    # The scratch server catches signals, which only the main thread may: so live is read in the other one.
    with connect(live_url) as connection, connect(live_url) as second, ExitStack() as stack:
        untold = () if scope else uncovered(desired)
        scope = scope or scope_to_rehearse([connection], project)
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
        yield LiveAndShadow(connection, live, shadow)


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
