"""Two databases compared: all that needs no scratch server, and so starts fast.

What plans is imported in the functions, once both servers are at work.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.fingerprint import State
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import REACHING_OUT, Scope
from schemadiff.config import Profile, Project
from schemadiff.connection import Connection, connect
from schemadiff.connection_string import without_password
from schemadiff.errors import ConfigError
from schemadiff.scratch.profile import detect_profile

if TYPE_CHECKING:
    from schemadiff.planning.renames.renames import RenamePolicy
    from schemadiff.plans.model import BothWays, Plan, Proof

Progress = Callable[[str], None]


@dataclass(slots=True)
class Timings:
    """Seconds by part, in the order in which the parts ran."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time a part and tell `progress` about it."""
        self.progress(name)
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - started, 3)


def inspect_live(url: str, project: Project) -> Catalog:
    """The catalog of the database at `url` within the project's scope."""
    with connect(url, purpose="schemadiff inspect") as connection:
        return inspect(connection, scope_of(connection, project))


def scope_of(connection: Connection, project: Project) -> Scope:
    """The project's scope; profile auto looks at the database."""
    profile = project.profile
    found = detect_profile(connection) if profile is Profile.AUTO else profile.value
    return Scope.of(found, project.include, project.exclude)


def rehearsed_scope(sides: Sequence[Connection], project: Project) -> Scope:
    """The project's scope for a plan that is rehearsed; with roles, without those that no rehearsal may hold.

    These are superusers, and what reaches out of databases. Settings of the database stay out, too: scratch
    databases have their own.
    """
    scope = scope_of(sides[0], project)
    if not project.roles:
        return scope
    query = "SELECT rolname FROM pg_catalog.pg_roles WHERE rolsuper OR oid = 10 OR rolname = current_user"
    left_alone = {name for side in sides for (name,) in side.execute(query)}
    return scope.with_roles(sorted(left_alone.union(REACHING_OUT)), settings=False)


def diff_script(
    from_side: str,
    to_side: str,
    project: Project,
    *,
    progress: Progress,
    renames: "RenamePolicy | None" = None,
    proof: bool = True,
    whole_proof: bool = False,
) -> "Plan":
    """The plan that turns FROM into TO; each side is a connection string, or a folder or file of SQL.

    Two databases are compared without a scratch server unless the plan is to be proven or holds renames; such
    a plan is for reading only: it has no way back and no states.
    """
    timings = Timings(progress)
    with ExitStack() as stack:
        sides = [_opened(side, stack) for side in (from_side, to_side)]
        connections = [side for side in sides if not isinstance(side, Path)]
        if len(connections) == 2 and not proof and not (renames and renames.renamed):
            return _read_only_plan(connections, from_side, project, renames, timings)
        from schemadiff.api.library import diff_in_workshop
        from schemadiff.planning.renames.renames import RenamePolicy

        return diff_in_workshop(
            sides, (from_side, to_side), project, renames or RenamePolicy(), timings, stack,
            proof=proof, whole_proof=whole_proof,
        )  # fmt: skip


def _read_only_plan(
    sides: list[Connection], from_side: str, project: Project, renames: "RenamePolicy | None", timings: Timings
) -> "Plan":
    with timings.part("inspect both databases"), ThreadPoolExecutor(2) as pool:
        reading = _inspect_both(sides, project, pool)
        from schemadiff.difference.diff import diff
        from schemadiff.planning import planner
        from schemadiff.planning.renames.renames import RenamePolicy, look_alikes, refuse_unanswered
        from schemadiff.plans.model import BothWays, Script

        before, after = (side.result() for side in reading)
    policy = renames or RenamePolicy()
    changes = diff(before, after)
    refuse_unanswered(look_alikes(changes, before, after, policy), policy)
    made = BothWays(planner.script(before, after, changes=changes), Script(()))
    return new_plan("diff", from_side, before, after, made, None, (), stateless=True)


def _opened(side: str, stack: ExitStack) -> Connection | Path:
    """A side as a session or as a path that exists."""
    if "://" in side or "=" in side:
        return stack.enter_context(connect(side, purpose="schemadiff diff"))
    path = Path(side)
    if not path.exists():
        raise ConfigError(f"{side} is neither a connection string nor a folder or file of SQL")
    return path


def _inspect_both(sides: list[Connection], project: Project, pool: ThreadPoolExecutor) -> list[Future[Catalog]]:
    """Both catalogs, read at once within one scope."""
    scope = scope_of(sides[0], project)
    if project.roles:
        scope = scope.with_roles(sorted({role for side in sides for role in _reading_roles(side)}))
    return [pool.submit(inspect, side, scope) for side in sides]


def _reading_roles(side: Connection) -> list[str]:
    """As whom a side is read, and its bootstrap superuser: what no script can make or drop."""
    query = "SELECT rolname FROM pg_catalog.pg_roles WHERE oid = 10 OR rolname = current_user ORDER BY 1"
    return [name for (name,) in side.execute(query)]


def new_plan(
    name: str,
    live_url: str,
    live: Catalog,
    wanted: Catalog,
    made: "BothWays",
    proof: "Proof | None",
    notes: tuple[str, ...],
    *,
    stateless: bool = False,
) -> "Plan":
    """A plan made now, for the database at `live_url`."""
    from schemadiff.plans.model import Plan

    nothing = State("", {})
    return Plan(
        name=name,
        created_at=datetime.now(UTC).replace(microsecond=0),
        target=without_password(live_url),
        server_version=live.server_version,
        live=nothing if stateless else live.state(),
        desired=nothing if stateless else wanted.state(),
        up=made.up,
        down=made.down,
        unmanaged=live.unmanaged,
        notes=notes,
        scope=live.scope.as_lists(),
        proof=proof,
    )
