"""The way between two sides of which some are files, or which is to be proven."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from schemadiff.api.session.live_and_shadow import shadow_databases
from schemadiff.api.session.new_plan import new_plan
from schemadiff.api.session.project_scope import scope_to_rehearse
from schemadiff.api.session.proving import prove_scripts
from schemadiff.api.session.timings import Timings
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.config import Project
from schemadiff.connection import Connection
from schemadiff.desired.files import read_desired
from schemadiff.desired.reading.annotations import Renamed
from schemadiff.difference.sides import Sides
from schemadiff.planning.renames.both_ways import both_ways_with_renames
from schemadiff.planning.renames.policy import RenamePolicy
from schemadiff.plans.model import Plan
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_desired.desired_database import create_desired_database
from schemadiff.shadow.of_live.renamed_copy import rename_in_copy


@dataclass(frozen=True, slots=True)
class _Side:
    """One side as a catalog, and a URL of a database that is like it; files say what they have `renamed`, too."""

    catalog: Catalog
    url: str
    renamed: tuple[Renamed, ...] | None = None


def compare_in_shadow(
    sides: Sequence[Connection | Path],
    names: tuple[str, str],
    project: Project,
    renames: RenamePolicy | None,
    timings: Timings,
    *,
    proof: bool,
    whole_proof: bool,
) -> Plan:
    """The plan between two sides, with files loaded into shadow databases; `names` are as the caller gave them."""
    connections = [side for side in sides if not isinstance(side, Path)]
    connection = connections[0] if connections else None
    scope = scope_to_rehearse(connections, project) if connections else None
    with SecondJudge(early=proof) as judge, shadow_databases(connection, project, timings, scope) as shadow:
        shadow.known_to = min([shadow.known_to, *(side.info.server_version for side in connections)])
        read_as_known = partial(inspect, scope=shadow.scope, as_known_to=shadow.known_to, as_role=project.apply_as)
        model = None if connection is None else read_as_known(connection)
        read = [
            _loaded(side, name, database, shadow, model, project, timings)
            if isinstance(side, Path)
            else _Side(model if model and side is connection else read_as_known(side), name)
            for side, name, database in zip(sides, names, ("from", "to"), strict=True)
        ]
        both = Sides(*(side.catalog for side in read))
        of_files = [side.renamed for side in read if side.renamed is not None]
        declared = of_files[-1] if of_files else ()
        with timings.part("plan"):
            scripts = both_ways_with_renames(
                both,
                declared,
                renames or RenamePolicy(),
                partial(rename_in_copy, shadow, both.live),
            ).scripts
        proven = None
        if proof and scripts.up.segments:
            loaded = read[1].renamed is not None
            proven = prove_scripts(
                scripts, both, read[1].url, shadow, judge, timings, whole=whole_proof, in_scratch=loaded
            )
            scripts = proven.scripts
        zone = shadow.settings.time_zone
        return new_plan("diff", names[0], both, scripts, proven, shadow.notes, time_zone=zone)


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
        desired = read_desired(path, templates, roles=project.roles, root=root)
        catalog, renamed = create_desired_database(shadow, desired, database, model)
        return _Side(catalog, shadow.deputy.url(database), renamed)
