"""The way between two sides of which some are files, or which is to be proven."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from schemadiff.api.session.live_and_shadow import refuse_given_server, shadow_databases
from schemadiff.api.session.new_plan import new_plan
from schemadiff.api.session.project_scope import scope_to_rehearse
from schemadiff.api.session.proving import prove_scripts
from schemadiff.api.session.timings import Timings
from schemadiff.api.snapshots.bodies import refuse_withheld, with_bodies_of
from schemadiff.api.snapshots.snapshot import Snapshot
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.config import Project
from schemadiff.connection import Connection
from schemadiff.desired.files import read_desired
from schemadiff.desired.reading.annotations import Renamed
from schemadiff.difference.diff import diff
from schemadiff.difference.sides import Sides
from schemadiff.planning.renames.both_ways import both_ways_with_renames
from schemadiff.planning.renames.policy import RenamePolicy
from schemadiff.plans.model import Plan
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.of_desired.desired_database import create_desired_database
from schemadiff.shadow.of_live.catalog_copy import copy_catalog, read_empty
from schemadiff.shadow.of_live.renamed_copy import rename_in_copy


@dataclass(frozen=True, slots=True)
class _Side:
    """One side as a catalog, and a URL of a database that is like it; files say what they have `renamed`, too."""

    catalog: Catalog
    url: str
    renamed: tuple[Renamed, ...] | None = None


def compare_in_shadow(
    sides: Sequence[Connection | Path | Snapshot],
    names: tuple[str, str],
    project: Project,
    renames: RenamePolicy | None,
    timings: Timings,
    *,
    proof: bool,
    whole_proof: bool,
) -> Plan:
    """The plan between two sides, with files loaded into shadow databases; `names` are as the caller gave them."""
    connections = [_session(side, project) for side in sides if not isinstance(side, Path)]
    connection = connections[0] if connections else None
    scope = scope_to_rehearse(connections, project) if connections else None
    with SecondJudge(early=proof) as judge, shadow_databases(connection, project, timings, scope) as shadow:
        shadow.known_to = min([shadow.known_to, *(side.info.server_version for side in connections)])
        given = [_given(side, shadow, project) for side in sides]
        model = next((one for one in given if one is not None), None)
        read = [
            _loaded(Path(name), name, database, shadow, model, project, timings)
            if catalog is None
            else _Side(catalog, name)
            for catalog, name, database in zip(given, names, ("from", "to"), strict=True)
        ]
        both = _with_bodies(Sides(*(side.catalog for side in read)), proof=proof)
        of_files = [side.renamed for side in read if side.renamed is not None]
        declared = of_files[-1] if of_files else ()
        with timings.part("plan"):
            scripts = both_ways_with_renames(
                both,
                declared,
                renames or RenamePolicy(),
                partial(rename_in_copy, shadow, both),
            ).scripts
        proven = None
        if proof and scripts.up.segments:
            goal = read[1].url
            if isinstance(sides[1], Snapshot):
                goal = _copied(both.desired, shadow)
            in_scratch = not isinstance(sides[1], psycopg.Connection)
            proven = prove_scripts(
                scripts, both, goal, shadow, judge, timings, whole=whole_proof, in_scratch=in_scratch
            )
            scripts = proven.scripts
        zone = shadow.settings.time_zone
        return new_plan("diff", names[0], both, scripts, proven, shadow.notes, time_zone=zone)


def _session(side: Connection | Snapshot, project: Project) -> Connection:
    if not isinstance(side, Snapshot):
        return side
    refuse_given_server(project)
    return side.session


def _given(side: Connection | Path | Snapshot, shadow: ShadowDatabases, project: Project) -> Catalog | None:
    """What a database holds or held; None for files, which are to be loaded."""
    if isinstance(side, Path):
        return None
    if isinstance(side, Snapshot):
        side.refuse_older(shadow.known_to)
        return side.within(shadow.scope, side.role)
    return inspect(side, shadow.scope, as_known_to=shadow.known_to, as_role=project.apply_as)


def _with_bodies(both: Sides, *, proof: bool) -> Sides:
    """Both sides with bodies of routines that a snapshot does not hold and the other side does.

    Errors: SnapshotUnfit for others that are needed: in a proof, all.
    """
    sides = Sides(with_bodies_of(both.live, both.desired), with_bodies_of(both.desired, both.live))
    needed = None if proof else diff(*sides)
    for side in sides:
        refuse_withheld(side, among=needed)
    return sides


def _copied(catalog: Catalog, shadow: ShadowDatabases) -> str:
    """The URL of a shadow database that is like a snapshot."""
    copy_catalog(catalog, read_empty(shadow, BASELINE, catalog), shadow, "to", baseline=BASELINE)
    return shadow.deputy.url("to")


def _loaded(
    path: Path,
    name: str,
    database: str,
    shadow: ShadowDatabases,
    model: Catalog | None,
    project: Project,
    timings: Timings,
) -> _Side:
    """Files in a shadow database; what they leave open is as in `model`."""
    with timings.part(f"load {name}"):
        templates = project.templates if path.is_dir() and project.templates.is_dir() else None
        root = project.root if path.absolute().is_relative_to(project.root.resolve()) else None
        desired = read_desired(path, templates, roles=project.roles, root=root, variables=project.vars)
        catalog, renamed = create_desired_database(shadow, desired, database, model)
        return _Side(catalog, shadow.deputy.url(database), renamed)
