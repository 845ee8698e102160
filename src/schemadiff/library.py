"""schemadiff as a library: inspect, plan, diff and drift, each one function.

The command line is a thin user of these. Nothing here prints or reads the environment; `progress` is told in
words what happens.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.hazard import Hazard
from schemadiff.catalog.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.config import Profile, Project
from schemadiff.connection_string import without_password
from schemadiff.desired.annotations import Renamed
from schemadiff.desired.files import read_desired
from schemadiff.desired.steps import Backfill
from schemadiff.errors import ConfigError, HazardRefused
from schemadiff.execution.connection import Connection, connect
from schemadiff.execution.ledger import finished_backfills
from schemadiff.planning import planner
from schemadiff.planning.diff import diff
from schemadiff.planning.plan import Plan, Proof, Script, Segment, Step
from schemadiff.planning.renames import RenamePolicy, look_alikes, refuse_unanswered
from schemadiff.proof.proof import prove
from schemadiff.proof.second_opinion import call_the_judge
from schemadiff.proof.workshop import BothWays, Workshop
from schemadiff.scratch.profile import detect_profile
from schemadiff.scratch.server import scratch_server

Progress = Callable[[str], None]

DEFAULT_MAJOR = 17
"""Of the scratch server where no database says which one is wanted."""

DEFAULT_ROLE = "postgres"
"""Who loads files where no database says as whom."""


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


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and how long its parts took, in seconds."""

    plan: Plan
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a database is not what the files declare, one line an object."""

    changes: tuple[str, ...]


def inspect_live(url: str, project: Project) -> Catalog:
    """The catalog of the database at `url` within the project's scope."""
    with connect(url, purpose="schemadiff inspect") as connection:
        return inspect(connection, scope_of(connection, project))


def scope_of(connection: Connection, project: Project) -> Scope:
    """The project's scope; profile auto looks at the database."""
    profile = project.profile
    found = detect_profile(connection) if profile is Profile.AUTO else profile.value
    return Scope.of(found, project.include, project.exclude)


def make_plan(
    live_url: str,
    project: Project,
    *,
    name: str,
    progress: Progress,
    proof: bool = True,
    renames: RenamePolicy | None = None,
    allow: frozenset[Hazard] = frozenset(),
) -> Planned:
    """Plan from the live database to the project's desired files, and prove the plan.

    Only reads from live. Errors: DesiredError, ConnectionFailed, ScratchError, PlanningError,
    AmbiguousRename, HazardRefused.
    """
    timings = Timings(progress)
    if proof:
        call_the_judge()
    with timings.part("read desired files"):
        desired = read_desired(project.desired, project.templates)
    with ExitStack() as stack:
        connection, live, workshop = stack.enter_context(_beside(live_url, project, timings))
        with timings.part("load desired schema"):
            wanted, declared = workshop.load(desired, "desired", live)
        with timings.part("plan"):
            made = workshop.plan(live, wanted, declared, renames or RenamePolicy())
        done = finished_backfills(connection)
        made = _with_backfills(made, [b for b in desired.backfills if (b.name, b.sha256) not in done])
        refuse_hazards(made.up, allow)
        proven = None
        if proof and made.up.segments:
            proven = _prove(made, live, wanted, workshop, workshop.server.url("desired"), timings)
    plan = _plan(name, live_url, live, wanted, made, proven, workshop.notes)
    return Planned(replace(plan, checks=desired.checks), timings.seconds)


def diff_script(
    from_side: str,
    to_side: str,
    project: Project,
    *,
    progress: Progress,
    renames: RenamePolicy | None = None,
    proof: bool = True,
) -> Plan:
    """The plan that turns FROM into TO; each side is a connection string, or a folder or file of SQL.

    Two databases are compared without a scratch server unless the plan is to be proven or holds renames.
    """
    policy = renames or RenamePolicy()
    timings = Timings(progress)
    with ExitStack() as stack:
        sides = [_opened(side, stack) for side in (from_side, to_side)]
        connections = [side for side in sides if not isinstance(side, Path)]
        if len(connections) == 2 and not proof and not policy.renamed:
            before, after = _inspect_both(connections[0], connections[1], project, timings)
            refuse_unanswered(look_alikes(diff(before, after), before, after, policy), policy)
            made = BothWays(planner.script(before, after), planner.script(after, before))
            return _plan("diff", from_side, before, after, made, None, ())
        return _diff_in_workshop(sides, (from_side, to_side), project, policy, proof, timings, stack)


def drift_of(live_url: str, project: Project, *, progress: Progress) -> Drift:
    """Where the live database is not what the project's files declare."""
    timings = Timings(progress)
    desired = read_desired(project.desired, project.templates)
    with _beside(live_url, project, timings) as (_, live, workshop):
        with timings.part("load desired schema"):
            wanted, _ = workshop.load(desired, "desired", live)
        return Drift(planner.differences(live, wanted))


def refuse_hazards(script: Script, allow: frozenset[Hazard]) -> None:
    """Raise HazardRefused for a statement with a hazard that needs allowing and is not in `allow`."""
    found = [
        (hazard, step.summary)
        for step in script.steps
        for hazard in step.hazards
        if hazard.needs_allowing and hazard not in allow
    ]
    if found:
        lines = "\n".join(f"  {hazard}: {summary}" for hazard, summary in found)
        names = ",".join(sorted({str(hazard) for hazard, _ in found}))
        raise HazardRefused(f"the plan holds hazards that are not allowed:\n{lines}\nto allow them: --allow {names}")


def _opened(side: str, stack: ExitStack) -> Connection | Path:
    """A side as a session or as a path that exists."""
    if "://" in side or "=" in side:
        return stack.enter_context(connect(side, purpose="schemadiff diff"))
    path = Path(side)
    if not path.exists():
        raise ConfigError(f"{side} is neither a connection string nor a folder or file of SQL")
    return path


def _inspect_both(
    first: Connection, second: Connection, project: Project, timings: Timings
) -> tuple[Catalog, Catalog]:
    """Both catalogs at once, within one scope."""
    with timings.part("inspect both databases"), ThreadPoolExecutor(1) as pool:
        scope = scope_of(first, project)
        other = pool.submit(inspect, second, scope)
        return inspect(first, scope), other.result()


def _diff_in_workshop(
    sides: list[Connection | Path],
    names: tuple[str, str],
    project: Project,
    policy: RenamePolicy,
    proof: bool,
    timings: Timings,
    stack: ExitStack,
) -> Plan:
    connection = next((side for side in sides if not isinstance(side, Path)), None)
    workshop = stack.enter_context(_workshop(connection, project, timings))
    catalogs: list[Catalog] = []
    urls: list[str] = []
    declared: tuple[Renamed, ...] = ()
    model = None if connection is None else inspect(connection, workshop.scope)
    for side, name, database in zip(sides, names, ("from", "to"), strict=True):
        if isinstance(side, Path):
            with timings.part(f"load {name}"):
                templates = project.templates if side.is_dir() and project.templates.is_dir() else None
                catalog, declared = workshop.load(read_desired(side, templates), database, model)
            urls.append(workshop.server.url(database))
        else:
            catalog = model if model and side is connection else inspect(side, workshop.scope)
            urls.append(name)
        catalogs.append(catalog)
    before, after = catalogs
    with timings.part("plan"):
        made = workshop.plan(before, after, declared, policy)
    proven = _prove(made, before, after, workshop, urls[1], timings) if proof and made.up.segments else None
    return _plan("diff", names[0], before, after, made, proven, workshop.notes)


@contextmanager
def _beside(
    live_url: str, project: Project, timings: Timings
) -> Iterator[tuple[Connection, Catalog, Workshop]]:
    """A session on live, its catalog, and a workshop; the last two are made at the same time."""
    # The scratch server catches signals, which only the main thread may: so live is read in the other one.
    with connect(live_url) as connection, connect(live_url) as second, ExitStack() as stack:
        scope = scope_of(connection, project)
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(inspect, second, scope)
            workshop = stack.enter_context(_workshop(connection, project, timings, scope))
            live = reading.result()
        second.close()
        yield connection, live, workshop


@contextmanager
def _workshop(
    connection: Connection | None, project: Project, timings: Timings, scope: Scope | None = None
) -> Iterator[Workshop]:
    settings = project.scratch
    if scope is None and connection is not None:
        scope = scope_of(connection, project)
    if scope is None:
        profile = "plain" if project.profile is Profile.AUTO else project.profile.value
        scope = Scope.of(profile, project.include, project.exclude)
    major = connection.info.server_version // 10000 if connection else DEFAULT_MAJOR
    role = connection.info.user if connection else DEFAULT_ROLE
    with ExitStack() as stack:
        with timings.part("start scratch server"):
            server = stack.enter_context(
                scratch_server(
                    major,
                    "supabase" if scope.supabase else "plain",
                    settings.url,
                    settings.cache_dir,
                    settings.binaries,
                )
            )
            workshop = Workshop(server, scope, connection, role)
        yield workshop


def _prove(
    made: BothWays, live: Catalog, wanted: Catalog, workshop: Workshop, wanted_url: str, timings: Timings
) -> Proof:
    with timings.part("copy live"):
        workshop.copy(live)
    with timings.part("prove"):
        return prove(made.up, made.down, live=live, desired=wanted, workshop=workshop, wanted_url=wanted_url)


def _with_backfills(made: BothWays, backfills: list[Backfill]) -> BothWays:
    segments = tuple(
        Segment(
            (Step(b.sql, f"backfill {b.name}: rows of {b.table}", f"backfill {b.name}", holder=f"table {b.table}"),),
            backfill=b,
        )
        for b in backfills
    )
    return BothWays(Script((*made.up.segments, *segments), made.up.preflights), made.down)


def _plan(
    name: str,
    live_url: str,
    live: Catalog,
    wanted: Catalog,
    made: BothWays,
    proof: Proof | None,
    notes: tuple[str, ...],
) -> Plan:
    return Plan(
        name=name,
        created_at=datetime.now(UTC).replace(microsecond=0),
        target=without_password(live_url),
        server_version=live.server_version,
        live=live.state(),
        desired=wanted.state(),
        up=made.up,
        down=made.down,
        unmanaged=live.unmanaged,
        notes=notes,
        scope=live.scope.as_lists(),
        proof=proof,
    )
