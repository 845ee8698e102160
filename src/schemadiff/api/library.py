"""schemadiff as a library: inspect, plan, prove, diff and drift, each one function.

The command line is a thin user of these. Nothing here prints or reads the environment; `progress` is told in
words what happens.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from schemadiff.api.comparison import Progress, Timings, new_plan, rehearsed_scope
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.loads import TableLoad, read_loads
from schemadiff.catalog.scope import REACHING_OUT, Scope
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import Profile, Project
from schemadiff.connection import Connection, connect
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.desired.files import read_desired
from schemadiff.desired.reading.annotations import Renamed
from schemadiff.difference.explanation import Difference, differences
from schemadiff.errors import ConfigError, HazardRefused
from schemadiff.execution.gates.asking import findings
from schemadiff.execution.gates.drift import refuse_other_goal, refuse_other_state
from schemadiff.execution.record.archive import archived_names
from schemadiff.planning.renames.renames import RenamePolicy
from schemadiff.plans.forecast import touched
from schemadiff.plans.model import BothWays, Finding, Plan, Script, Segment, Step
from schemadiff.plans.preflights import asked_before
from schemadiff.plans.reading import read_plan
from schemadiff.plans.rereading import edits, scripts_as_they_stand, without_edits
from schemadiff.proof.judges.second_opinion import call_the_judge
from schemadiff.proof.proof import Proven, prove
from schemadiff.proof.rows.making.sampling import Sample
from schemadiff.review.reviewed_plan import restamp_reviewed_plan
from schemadiff.scratch.server import scratch_server
from schemadiff.shadow.workshop import Additions, Workshop

DEFAULT_MAJOR = 17
"""Of the scratch server where no database says which one is wanted."""

DEFAULT_ROLE = "postgres"
"""Who loads files where no database says as whom."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and how long its parts took, in seconds."""

    plan: Plan
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class Reproven:
    """A plan by its scripts as they stand, with their proof; its notes say what was edited.

    `approval` is the new digest of both scripts, None where the proof does not hold and nothing was written.
    """

    plan: Plan
    approval: str | None
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a database (found) is not what the files declare (expected)."""

    changes: tuple[Difference, ...]


def make_plan(
    live_url: str,
    project: Project,
    *,
    name: str,
    progress: Progress,
    proof: bool = True,
    whole_proof: bool = False,
    sample: int = 0,
    renames: RenamePolicy | None = None,
    allow: frozenset[Hazard] = frozenset(),
    live_queries: bool = True,
    archive: bool = True,
) -> Planned:
    """Plan from the live database to the project's desired files, and prove the plan.

    Only reads from live; with `live_queries`, rows too, to find those that would make a statement fail. A
    large database is rehearsed as far as the scripts can touch it; with `whole_proof`, all of it. With
    `sample`, so many rows of each table are copied to the rehearsal; their values appear nowhere else.
    With `archive`, what the plan destroys is kept in the database until its rollback or `purge`.
    Errors: DesiredError, ConnectionFailed, ScratchError, PlanningError, AmbiguousRename, HazardRefused.
    """
    timings = Timings(progress)
    if proof:
        call_the_judge()
    with timings.part("read desired files"):
        desired = read_desired(project.desired, project.templates, roles=project.roles)
    with ExitStack() as stack:
        connection, live, workshop = stack.enter_context(_beside(live_url, project, timings))
        workshop.whole, workshop.sampled = whole_proof, sample
        with timings.part("load desired schema"):
            wanted, declared = workshop.load(desired, "desired", live)
        from schemadiff.execution.record.ledger import finished_backfills  # SQLAlchemy: long to import, late to need

        done = finished_backfills(connection)
        waiting = [b for b in desired.backfills if (b.name, b.sha256) not in done]
        additions = Additions(_segments(waiting), archived_names(connection) if archive else None)
        with timings.part("plan"):
            made = workshop.plan(live, wanted, declared, renames or RenamePolicy(), additions)
        refuse_hazards(made.up, allow)
        proven, loads, found = None, tuple[TableLoad, ...](), tuple[Finding, ...]()
        if proof and made.up.segments:
            proven = _prove(made, live, wanted, workshop, workshop.server.url("desired"), timings)
            made = proven.scripts
            loads = _loads(proven, connection)
        if live_queries and (askable := asked_before(made.up).get(None)):
            with timings.part("look for rows in the way"):
                found = tuple(findings(connection, askable, project.live_query_timeout))
    plan = new_plan(name, live_url, live, wanted, made, proven.proof if proven else None, workshop.notes)
    return Planned(replace(plan, checks=desired.checks, loads=loads, findings=found), timings.seconds)


def prove_plan(
    directory: Path, live_url: str, project: Project, *, progress: Progress, whole_proof: bool = False
) -> Reproven:
    """Prove what stands in up.sql and down.sql of the plan in `directory` now.

    If the proof holds, the headers of both files, plan.json and review.md are written anew; else nothing is.
    Live is only read and must be as the plan was made for it, and so must the project's desired files.
    Errors: PlanFileError, DriftRefused, Refused, DesiredError, ConnectionFailed, ScratchError.
    """
    timings = Timings(progress)
    call_the_judge()
    plan_file = read_plan(directory)
    plan, standing = plan_file.plan, scripts_as_they_stand(plan_file)
    scope = Scope.from_lists(plan.scope)
    with timings.part("read desired files"):
        desired = read_desired(project.desired, project.templates, roles=scope.roles)
    with ExitStack() as stack:
        connection, live, workshop = stack.enter_context(_beside(live_url, project, timings, scope))
        workshop.whole = whole_proof
        refuse_other_state(plan_file, live.state())
        with timings.part("load desired schema"):
            wanted, _ = workshop.load(desired, "desired", live)
        refuse_other_goal(plan_file, wanted.state())
        proven = _prove(standing, live, wanted, workshop, workshop.server.url("desired"), timings)
        loads = _loads(proven, connection)
        askable = asked_before(standing.up).get(None, ())
        found = tuple(findings(connection, askable, project.live_query_timeout)) if plan.findings else ()
    up, down = proven.scripts.up, proven.scripts.down
    notes = (*without_edits(plan.notes), *edits(BothWays(plan.up, plan.down), standing))
    made = replace(plan, up=up, down=down, proof=proven.proof, loads=loads, notes=notes, findings=found)
    approval = restamp_reviewed_plan(made, directory, plan_file.bodies).approval if proven.proof.holds else None
    return Reproven(made, approval, timings.seconds)


def drift_of(live_url: str, project: Project, *, progress: Progress) -> Drift:
    """Where the live database is not what the project's files declare."""
    timings = Timings(progress)
    desired = read_desired(project.desired, project.templates, roles=project.roles)
    with _beside(live_url, project, timings) as (_, live, workshop):
        with timings.part("load desired schema"):
            wanted, _ = workshop.load(desired, "desired", live)
        return Drift(differences(live, wanted))


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


def diff_in_workshop(
    sides: list[Connection | Path],
    names: tuple[str, str],
    project: Project,
    policy: RenamePolicy,
    timings: Timings,
    stack: ExitStack,
    *,
    proof: bool,
    whole_proof: bool,
) -> Plan:
    """The plan between two sides, of which some are files or the whole is to be proven; `stack` ends the server."""
    connections = [side for side in sides if not isinstance(side, Path)]
    connection = connections[0] if connections else None
    scope = rehearsed_scope(connections, project) if connections else None
    workshop = stack.enter_context(_workshop(connection, project, timings, scope))
    workshop.whole = whole_proof
    catalogs: list[Catalog] = []
    urls: list[str] = []
    declared: tuple[Renamed, ...] = ()
    model = None if connection is None else inspect(connection, workshop.scope)
    for side, name, database in zip(sides, names, ("from", "to"), strict=True):
        if isinstance(side, Path):
            with timings.part(f"load {name}"):
                templates = project.templates if side.is_dir() and project.templates.is_dir() else None
                desired = read_desired(side, templates, roles=project.roles)
                catalog, declared = workshop.load(desired, database, model)
            urls.append(workshop.server.url(database))
        else:
            catalog = model if model and side is connection else inspect(side, workshop.scope)
            urls.append(name)
        catalogs.append(catalog)
    before, after = catalogs
    with timings.part("plan"):
        made = workshop.plan(before, after, declared, policy)
    proven = None
    if proof and made.up.segments:
        proven = _prove(made, before, after, workshop, urls[1], timings)
        made = proven.scripts
    return new_plan("diff", names[0], before, after, made, proven.proof if proven else None, workshop.notes)


@contextmanager
def _beside(
    live_url: str, project: Project, timings: Timings, scope: Scope | None = None
) -> Iterator[tuple[Connection, Catalog, Workshop]]:
    """A session on live, its catalog, and a workshop; the last two are made at the same time."""
    # The scratch server catches signals, which only the main thread may: so live is read in the other one.
    with connect(live_url) as connection, connect(live_url) as second, ExitStack() as stack:
        scope = scope or rehearsed_scope([connection], project)
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
    if scope is None:
        profile = "plain" if project.profile is Profile.AUTO else project.profile.value
        scope = Scope.of(profile, project.include, project.exclude)
        if project.roles:
            scope = scope.with_roles([DEFAULT_ROLE, *REACHING_OUT], settings=False)
    if scope.roles and settings.url:
        raise ConfigError(
            "roles cannot be rehearsed on the scratch server that [scratch] url names: all its databases share them, "
            "and they may be somebody's; take url out, so that a private server is started, or do without --roles"
        )
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
                    roles_apart=scope.roles,
                )
            )
            workshop = Workshop(server, scope, connection, role)
        yield workshop


def _prove(
    made: BothWays, live: Catalog, wanted: Catalog, workshop: Workshop, wanted_url: str, timings: Timings
) -> Proven:
    with timings.part("copy live"):
        stage = workshop.stage(made, live, wanted, wanted_url)
    with timings.part("prove"):
        proven = prove(
            made.up,
            made.down,
            live=stage.live,
            desired=stage.desired,
            workshop=workshop,
            wanted_url=stage.wanted_url,
            sample=Sample(workshop.live, workshop.sampled) if workshop.live and workshop.sampled else None,
        )
    return replace(proven, proof=replace(proven.proof, objects=stage.objects))


def _loads(proven: Proven, connection: Connection) -> tuple[TableLoad, ...]:
    """How large and busy the tables are that the scripts lock or work on, by the names that the scripts use."""
    on_live = {name: proven.live_names[name] for name in touched(proven.scripts) if name in proven.live_names}
    found = {load.table: load for load in read_loads(connection, set(on_live.values()))}
    return tuple(replace(found[live], table=name) for name, live in sorted(on_live.items()) if live in found)


def _segments(backfills: list[Backfill]) -> tuple[Segment, ...]:
    return tuple(
        Segment(
            (Step(b.sql, f"backfill {b.name}: rows of {b.table}", f"backfill {b.name}", holder=f"table {b.table}"),),
            backfill=b,
        )
        for b in backfills
    )
