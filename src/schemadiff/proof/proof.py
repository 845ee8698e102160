"""The proof of a plan: up and down on a scratch copy of live, each end judged twice."""

import time
from dataclasses import dataclass

from schemadiff.catalog.catalog import Catalog
from schemadiff.planning.plan import BothWays, Opinion, Proof, Script
from schemadiff.planning.planner import differences
from schemadiff.proof.rehearsal import Failure, rehearse
from schemadiff.proof.second_opinion import second_opinion
from schemadiff.proof.workshop import COPY, Workshop

REHEARSAL = "rehearsal"
INSPECTION = "inspection"


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof, and the scripts that it is about with what was observed of their statements."""

    proof: Proof
    scripts: BothWays


def prove(up: Script, down: Script, *, live: Catalog, desired: Catalog, workshop: Workshop, wanted_url: str) -> Proven:
    """Run `up` and then `down` on a scratch copy of live.

    `wanted_url` leads to a database that holds the desired schema. A failed direction is an opinion that
    does not agree; nothing is raised.
    """
    started = time.monotonic()
    server = workshop.server
    workshop.clone(COPY, REHEARSAL)
    forward = _judged(up, desired, workshop, wanted_url)
    backward: tuple[Opinion, ...] = ()
    if all(opinion.agrees for opinion in forward):
        backward = _judged(down, live, workshop, server.url(COPY))
    origin = f"PostgreSQL {server.version_num // 10000}.{server.version_num % 10000} ({server.origin})"
    proof = Proof(forward, backward, origin, round(time.monotonic() - started, 3))
    return Proven(proof, BothWays(up, down))


def _judged(script: Script, target: Catalog, workshop: Workshop, model_url: str) -> tuple[Opinion, ...]:
    server = workshop.server
    failure = rehearse(script, server.url(REHEARSAL, workshop.role), server.url(REHEARSAL))
    if failure is not None:
        return (_refused(failure),)
    found = differences(workshop.read(REHEARSAL), target)
    own = Opinion(INSPECTION, not found, found)
    return (own, second_opinion(server.url(REHEARSAL), model_url))


def _refused(failure: Failure) -> Opinion:
    return Opinion("Postgres", False, (str(failure),))
