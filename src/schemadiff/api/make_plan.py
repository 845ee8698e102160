"""Planning: from a live database to the files that declare how it should be, proven."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from schemadiff.api.session.access_of_plan import AccessOfPlan
from schemadiff.api.session.live_and_shadow import LiveAndShadow, live_and_shadow
from schemadiff.api.session.migrations import with_migrations
from schemadiff.api.session.new_plan import new_plan
from schemadiff.api.session.on_live import OnLive
from schemadiff.api.session.proving import loads_of, prove_scripts
from schemadiff.api.session.saved_under_lock import saved_under_lock
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.api.session.trying import tried
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds import AROUND_SCHEMAS, SATELLITES
from schemadiff.catalog.kinds.extension import Extension
from schemadiff.catalog.kinds.privilege.default_privileges import DefaultPrivileges
from schemadiff.catalog.kinds.schema import Schema
from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.config import Project
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.desired.files import Desired, desired_of
from schemadiff.desired.places import Places
from schemadiff.desired.reading.annotations import Renamed
from schemadiff.desired.templating.changed import template_changes
from schemadiff.desired.templating.variables import told_otherwise
from schemadiff.difference.sides import Sides
from schemadiff.errors import ConfigError, NothingDeclared, Refused
from schemadiff.execution.gates.hazards import refuse_hazards
from schemadiff.execution.record.archive import archived_names
from schemadiff.execution.record.published import publications
from schemadiff.notes import Note
from schemadiff.planning.both_ways import Ways
from schemadiff.planning.preflights.backfill_keys import refuse_unfit_keys
from schemadiff.planning.renames.both_ways import both_ways_with_renames
from schemadiff.planning.renames.policy import RenamePolicy
from schemadiff.planning.sizes import Sizes
from schemadiff.plans.finding import Finding
from schemadiff.plans.model import BothWays, Plan, Script, Segment
from schemadiff.plans.preflights import asked_before
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.shadow.of_desired.desired_database import create_desired_database
from schemadiff.shadow.of_desired.unproven import unproven
from schemadiff.shadow.of_live.renamed_copy import rename_in_copy


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and how long its parts took, in seconds."""

    plan: Plan
    timings: dict[str, float]


def plan(
    live: str | Path,
    project: Project,
    *,
    name: str,
    progress: PlanProgress = untold,
    proof: bool = True,
    whole_proof: bool = False,
    sample: int = 0,
    renames: RenamePolicy | None = None,
    allow: frozenset[Hazard] = frozenset(),
    live_queries: bool = True,
    archive: bool = True,
    unfinished: bool = False,
) -> Planned:
    """Plan from the live database to the project's desired files, and prove the plan.

    `live` is a connection string, or the path of a snapshot, which tells nothing of rows. Only reads from live; with
    `live_queries`, rows too once the proof holds, to find those that would make a statement fail. A large database is
    rehearsed as far as the scripts can touch it; with `whole_proof`, all of it. With `sample`, so many rows of each
    table are copied to the rehearsal; their values appear nowhere else. With `archive`, what the plan destroys is kept
    in the database until its rollback or `purge`. Where a run stopped in the middle, nothing is planned unless
    `unfinished` is set. The project says for which tables changes take the form that lets an application go on.
    Errors: Refused, DesiredError, ConnectionFailed, ScratchError, PlanningError, AmbiguousRename, HazardRefused,
    NothingDeclared where the files are empty and the database is not.
    """
    timings = Timings(progress)
    desired = _read(project, timings, rows_of=live if sample else None)
    with SecondJudge(early=proof) as judge, live_and_shadow(live, project, timings, desired=desired) as session:
        _refuse_to_begin(session, desired, project, unfinished=unfinished)
        with timings.part("load desired schema"):
            wanted, declared = create_desired_database(session.shadow, desired, "desired", session.live)
        session = session.with_bodies_of(wanted, all_needed=True)
        shadow, sides, places = session.shadow, Sides(session.live, wanted), Places(desired.statements, project.root)
        with timings.part("plan"):
            access, ways = _ways(session, sides, declared, renames, desired.backfills, project, archive=archive)
            ways = tried(ways, desired.checks, shadow, "desired", sides, allow, places)
        notes = tuple(_notes(session, project, sides, ways.scripts.up))
        refuse_hazards((scripts := ways.scripts).up, allow, "the plan was not written")
        proven, loads, found = None, tuple[TableLoad, ...](), tuple[Finding, ...]()
        if proof and scripts.up.segments:
            url = shadow.deputy.url("desired")
            proven = prove_scripts(ways, sides, url, shadow, judge, timings, whole=whole_proof, sampled=sample)
            scripts, loads = proven.scripts, loads_of(proven, session.on_live)
        if live_queries and proven and proven.proof.holds:
            found = _rows_in_the_way(scripts, session, project, timings)
    planned = new_plan(name, session.target, sides, scripts, proven, notes, time_zone=shadow.settings.time_zone)
    complete = replace(planned, checks=desired.checks, loads=loads, findings=found, role=shadow.role)
    complete = with_migrations(_with_places(complete, sides, places, access, project), ways, sides, project)
    return Planned(replace(complete, ways_back=proven.ways_back) if proven else complete, timings.seconds)


def _read(project: Project, timings: Timings, rows_of: str | Path | None) -> Desired:
    """The desired files. Errors: ConfigError where rows are wanted of a snapshot."""
    if isinstance(rows_of, Path):
        raise ConfigError("a snapshot holds no rows: do without --sample, or plan from live itself")
    with timings.part("read desired files"):
        return desired_of(project)


def _ways(
    session: LiveAndShadow,
    sides: Sides,
    declared: tuple[Renamed, ...],
    renames: RenamePolicy | None,
    backfills: tuple[Backfill, ...],
    project: Project,
    *,
    archive: bool,
) -> tuple[AccessOfPlan, Ways]:
    """Both scripts with what they change in what roles can do."""
    waiting = _waiting(backfills, session.on_live)
    refuse_unfit_keys(waiting, sides)
    archived = archived_names(session.connection) if archive else None
    rename = partial(rename_in_copy, session.shadow, sides)
    segments = tuple(map(Segment.of_backfill, waiting))
    policy = renames or RenamePolicy()
    sizes = Sizes(session.on_live.loads, policy=project.online)
    ways = both_ways_with_renames(sides, declared, policy, rename, backfills=segments, archived=archived, sizes=sizes)
    return AccessOfPlan.told_in(session, ways, sides.desired, project)


def _with_places(plan: Plan, sides: Sides, places: Places, access: AccessOfPlan, project: Project) -> Plan:
    """The plan with where the files declare what it changes, who gets at what, and the advice on that."""
    told = access.told(plan, places, project.lint_ignore)
    held = dict(_held(plan, sides))
    found = {str(one): place for one, holder in held.items() if (place := places.of_object(one, holder))}
    made = {str(one): texts for one, holder in held.items() if (texts := places.made_by(one, holder))}
    return replace(told, places=found, templates=template_changes(made, project.root))


def _held(plan: Plan, sides: Sides) -> Iterator[tuple[Identity, Identity | None]]:
    """What a plan changes, with the table or view that holds it, or held it."""
    for identity in dict.fromkeys(step.id for step in plan.up.by_object):
        side = sides.desired if identity in sides.desired else sides.live
        built = side.get(identity)
        yield identity, side.holder(built) if built is not None else None


def _rows_in_the_way(
    scripts: BothWays, session: LiveAndShadow, project: Project, timings: Timings
) -> tuple[Finding, ...]:
    askable = asked_before(scripts.up).get(None)
    if not askable:
        return ()
    with timings.part("look for rows in the way"):
        return session.on_live.findings(askable, project.live_query_timeout)


def _refuse_to_begin(session: LiveAndShadow, desired: Desired, project: Project, *, unfinished: bool) -> None:
    _refuse_nothing_declared(desired, session.live, project)
    if not unfinished and (half_done := session.on_live.unfinished()):
        raise Refused(f"{half_done}; to plan from the state in between, add --unfinished")


def _refuse_nothing_declared(desired: Desired, live: Catalog, project: Project) -> None:
    """Files that hold nothing at all are a project that has not begun. Errors: NothingDeclared."""
    if desired.statements:
        return
    kept = {Schema.KIND, DefaultPrivileges.KIND, *([Extension.KIND] if live.scope.supabase else [])}
    around = {cls.KIND for cls in (*AROUND_SCHEMAS, *SATELLITES)} | kept
    count = sum(len(rows) for kind, rows in live.rows.items() if kind not in around)
    if count:
        raise NothingDeclared(
            f"the files declare nothing: pull first; {project.desired} is empty, and the database holds {count} "
            "objects, which `schemadiff pull` writes as files"
        )


def _notes(session: LiveAndShadow, project: Project, sides: Sides, up: Script) -> Iterator[Note]:
    """What a reader must know about where the plan is made, and what it finds on live."""
    yield from session.shadow.notes
    yield from told_otherwise(project)
    yield from publications(session.connection)
    yield from unproven(session.shadow, "desired", sides)
    yield from session.on_live.notes(up)
    yield from saved_under_lock(up, Sizes(session.on_live.loads))


def _waiting(backfills: tuple[Backfill, ...], on_live: OnLive) -> list[Backfill]:
    """The backfills that no earlier plan has finished."""
    done = on_live.finished_backfills()
    return [backfill for backfill in backfills if (backfill.name, backfill.sha256) not in done]
