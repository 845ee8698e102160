"""A script on its way: what is run, on which connection, under which options, and who is told."""

from dataclasses import dataclass

from schemadiff.connection import Connection
from schemadiff.execution.approvals.approvers import Approver
from schemadiff.execution.events import Progress
from schemadiff.execution.record.ledger import Ledger
from schemadiff.execution.run_options import RunOptions
from schemadiff.execution.running.only_runner import Lock
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile
from schemadiff.plans.model import Script
from schemadiff.plans.scripts.reading import ScriptFile


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """One direction of a plan on a database that nobody else migrates meanwhile.

    `script` is the file as it stands, `planned` what plan.json says about it; `lock` is None where there is no ledger.
    What runs users' code looks up names in `users_path`; all else looks up none. `approvers` signed the plan.
    """

    plan_file: PlanFile
    direction: Direction
    script: ScriptFile
    url: str
    connection: Connection
    ledger: Ledger
    lock: Lock | None
    options: RunOptions
    progress: Progress
    users_path: str
    approvers: tuple[Approver, ...] = ()

    @property
    def planned(self) -> Script:
        """What plan.json says about the script."""
        return self.plan_file.planned(self.direction)

    def require_alone(self) -> None:
        """Errors: ExecutionError once another runner may work on the database."""
        if self.lock is not None:
            self.lock.require()

    @property
    def again(self) -> str:
        """The command that runs it once more, for messages."""
        return f"schemadiff {self.direction.command} {self.plan_file.directory}"
