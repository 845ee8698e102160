"""schemadiff as a library: one public function a file, and the types that these take, return and report.

Each name is loaded when it is first used, since a program may need only one of them, and the command line has to
start at once. `import schemadiff` gives the same names.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemadiff.access.change import AccessChange, Shift
    from schemadiff.access.told import ToldCell
    from schemadiff.api.approving.approve_plan import Approval, approve
    from schemadiff.api.compare_sides import diff
    from schemadiff.api.find_drift import Drift, drift
    from schemadiff.api.inspect_live import inspect
    from schemadiff.api.looking.generate_types import client_types
    from schemadiff.api.looking.lint_schema import lint_findings
    from schemadiff.api.looking.read_access import access_matrix
    from schemadiff.api.make_plan import Planned, plan
    from schemadiff.api.meeting_plans import Meeting, meetings
    from schemadiff.api.prove_plan import Reproven, prove
    from schemadiff.api.pull_live import Pulled, PulledFile, pull, write_pulled
    from schemadiff.api.purge_archive import purge
    from schemadiff.api.read_status import Status, status
    from schemadiff.api.rebase_plan import Rebased, rebase
    from schemadiff.api.running.apply_plan import apply
    from schemadiff.api.running.dry_run import dry_run
    from schemadiff.api.running.mark_applied import mark_applied
    from schemadiff.api.running.roll_back_plan import rollback
    from schemadiff.api.session.migrations import write_migrations
    from schemadiff.api.session.timings import PlanProgress
    from schemadiff.api.snapshots.snapshot import Snapshot
    from schemadiff.api.snapshots.taking import snapshot
    from schemadiff.api.stand_up_demo import Demo, demo_database, stop_demo_database
    from schemadiff.api.supabase.adopt_migrations import Adopted, adopt
    from schemadiff.api.supabase.baseline import write_baseline
    from schemadiff.api.supabase.compare_ledgers import Ledgers, compare_ledgers
    from schemadiff.api.verify_plan import Verification, verify
    from schemadiff.api.write_plan import replaced_by, write
    from schemadiff.catalog.catalog import Catalog
    from schemadiff.catalog.statements.hazard import Hazard, Risk
    from schemadiff.catalog.statements.purpose import StepOperation
    from schemadiff.config import Online, Profile, Project
    from schemadiff.desired.files import rendered
    from schemadiff.difference.explanation import Difference
    from schemadiff.errors import (
        AfterApplyFailed,
        AmbiguousRename,
        ApprovalMissing,
        CheckFailed,
        ConfigError,
        ConnectionFailed,
        ConversionRefused,
        DesiredError,
        DriftRefused,
        ExecutionError,
        HazardRefused,
        InspectionError,
        LedgerUnreadable,
        NoDatabaseNamed,
        NothingDeclared,
        PlanFileError,
        PlanningError,
        PreflightRefused,
        ProofRefused,
        PullRefused,
        Refused,
        SandboxMissing,
        SchemadiffError,
        ScratchError,
        ScriptChanged,
        SecretMissing,
        SnapshotUnfit,
        TableGrown,
        UnsupportedServer,
    )
    from schemadiff.execution.approvals.approvers import Approver, RequiredApprovals
    from schemadiff.execution.dry_run import DryRun, LockAhead, SegmentAhead
    from schemadiff.execution.events import (
        AlreadyDone,
        Analyzed,
        BackfillLeft,
        BackfillProgress,
        BackfillRests,
        Blocked,
        Blocker,
        BuildProgress,
        CheckFinished,
        Event,
        GatesPassed,
        Leftover,
        LeftoverSettled,
        LockRetry,
        NewerPlans,
        PreflightUnanswered,
        Progress,
        RunFinished,
        RunnerAwaited,
        RunStarted,
        SegmentFinished,
        SegmentStarted,
        SnapshotsAwaited,
        StatementStarted,
        UnrelatedChanges,
    )
    from schemadiff.execution.gates.checks import CheckResult
    from schemadiff.execution.record.archive import Archived
    from schemadiff.execution.record.ledger import RunRecord
    from schemadiff.execution.run import Outcome
    from schemadiff.execution.run_options import LockBudget, RunOptions
    from schemadiff.planning.renames.policy import Rename, RenameMode, RenamePolicy, UnansweredRenames
    from schemadiff.plans.advice import Advice, Severity
    from schemadiff.plans.direction import Direction
    from schemadiff.plans.directory.reading import PlanFile, read_plan, written_plans
    from schemadiff.plans.directory.serialization import plan_id
    from schemadiff.plans.finding import Finding
    from schemadiff.plans.migrations.migration import Migration
    from schemadiff.plans.model import FieldChange, Opinion, Plan, Proof, Recovery, Script, Segment, Step
    from schemadiff.plans.scripts.body import script_sql
    from schemadiff.plans.wording import summary
    from schemadiff.pulling.left_out import LeftOut
    from schemadiff.scratch.running.signals import unwinding_on_termination

__all__ = [
    "AccessChange", "Adopted", "Advice", "AfterApplyFailed", "AlreadyDone", "AmbiguousRename", "Analyzed", "Approval",
    "ApprovalMissing", "Approver", "Archived", "BackfillLeft", "BackfillProgress", "BackfillRests", "Blocked",
    "Blocker", "BuildProgress", "Catalog", "CheckFailed", "CheckFinished", "CheckResult", "ConfigError",
    "ConnectionFailed", "ConversionRefused", "Demo", "DesiredError", "Difference", "Direction", "Drift", "DriftRefused",
    "DryRun", "Event", "ExecutionError", "FieldChange", "Finding", "GatesPassed", "Hazard", "HazardRefused",
    "InspectionError", "LedgerUnreadable", "Ledgers", "LeftOut", "Leftover", "LeftoverSettled", "LockAhead",
    "LockBudget", "LockRetry", "Meeting", "Migration", "NewerPlans", "NoDatabaseNamed", "NothingDeclared", "Online",
    "Opinion", "Outcome", "Plan", "PlanFile", "PlanFileError", "PlanProgress", "Planned", "PlanningError",
    "PreflightRefused", "PreflightUnanswered", "Profile", "Progress", "Project", "Proof", "ProofRefused", "PullRefused",
    "Pulled", "PulledFile", "Rebased", "Recovery", "Refused", "Rename", "RenameMode", "RenamePolicy", "Reproven",
    "RequiredApprovals", "Risk", "RunFinished", "RunOptions", "RunRecord", "RunStarted", "RunnerAwaited",
    "SandboxMissing", "SchemadiffError", "ScratchError", "Script", "ScriptChanged", "SecretMissing", "Segment",
    "SegmentAhead", "SegmentFinished", "SegmentStarted", "Severity", "Shift", "Snapshot", "SnapshotUnfit",
    "SnapshotsAwaited", "StatementStarted", "Status", "Step", "StepOperation", "TableGrown", "ToldCell",
    "UnansweredRenames", "UnrelatedChanges", "UnsupportedServer", "Verification", "access_matrix", "adopt", "apply",
    "approve", "client_types", "compare_ledgers", "demo_database", "diff", "drift", "dry_run", "inspect",
    "lint_findings", "mark_applied", "meetings", "plan", "plan_id", "prove", "pull", "purge", "read_plan", "rebase",
    "rendered", "replaced_by", "rollback", "script_sql", "snapshot", "status", "stop_demo_database", "summary",
    "unwinding_on_termination", "verify", "write", "write_baseline", "write_migrations", "write_pulled",
    "written_plans",
]  # fmt: skip

_HOMES = {
    "access.change": "AccessChange Shift",
    "access.told": "ToldCell",
    "api.approving.approve_plan": "Approval approve",
    "api.compare_sides": "diff",
    "api.find_drift": "Drift drift",
    "api.inspect_live": "inspect",
    "api.looking.generate_types": "client_types",
    "api.looking.lint_schema": "lint_findings",
    "api.looking.read_access": "access_matrix",
    "api.make_plan": "Planned plan",
    "api.meeting_plans": "Meeting meetings",
    "api.prove_plan": "Reproven prove",
    "api.pull_live": "Pulled PulledFile pull write_pulled",
    "api.purge_archive": "purge",
    "api.read_status": "Status status",
    "api.rebase_plan": "Rebased rebase",
    "api.running.apply_plan": "apply",
    "api.running.dry_run": "dry_run",
    "api.running.mark_applied": "mark_applied",
    "api.running.roll_back_plan": "rollback",
    "api.session.migrations": "write_migrations",
    "api.session.timings": "PlanProgress",
    "api.snapshots.snapshot": "Snapshot",
    "api.snapshots.taking": "snapshot",
    "api.supabase.adopt_migrations": "Adopted adopt",
    "api.supabase.baseline": "write_baseline",
    "api.supabase.compare_ledgers": "Ledgers compare_ledgers",
    "api.stand_up_demo": "Demo demo_database stop_demo_database",
    "api.verify_plan": "Verification verify",
    "api.write_plan": "replaced_by write",
    "catalog.catalog": "Catalog",
    "catalog.statements.hazard": "Hazard Risk",
    "catalog.statements.purpose": "StepOperation",
    "config": "Online Profile Project",
    "desired.files": "rendered",
    "difference.explanation": "Difference",
    "errors": (
        "AfterApplyFailed AmbiguousRename ApprovalMissing CheckFailed ConfigError ConnectionFailed ConversionRefused "
        "DesiredError DriftRefused ExecutionError "
        "HazardRefused InspectionError LedgerUnreadable NoDatabaseNamed NothingDeclared PlanFileError PlanningError "
        "PreflightRefused ProofRefused PullRefused Refused SandboxMissing SchemadiffError ScratchError "
        "ScriptChanged SecretMissing SnapshotUnfit TableGrown UnsupportedServer"
    ),
    "execution.dry_run": "DryRun LockAhead SegmentAhead",
    "execution.events": (
        "AlreadyDone Analyzed BackfillLeft BackfillProgress BackfillRests Blocked Blocker BuildProgress "
        "CheckFinished Event GatesPassed Leftover LeftoverSettled LockRetry NewerPlans PreflightUnanswered "
        "Progress RunFinished RunStarted RunnerAwaited SegmentFinished SegmentStarted SnapshotsAwaited "
        "StatementStarted UnrelatedChanges"
    ),
    "execution.approvals.approvers": "Approver RequiredApprovals",
    "execution.gates.checks": "CheckResult",
    "execution.run_options": "LockBudget RunOptions",
    "execution.record.archive": "Archived",
    "execution.record.ledger": "RunRecord",
    "execution.run": "Outcome",
    "planning.renames.policy": "Rename RenameMode RenamePolicy UnansweredRenames",
    "plans.advice": "Advice Severity",
    "plans.direction": "Direction",
    "plans.directory.reading": "PlanFile read_plan written_plans",
    "plans.directory.serialization": "plan_id",
    "plans.finding": "Finding",
    "plans.migrations.migration": "Migration",
    "plans.model": "FieldChange Opinion Plan Proof Recovery Script Segment Step",
    "plans.scripts.body": "script_sql",
    "plans.wording": "summary",
    "pulling.left_out": "LeftOut",
    "scratch.running.signals": "unwinding_on_termination",
}
"""Which names stand in which module of schemadiff."""

_MODULES = {name: module for module, names in _HOMES.items() for name in names.split()}

if not TYPE_CHECKING:  # a type checker should know the names above, and no other

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"schemadiff.{_MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
