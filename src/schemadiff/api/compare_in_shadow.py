"""The way between two sides of which some are files, or which is to be proven."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from schemadiff.api.new_plan import new_plan
from schemadiff.api.proving import prove_scripts
from schemadiff.api.scope import scope_to_rehearse
from schemadiff.api.session import shadow_databases
from schemadiff.api.timings import Timings
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.config import Project
from schemadiff.connection import Connection
from schemadiff.desired.files import read_desired
from schemadiff.desired.reading.annotations import Renamed
from schemadiff.difference.sides import Sides
from schemadiff.planning.renames.both_ways import both_ways_with_renames
from schemadiff.planning.renames.renames import RenamePolicy
from schemadiff.plans.model import Plan
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.shadow.desired_database import create_desired_database
from schemadiff.shadow.renamed_copy import rename_in_copy


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
        catalogs: list[Catalog] = []
        urls: list[str] = []
        declared: tuple[Renamed, ...] = ()
        model = None if connection is None else inspect(connection, shadow.scope)
        for side, name, database in zip(sides, names, ("from", "to"), strict=True):
            if isinstance(side, Path):
                with timings.part(f"load {name}"):
                    templates = project.templates if side.is_dir() and project.templates.is_dir() else None
                    desired = read_desired(side, templates, roles=project.roles)
                    catalog, declared = create_desired_database(shadow, desired, database, model)
                urls.append(shadow.server.url(database))
            else:
                catalog = model if model and side is connection else inspect(side, shadow.scope)
                urls.append(name)
            catalogs.append(catalog)
        both = Sides(*catalogs)
        with timings.part("plan"):
            scripts = both_ways_with_renames(
                both, declared, renames or RenamePolicy(), partial(rename_in_copy, shadow, both.live)
            )
        proven = None
        if proof and scripts.up.segments:
            proven = prove_scripts(scripts, both, urls[1], shadow, judge, timings, whole=whole_proof)
            scripts = proven.scripts
        return new_plan("diff", names[0], both, scripts, proven.proof if proven else None, shadow.notes)
