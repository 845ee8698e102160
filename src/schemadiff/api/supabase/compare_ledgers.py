"""Where the ledger of the Supabase CLI, its files and the ledger of schemadiff disagree."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from schemadiff.api.read_status import Status, status
from schemadiff.api.session.migrations import files_by_version
from schemadiff.config import Project
from schemadiff.connection import connect
from schemadiff.execution.record.cli_ledger import CliLedger, Recorded
from schemadiff.execution.record.migrating import versions_noted
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile, read_plan, written_plans


@dataclass(frozen=True, slots=True)
class Ledgers:
    """What only some of them know.

    `without_file` are in the CLI's ledger and have no file; `files` are not in that ledger, and of no plan that waits.
    `run_by_cli` are plans that the CLI has run and our ledger does not know, the earliest first; `unrecorded` those
    that ours knows and the CLI's does not. With `lost`, our ledger is not there at all.
    """

    without_file: tuple[Recorded, ...] = ()
    files: tuple[str, ...] = ()
    run_by_cli: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    lost: bool = False

    @property
    def agree(self) -> bool:
        """Whether there is nothing to bring together."""
        return not (self.without_file or self.files or self.run_by_cli or self.unrecorded)


def compare_ledgers(url: str, project: Project, history: Status | None = None) -> Ledgers:
    """What the database at `url` and the files of the project say of each other; `history` is what `status` says.

    Nothing where the project's plans are no migrations of the Supabase CLI. Errors: those of `status`; PlanFileError.
    """
    if project.migrations is None:
        return Ledgers()
    history = history or status(url, applying=project.apply_as)
    with closing(connect(url, purpose="schemadiff status")) as connection:
        recorded = CliLedger(connection).recorded()
    files, plans = files_by_version(project.migrations), plans_with_migrations(project.plans)
    ran = {run.plan for run in history.runs if run.effective}
    by_cli = tuple(name for name, plan in plans.items() if name not in ran and _was_run(plan, recorded))
    waiting = {name for name in plans if name not in history.applied}
    of_waiting = {one.version for name in waiting for one in _up(plans[name])}
    return Ledgers(
        without_file=tuple(one for version, one in recorded.items() if version not in files),
        files=tuple(name for version, name in files.items() if version not in {*recorded, *of_waiting}),
        run_by_cli=by_cli,
        unrecorded=tuple(name for name in history.applied if _unknown(name, plans, history, recorded)),
        lost=bool(by_cli) and not history.runs,
    )


def plans_with_migrations(folder: Path) -> dict[str, PlanFile]:
    """The plans in a folder that are migrations, too, by name, the earliest first. Errors: PlanFileError."""
    plans = (read_plan(folder / name) for name in written_plans(folder))
    return {plan.name: plan for plan in plans if _up(plan)}


def _up(plan_file: PlanFile) -> tuple[Recorded, ...]:
    migrations = plan_file.plan.migrations
    return tuple(Recorded(one.version, one.name, one.statements) for one in migrations.up) if migrations else ()


def _was_run(plan_file: PlanFile, recorded: dict[str, Recorded]) -> bool:
    """Whether the CLI knows all of a plan, and nothing that takes it back."""
    migrations = plan_file.plan.migrations
    if migrations is None or not all(one.version in recorded for one in migrations.up):
        return False
    back = {one.name for one in migrations.down}
    return not any(one.name in back and one.version > migrations.up[-1].version for one in recorded.values())


def _unknown(name: str, plans: dict[str, PlanFile], history: Status, recorded: dict[str, Recorded]) -> bool:
    """Whether a plan that is applied is missing in the CLI's ledger."""
    if name not in plans:
        return False
    runs = (run for run in history.runs if run.plan == name and run.direction is Direction.UP and run.effective)
    noted = next((versions_noted(history.notes.get(run.id, ())) for run in runs), [])
    return not all(version in recorded for version in noted or [one.version for one in _up(plans[name])])
