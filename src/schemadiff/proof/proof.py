"""The proof of a plan: up and down on a scratch copy of live, each end judged twice."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from schemadiff.catalog.catalog import Catalog
from schemadiff.planning.explanation import differences
from schemadiff.planning.forecast import corrected
from schemadiff.planning.plan import BothWays, Opinion, Proof, Script
from schemadiff.proof.bundle import Schema, bundle_of
from schemadiff.proof.rehearsal import Failure, rehearse
from schemadiff.proof.second_opinion import second_opinion
from schemadiff.proof.watching import watch
from schemadiff.proof.workshop import BASELINE, COPY, Workshop

REHEARSAL = "rehearsal"
WATCHED = "watched"
INSPECTION = "inspection"


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof, and the scripts with what their statements did; `live_names` has what those call relations of live."""

    proof: Proof
    scripts: BothWays
    live_names: dict[str, str]


def prove(up: Script, down: Script, *, live: Catalog, desired: Catalog, workshop: Workshop, wanted_url: str) -> Proven:
    """Run `up` and then `down` on a scratch copy of live.

    `wanted_url` leads to a database that holds the desired schema. A failed direction is an opinion that
    does not agree; nothing is raised.
    """
    started = time.monotonic()
    server = workshop.server
    workshop.clone(COPY, REHEARSAL)
    workshop.clone(REHEARSAL, WATCHED)  # with its rows, while nobody is in there
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch, BothWays(up, down), server.url(WATCHED, workshop.role), server.url(WATCHED))
        forward = _judged(up, desired, workshop, wanted_url)
        backward: tuple[Opinion, ...] = ()
        if not any(opinion.objects for opinion in forward):
            backward = _judged(down, live, workshop, server.url(COPY))
        seen = watching.result()
    origin = f"PostgreSQL {server.version_num // 10000}.{server.version_num % 10000} ({server.origin})"
    report = None
    if backward and _disagree(backward):
        report = _report(backward, down, live, workshop, server.url(COPY), origin)
    elif _disagree(forward):
        report = _report(forward, up, desired, workshop, wanted_url, origin)
    proof = Proof(forward, backward, origin, round(time.monotonic() - started, 3), report=report)
    same_version = server.version_num // 10000 == live.server_version // 10000
    up, down = (corrected(script, same_version=same_version) for script in (seen.scripts.up, seen.scripts.down))
    return Proven(proof, BothWays(up, down), seen.live_names)


def _judged(script: Script, target: Catalog, workshop: Workshop, model_url: str) -> tuple[Opinion, ...]:
    server = workshop.server
    failure = rehearse(script, server.url(REHEARSAL, workshop.role), server.url(REHEARSAL))
    if failure is not None:
        return (_refused(failure),)
    found = differences(workshop.read(REHEARSAL), target)
    own = Opinion(INSPECTION, not found, differences=found)
    if found:
        return (own,)
    return (own, second_opinion(server.url(REHEARSAL), model_url))


def _disagree(opinions: tuple[Opinion, ...]) -> bool:
    return any(opinion.agrees for opinion in opinions) and any(opinion.objects for opinion in opinions)


def _report(
    opinions: tuple[Opinion, ...], ran: Script, target: Catalog, workshop: Workshop, model_url: str, origin: str
) -> dict[str, str]:
    reached = Schema(workshop.server.url(REHEARSAL), workshop.read(REHEARSAL))
    empty = workshop.read(BASELINE)
    return bundle_of(opinions, ran, reached=reached, expected=Schema(model_url, target), empty=empty, origin=origin)


def _refused(failure: Failure) -> Opinion:
    return Opinion("Postgres", False, (str(failure),))
