"""schemadiff as a library: inspect, diff, plan and prove, each one function.

The command line is a thin user of these. Nothing here prints or reads the environment; `progress` is told in
words what happens.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.hazard import Hazard
from schemadiff.catalog.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.config import Profile, Project
from schemadiff.connection_string import without_password
from schemadiff.desired.annotations import Renamed
from schemadiff.desired.files import Desired, read_desired
from schemadiff.desired.loading import load_desired
from schemadiff.errors import HazardRefused, ScratchError
from schemadiff.execution.connection import Connection, connect
from schemadiff.execution.ledger import finished_backfills
from schemadiff.planning import planner
from schemadiff.planning.diff import diff
from schemadiff.planning.plan import Plan, Proof, Script, Segment, Step
from schemadiff.planning.renames import RenameMode, RenamePolicy, look_alikes, refuse_unanswered
from schemadiff.proof.copy import copy_differs, copy_live, read_scratch, unquoted
from schemadiff.proof.proof import prove as prove_scripts
from schemadiff.scratch.baseline import copy_baseline
from schemadiff.scratch.profile import detect_profile
from schemadiff.scratch.server import ScratchServer, scratch_server

Progress = Callable[[str], None]

DESIRED, COPY, BASELINE = "desired", "copy", "baseline"
"""Scratch databases: the wanted schema, live without rows, and what both begin with."""


@dataclass(slots=True)
class Timings:
    """Seconds by part, in the order in which the parts ran."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str, progress: Progress) -> Iterator[None]:
        """Time a part and tell `progress` about it."""
        progress(name)
        started = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - started
            self.seconds[name] = round(self.seconds.get(name, 0.0) + spent, 3)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and how long its parts took, in seconds."""

    plan: Plan
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a database is not what the files declare, one line an object."""

    changes: tuple[str, ...]


def inspect_live(url: str, project: Project) -> Catalog:
    """The catalog of the database at `url` within the project's scope."""
    with connect(url, purpose="schemadiff inspect") as connection:
        return inspect(connection, scope_of(connection, project))


def scope_of(connection: Connection, project: Project) -> Scope:
    """The project's scope; profile auto looks at the database."""
    profile = project.profile
    found = detect_profile(connection) if profile is Profile.AUTO else profile.value
    return Scope.of(found, project.include, project.exclude)


def make_plan(
    live_url: str,
    project: Project,
    *,
    name: str,
    progress: Progress,
    proof: bool = True,
    renames: RenamePolicy | None = None,
    allow: frozenset[Hazard] = frozenset(),
) -> Planned:
    """Plan from the live database to the project's desired files, and prove the plan.

    Only reads from live. Errors: DesiredError, ConnectionFailed, ScratchError, PlanningError,
    AmbiguousRename, HazardRefused.
    """
    timings = Timings()
    with timings.part("read desired files", progress):
        desired = read_desired(project.desired, project.templates)
    with connect(live_url, purpose="schemadiff plan") as live:
        with _Workshop(live, project, timings, progress) as workshop:
            wanted = workshop.load(desired)
            done = finished_backfills(live)
            backfills = [b for b in desired.backfills if (b.name, b.sha256) not in done]
            made = workshop.plan(wanted, renames or RenamePolicy(RenameMode.REFUSE))
            up = Script((*made.up.segments, *map(_backfill_segment, backfills)), made.up.preflights)
            proven = workshop.prove(up, made.down, wanted) if proof and (up.segments) else None
    plan = Plan(
        name=name,
        created_at=datetime.now(UTC).replace(microsecond=0),
        target=without_password(live_url),
        server_version=workshop.live.server_version,
        live=workshop.live.state(),
        desired=wanted.state(),
        up=up,
        down=made.down,
        checks=desired.checks,
        unmanaged=workshop.live.unmanaged,
        notes=workshop.notes,
        scope=workshop.scope.as_lists(),
        proof=proven,
    )
    refuse_hazards(up, allow)
    return Planned(plan, timings.seconds)


def refuse_hazards(script: Script, allow: frozenset[Hazard]) -> None:
    """Raise HazardRefused for a statement with a hazard that needs allowing and is not in `allow`."""
    found = [
        f"  {hazard}: {step.summary}"
        for step in script.steps
        for hazard in step.hazards
        if hazard.needs_allowing and hazard not in allow
    ]
    if found:
        names = ",".join(sorted({line.split(":")[0].strip() for line in found}))
        raise HazardRefused(
            "the plan holds hazards that are not allowed:\n" + "\n".join(found) + f"\nto allow them: --allow {names}"
        )


def drift_of(live_url: str, project: Project, *, progress: Progress) -> Drift:
    """Where the live database is not what the project's files declare."""
    timings = Timings()
    desired = read_desired(project.desired, project.templates)
    with connect(live_url, purpose="schemadiff drift") as live:
        with _Workshop(live, project, timings, progress) as workshop:
            wanted = workshop.load(desired)
            return Drift(planner.differences(workshop.live, wanted))


@dataclass(frozen=True, slots=True)
class _Made:
    up: Script
    down: Script


def _backfill_segment(backfill: "object") -> Segment:
    from schemadiff.desired.steps import Backfill

    assert isinstance(backfill, Backfill)
    summary = f"backfill {backfill.name}: rows of {backfill.table}"
    return Segment((Step(backfill.sql, summary, f"backfill {backfill.name}"),), backfill=backfill)


class _Workshop:
    """Live's catalog beside a scratch server on which the desired schema and the copy of live are made."""

    def __init__(self, connection: Connection, project: Project, timings: Timings, progress: Progress) -> None:
        self.connection, self.project, self.timings, self.progress = connection, project, timings, progress
        self.scope = scope_of(connection, project)
        self.notes: tuple[str, ...] = ()

    def __enter__(self) -> "_Workshop":
        settings = self.project.scratch
        major = self.connection.info.server_version // 10000
        profile = "supabase" if self.scope.supabase else "plain"
        with ThreadPoolExecutor(1) as pool:
            with self.timings.part("inspect live, start scratch server", self.progress):
                reading = pool.submit(inspect, self.connection, self.scope)
                self._scratch = scratch_server(
                    major, profile, settings.url, settings.cache_dir, settings.binaries
                )
                self.server: ScratchServer = self._scratch.__enter__()
                try:
                    self.live = reading.result()
                    self.notes = self._prepare(profile)
                except BaseException as error:
                    self._scratch.__exit__(type(error), error, error.__traceback__)
                    raise
        return self

    def __exit__(self, *error: object) -> None:
        self._scratch.__exit__(*error)  # type: ignore[arg-type]

    def _prepare(self, profile: str) -> tuple[str, ...]:
        server = self.server
        server.create_database(BASELINE, template=server.platform_template)
        loader = unquoted(self.live.current_user)
        return copy_baseline(
            self.connection, server, BASELINE, loader, profile="supabase" if profile == "supabase" else "plain"
        )

    def load(self, desired: Desired) -> Catalog:
        """The desired schema, loaded and read back."""
        with self.timings.part("load desired schema", self.progress):
            self._clone(BASELINE, DESIRED)
            role = unquoted(self.live.current_user)
            self.renamed: tuple[Renamed, ...] = load_desired(
                desired, self.server.url(DESIRED, role), self.server.url(DESIRED)
            )
            return read_scratch(self.server, DESIRED, self.live)

    def plan(self, wanted: Catalog, policy: RenamePolicy) -> _Made:
        """Both directions, or AmbiguousRename."""
        with self.timings.part("plan", self.progress):
            questions = look_alikes(diff(self.live, wanted), self.live, wanted, policy)
            refuse_unanswered(questions, policy)
            return _Made(planner.script(self.live, wanted), planner.script(wanted, self.live))

    def prove(self, up: Script, down: Script, wanted: Catalog) -> Proof:
        """The rehearsal on a copy of live."""
        with self.timings.part("copy live", self.progress):
            copy = copy_live(self.live, self.server, COPY, baseline=BASELINE)
            if found := copy_differs(copy, self.live):
                raise ScratchError("the scratch copy of live is not like live:\n  " + "\n  ".join(found))
        with self.timings.part("prove", self.progress):
            return prove_scripts(
                up, down, live=self.live, desired=wanted, server=self.server, copy=COPY, wanted=DESIRED
            )

    def _clone(self, source: str, target: str) -> None:
        self.server.create_database(target, template=source, owner=unquoted(self.live.current_user))
