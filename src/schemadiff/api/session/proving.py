"""Proving scripts on shadow databases, and what live adds to a proof: how large and busy its tables are."""

from dataclasses import replace

from schemadiff.api.session.on_live import OnLive
from schemadiff.api.session.timings import Timings
from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.difference.sides import Sides
from schemadiff.planning.both_ways import Ways
from schemadiff.plans.forecast import touched
from schemadiff.plans.model import BothWays
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.proof.proof import Proven, prove
from schemadiff.proof.rows.making.sampling import Sample
from schemadiff.shadow.databases import ShadowDatabases
from schemadiff.shadow.of_live.live_copy import copy_for_rehearsal


def prove_scripts(
    ways: Ways | BothWays,
    sides: Sides,
    desired_url: str,
    shadow: ShadowDatabases,
    judge: SecondJudge,
    timings: Timings,
    *,
    whole: bool = False,
    sampled: int = 0,
    in_scratch: bool = True,
) -> Proven:
    """The proof of both scripts on a copy of what they can touch of live, or, with `whole`, of all of it.

    `desired_url` leads to a database with the desired schema, a shadow database with `in_scratch`. `sampled` is how
    many rows of each table are copied from live; where it is 0, rows are made up. Of `Ways`, those back from the
    middle of up are rehearsed, too.
    """
    planned = ways if isinstance(ways, Ways) else None
    scripts = ways if isinstance(ways, BothWays) else ways.scripts
    with timings.part("copy live"):
        copies = copy_for_rehearsal(shadow, scripts, sides, desired_url, whole=whole, in_scratch=in_scratch)
    with timings.part("prove"):
        sample = Sample(shadow.live, sampled) if shadow.live and sampled else None
        return prove(scripts, copies, shadow=shadow, judge=judge, sample=sample, ways=planned)


def loads_of(proven: Proven, on_live: OnLive) -> tuple[TableLoad, ...]:
    """How large and busy the tables are that the scripts lock or work on, by the names that the scripts use."""
    names = {name: proven.live_names[name] for name in touched(proven.scripts) if name in proven.live_names}
    loads = {load.table: load for load in on_live.loads(set(names.values()))}
    return tuple(replace(loads[live], table=name) for name, live in sorted(names.items()) if live in loads)
