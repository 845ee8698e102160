"""The proof of a plan: up and down on a scratch copy of live, each end judged twice."""

import time

from schemadiff.catalog.catalog import Catalog
from schemadiff.planning.plan import Opinion, Proof, Script
from schemadiff.planning.planner import differences
from schemadiff.proof.copy import read_scratch, unquoted
from schemadiff.proof.rehearsal import Failure, rehearse
from schemadiff.proof.second_opinion import second_opinion
from schemadiff.scratch.server import ScratchServer

REHEARSAL = "rehearsal"
INSPECTION = "inspection"


def prove(
    up: Script, down: Script, *, live: Catalog, desired: Catalog, server: ScratchServer, copy: str, wanted: str
) -> Proof:
    """Run `up` and then `down` on a copy of scratch database `copy`.

    `wanted` is the scratch database that holds the desired schema. A failed direction is an opinion that
    does not agree; nothing is raised.
    """
    started = time.monotonic()
    server.create_database(REHEARSAL, template=copy)
    forward = _judged(up, desired, live, server, wanted)
    backward: tuple[Opinion, ...] = ()
    if all(opinion.agrees for opinion in forward):
        backward = _judged(down, live, live, server, copy)
    origin = f"PostgreSQL {server.version_num // 10000}.{server.version_num % 10000} ({server.origin})"
    return Proof(forward, backward, origin, round(time.monotonic() - started, 3))


def _judged(
    script: Script, target: Catalog, live: Catalog, server: ScratchServer, model: str
) -> tuple[Opinion, ...]:
    role = unquoted(live.current_user)
    failure = rehearse(script, server.url(REHEARSAL, role), server.url(REHEARSAL))
    if failure is not None:
        return (_refused(failure),)
    found = differences(read_scratch(server, REHEARSAL, live), target)
    own = Opinion(INSPECTION, not found, found)
    return (own, second_opinion(server.url(REHEARSAL), server.url(model)))


def _refused(failure: Failure) -> Opinion:
    return Opinion("Postgres", False, (str(failure),))
