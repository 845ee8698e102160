"""Asking a database whether a plan's outcome stands: its checks, and its state."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from schemadiff.connection import connect
from schemadiff.difference.explanation import Difference, sentences
from schemadiff.execution.events import Progress, silent
from schemadiff.execution.gates.checks import CheckResult, run_checks
from schemadiff.execution.gates.drift_gate import live_of, not_reached
from schemadiff.execution.record.kept_plan import kept_plan
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import read_plan


@dataclass(frozen=True, slots=True)
class Verification:
    """The results of all checks, and where the database is not as desired."""

    plan: str
    checks: tuple[CheckResult, ...]
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether every check holds and nothing differs."""
        return not self.differences and all(check.holds for check in self.checks)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every difference in words."""
        return sentences(self.differences)


def verify(directory: Path, url: str, *, progress: Progress = silent) -> Verification:
    """Run the checks of the plan in `directory`, and compare the database with the desired state.

    Nothing is written. A check that does not hold is a result, no error. Where the directory is gone, the plan is taken
    from the database's ledger. Errors: PlanFileError, ConnectionFailed, InspectionError, those of `kept_plan`.
    """
    plan_file = read_plan(directory) if directory.is_dir() else kept_plan(directory, url)
    with closing(connect(url, purpose=f"schemadiff verify {plan_file.name}")) as connection:
        checks = run_checks(connection, plan_file.plan.checks, progress)
        moved = not_reached(plan_file, Direction.UP, live_of(connection, plan_file.plan).state)
    return Verification(plan_file.name, checks, moved)
