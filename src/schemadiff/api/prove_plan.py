"""Proving a plan whose scripts a person edited."""

from dataclasses import dataclass, replace
from pathlib import Path

from schemadiff.api.session.live_and_shadow import live_and_shadow
from schemadiff.api.session.migrations import edited_migrations, rewrite_migrations
from schemadiff.api.session.new_plan import with_words
from schemadiff.api.session.proving import loads_of, prove_scripts
from schemadiff.api.session.timings import PlanProgress, Timings, untold
from schemadiff.api.write_plan import review_of
from schemadiff.catalog.scope import Scope
from schemadiff.config import Project
from schemadiff.desired.files import desired_of
from schemadiff.difference.sides import Sides
from schemadiff.execution.gates.drift_gate import refuse_other_goal, refuse_other_state
from schemadiff.execution.gates.rows.asking import findings
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile, read_plan
from schemadiff.plans.directory.rereading import edits, scripts_as_they_stand, unplanned, without_edits
from schemadiff.plans.directory.writing import restamp_plan
from schemadiff.plans.model import BothWays, Plan, Script
from schemadiff.plans.preflights import asked_before
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.shadow.of_desired.desired_database import create_desired_database


@dataclass(frozen=True, slots=True)
class Reproven:
    """A plan by its scripts as they stand, with their proof; its notes say what was edited.

    `approval` is the new digest of both scripts, None where the proof does not hold and nothing was written.
    """

    plan: Plan
    approval: str | None
    timings: dict[str, float]


def prove(
    directory: Path, live_url: str, project: Project, *, progress: PlanProgress = untold, whole_proof: bool = False
) -> Reproven:
    """Prove what stands in up.sql and down.sql of the plan in `directory` now.

    If the proof holds, the headers of both files, plan.json and review.md are rewritten; else nothing is. Where nobody
    edited a statement, the plan's digest stays as it is, and so do the ways back from the middle.
    Live is only read and must be as the plan was made for it, and so must the project's desired files.
    Errors: PlanFileError, DriftRefused, DesiredError, ConnectionFailed, ScratchError.
    """
    timings = Timings(progress)
    plan_file = read_plan(directory)
    planned, standing = plan_file.plan, scripts_as_they_stand(plan_file)
    scope = Scope.from_lists(planned.scope)
    with timings.part("read desired files"):
        desired = desired_of(project, roles=scope.roles)
    with (
        SecondJudge(early=True) as judge,
        live_and_shadow(live_url, project, timings, scope, planned.known_to) as session,
    ):
        connection, live, shadow = session.connection, session.live, session.shadow
        refuse_other_state(plan_file, live.state())
        with timings.part("load desired schema"):
            wanted, _ = create_desired_database(shadow, desired, "desired", live)
        refuse_other_goal(plan_file, wanted.state())
        sides, url = Sides(live, wanted), shadow.deputy.url("desired")
        proven = prove_scripts(standing, sides, url, shadow, judge, timings, whole=whole_proof)
        asks = planned.findings and proven.proof.holds
        askable = asked_before(standing.up).get(None, ()) if asks else ()
        unedited = not any(unplanned(plan_file, direction) for direction in Direction)
        scripts = _observed(planned, proven.scripts) if unedited else proven.scripts
        ends = with_words(planned.live, planned.desired, proven)
        reproven = replace(
            planned,
            live=ends[0],
            desired=ends[1],
            up=scripts.up,
            down=scripts.down,
            proof=proven.proof,
            role=shadow.role,
            loads=loads_of(proven, session.on_live),
            notes=(*without_edits(planned.notes), *edits(BothWays(planned.up, planned.down), standing)),
            ways_back=planned.ways_back if unedited else (),
            findings=tuple(findings(connection, askable, project.live_query_timeout)),
        )
    if not proven.proof.holds:
        return Reproven(reproven, None, timings.seconds)
    reproven = reproven if unedited else edited_migrations(reproven)
    return Reproven(reproven, _stamped(plan_file, reproven, project), timings.seconds)


def _stamped(plan_file: PlanFile, reproven: Plan, project: Project) -> str:
    """The new digest of a plan, whose files are written."""
    review = review_of(reproven, plan_file.directory)
    scripts = restamp_plan(reproven, plan_file.directory, plan_file.bodies, others=review)
    rewrite_migrations(plan_file.plan, reproven, project)
    return scripts.approval


def _observed(planned: Plan, proven: BothWays) -> BothWays:
    """The scripts of a plan that nobody edited, with what was seen of their steps now."""
    up, down = (_with_observations(planned.script(way), way.choose(proven.up, proven.down)) for way in Direction)
    return BothWays(up, down)


def _with_observations(planned: Script, proven: Script) -> Script:
    segments = (
        replace(
            segment,
            steps=tuple(
                replace(step, observed=seen.observed) for step, seen in zip(segment.steps, again.steps, strict=True)
            ),
        )
        for segment, again in zip(planned.segments, proven.segments, strict=True)
    )
    return replace(planned, segments=tuple(segments))
