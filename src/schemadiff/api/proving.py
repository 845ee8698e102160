"""Proving scripts on shadow databases, and what live adds to a proof: how large and busy its tables are."""

from dataclasses import replace

from schemadiff.api.timings import Timings
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading.loads import TableLoad, read_loads
from schemadiff.connection import Connection
from schemadiff.plans.forecast import touched
from schemadiff.plans.model import BothWays
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.proof.proof import Proven, prove
from schemadiff.proof.rows.making.sampling import Sample
from schemadiff.shadow.databases import ShadowDatabases


def prove_scripts(
    scripts: BothWays,
    live: Catalog,
    wanted: Catalog,
    shadow: ShadowDatabases,
    wanted_url: str,
    judge: SecondJudge,
    timings: Timings,
) -> Proven:
    """The proof of both scripts on a copy of what they can touch of live; `wanted_url` holds the desired schema."""
    with timings.part("copy live"):
        stage = shadow.stage(scripts, live, wanted, wanted_url)
    with timings.part("prove"):
        proven = prove(
            scripts.up,
            scripts.down,
            live=stage.live,
            desired=stage.desired,
            shadow=shadow,
            wanted_url=stage.wanted_url,
            judge=judge,
            sample=Sample(shadow.live, shadow.sampled) if shadow.live and shadow.sampled else None,
        )
    return replace(proven, proof=replace(proven.proof, objects=stage.objects))


def loads_of(proven: Proven, connection: Connection) -> tuple[TableLoad, ...]:
    """How large and busy the tables are that the scripts lock or work on, by the names that the scripts use."""
    on_live = {name: proven.live_names[name] for name in touched(proven.scripts) if name in proven.live_names}
    loads = {load.table: load for load in read_loads(connection, set(on_live.values()))}
    return tuple(replace(loads[live], table=name) for name, live in sorted(on_live.items()) if live in loads)
