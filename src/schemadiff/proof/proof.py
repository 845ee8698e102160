"""The proof of a plan: up and down on a scratch copy of live, each end judged twice."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from schemadiff.catalog.versions import major, printed
from schemadiff.difference.explanation import differences
from schemadiff.difference.sides import Sides
from schemadiff.errors import PlanningError
from schemadiff.planning.both_ways import Ways, both_ways
from schemadiff.plans.direction import Direction
from schemadiff.plans.forecast import corrected
from schemadiff.plans.model import BothWays, Opinion, Proof, Script, WayBack
from schemadiff.proof.bundle import ShadowSchema, bundle_of
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.proof.judges.third_opinion import overruled
from schemadiff.proof.rows.making.sampling import Sample
from schemadiff.proof.rows.rehearsal_rows import ROWS, RehearsalRows
from schemadiff.proof.watching.watching import Watched, watch
from schemadiff.proof.waypoints import Waypoints
from schemadiff.proof.ways_back import WaysBack
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY, RehearsalCopies
from schemadiff.shadow.rehearsing.failed_step import Failure
from schemadiff.shadow.rehearsing.rehearsal import rehearse
from schemadiff.shadow.repeated_reading import RepeatedReading
from schemadiff.shadow.wording.same_words import in_words_of, other_words

REHEARSAL = "rehearsal"
WATCHED = "watched"
INSPECTION = "inspection"

_NO_CAST = ("42846", "42804")
"""SQLSTATEs of a conversion for which Postgres has no cast."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof, and the scripts with what their statements did; `live_names` has what those call relations of live.

    `reworded` has, for either direction, objects that are as they should be and that the server words otherwise there.
    """

    proof: Proof
    scripts: BothWays
    live_names: dict[str, str]
    reworded: dict[Direction, dict[str, str]]
    ways_back: tuple[WayBack, ...] = ()


def prove(
    scripts: BothWays,
    copies: RehearsalCopies,
    *,
    shadow: ShadowDatabases,
    judge: SecondJudge,
    sample: Sample | None = None,
    ways: Ways | None = None,
) -> Proven:
    """Run both scripts on a copy of live with rows in it: made-up ones, or those of the sample.

    With `ways`, the ways back from the middle of up are planned and rehearsed, too.

    A failed direction is an opinion that does not agree; nothing is raised.
    """
    started = time.monotonic()
    server = shadow.server
    rows = RehearsalRows(scripts, copies.sides, shadow, sample)
    reading = RepeatedReading(shadow, REHEARSAL)
    passed = [Waypoints(script, reading.read) for script in (scripts.up, scripts.down)]
    judges = _Judges(shadow, rows, judge, copies, reading, passed)
    if copies.copied is not None:
        passed[0].begin(copies.copied)
    back = WaysBack(ways, passed[0], shadow, rows, copies.sides.live)
    while True:
        forward, backward, failed, seen = _rehearsed(scripts, judges, back)
        if failed is None:
            break
        learned = shadow.superuser(REHEARSAL).learns(failed[0], scripts, partial(_planned, copies.sides))
        if not (learned or rows.delete_refused(*failed)):
            break
        server.drop_database(WATCHED)
        server.drop_database(REHEARSAL)
    origin = f"PostgreSQL {printed(server.version_num)} ({server.origin})"
    proof = Proof(
        forward,
        backward,
        origin,
        round(time.monotonic() - started, 3),
        rows.coverage,
        objects=copies.objects,
        used=rows.used,
        report=judges.report(scripts, forward, backward, origin),
    )
    observed = _observed(seen.scripts, passed, shadow, copies.sides)
    return Proven(proof, observed, seen.live_names, judges.reworded, back.found())


def _rehearsed(
    scripts: BothWays, judges: "_Judges", back: WaysBack
) -> tuple["Opinions", "Opinions", tuple[Failure, Script] | None, Watched]:
    """One rehearsal of all: the opinions on up and down, the statement that failed, and what was watched."""
    shadow = judges.shadow
    shadow.clone(COPY, REHEARSAL)
    shadow.clone(REHEARSAL, WATCHED)  # with its rows, while it has no sessions
    with ThreadPoolExecutor(2) as pool, closing(judges.reading), back.beside(pool) as begin:
        url, superuser = shadow.server.url(WATCHED, shadow.role), shadow.superuser(WATCHED)
        watching = pool.submit(watch, scripts, url, superuser, shadow.deputy.url(WATCHED), shadow.settings)
        forward, backward, failed = judges.judged(scripts, before_down=begin)
        if failed is not None or any(opinion.objects for opinion in backward):
            back.give_up()
        return forward, backward, failed, watching.result()


def _observed(scripts: BothWays, passed: Sequence[Waypoints], shadow: ShadowDatabases, sides: Sides) -> BothWays:
    """The scripts with what their statements do on live's version, and with what each segment leaves."""
    same_version = major(shadow.server.version_num) == major(sides.live.server_version)
    up, down = (
        looks.marked(corrected(script, same_version=same_version), side.state())
        for looks, script, side in zip(passed, (scripts.up, scripts.down), sides, strict=True)
    )
    return BothWays(up, down)


def _planned(sides: Sides) -> frozenset[str]:
    """The statements of a plan between the two states, both ways."""
    try:
        ways = both_ways(*sides, archived=None).scripts
    except PlanningError:
        return frozenset()
    return frozenset(step.sql for script in (ways.up, ways.down) for step in script.steps)


Opinions = tuple[Opinion, ...]


@dataclass(frozen=True, slots=True)
class _Judges:
    """Judges of both directions; up should end where `copies` have desired, down where they have live."""

    shadow: ShadowDatabases
    rows: RehearsalRows
    second: SecondJudge
    copies: RehearsalCopies
    reading: RepeatedReading
    passed: Sequence[Waypoints]
    """They look at the states between segments, on the way up and on the way down."""
    reworded: dict[Direction, dict[str, str]] = field(default_factory=dict)

    @property
    def above(self) -> ShadowSchema:
        """What up should lead to."""
        return ShadowSchema(self.copies.desired_url, self.copies.sides.desired, self.copies.desired_in_scratch)

    @property
    def below(self) -> ShadowSchema:
        """What down should lead to."""
        return ShadowSchema(self.shadow.deputy.url(COPY), self.copies.sides.live)

    def judged(
        self, scripts: BothWays, *, before_down: Callable[[], None]
    ) -> tuple[Opinions, Opinions, tuple[Failure, Script] | None]:
        """The opinions on up, and on down unless up failed; and the statement that failed, if one did."""
        forward, failure = self._ran(Direction.UP)
        if failure is not None:
            return forward, (), (failure, scripts.up)
        if any(opinion.objects for opinion in forward):
            return forward, (), None
        self.rows.change_as_users(REHEARSAL)  # when all judges have looked: it disables triggers meanwhile
        before_down()
        backward, failure = self._ran(Direction.DOWN)
        return forward, backward, None if failure is None else (failure, scripts.down)

    def _ran(self, direction: Direction) -> tuple[Opinions, Failure | None]:
        """The opinions on a direction, or how it failed."""
        passed = direction.choose(*self.passed)
        expected = direction.choose(self.above, self.below)
        server = self.shadow.server
        url, superuser = server.url(REHEARSAL, self.shadow.role), self.shadow.superuser(REHEARSAL)
        conceal, settings = self.rows.real, self.shadow.settings
        failure = rehearse(passed.script, url, superuser, conceal=conceal, settings=settings, between=passed.look)
        if failure is not None:
            text = f"{failure}{self.rows.hint(failure)}{superuser.hint(failure)}{_hint(failure)}"
            return (Opinion("Postgres", False, (text,), sqlstate=failure.sqlstate),), failure
        reached = self.reading.read()
        if direction is Direction.UP:
            self.passed[1].begin(reached)
        settled = in_words_of(expected.catalog, reached, expected.url) if expected.in_scratch else reached
        self.reworded[direction] = other_words(reached, settled)
        found = differences(settled, expected.catalog)
        inspection = Opinion(INSPECTION, not found, differences=found)
        if found:
            return (inspection,), None
        with ThreadPoolExecutor(1) as pool:
            reading = expected.url if expected.in_scratch else None
            second = pool.submit(self.second.opinion, self.shadow.deputy.url(REHEARSAL), expected.url, reading)
            of_rows = direction.choose(self.rows.judge_up, self.rows.judge_down)(REHEARSAL)
            opinion = second.result()
        if opinion.objects:
            opinion = overruled(opinion, superuser.url, expected.url, server.version_num)
        opinions = (inspection, opinion, of_rows)
        return tuple(opinion for opinion in opinions if opinion is not None), None

    def report(self, scripts: BothWays, forward: Opinions, backward: Opinions, origin: str) -> dict[str, str] | None:
        """The files of a bug report where one judge of the schema agrees and the other does not."""
        if backward and _disagree(backward):
            opinions, ran, expected = backward, scripts.down, self.below
        elif _disagree(forward):
            opinions, ran, expected = forward, scripts.up, self.above
        else:
            return None
        reached = ShadowSchema(self.shadow.deputy.url(REHEARSAL), self.shadow.read(REHEARSAL))
        empty = self.shadow.read(BASELINE)
        return bundle_of(opinions, ran, reached=reached, expected=expected, empty=empty, origin=origin)


def _hint(failure: Failure) -> str:
    """What to do about a missing cast."""
    if failure.sqlstate not in _NO_CAST:
        return ""
    return "\n(say how values are converted with -- @using above the column: old values are archived as they are then)"


def _disagree(opinions: Opinions) -> bool:
    schema = [opinion for opinion in opinions if opinion.judge != ROWS]
    return any(opinion.agrees for opinion in schema) and any(opinion.objects or opinion.overruled for opinion in schema)
