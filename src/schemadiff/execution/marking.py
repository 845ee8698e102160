"""Recording a script that another tool has run, once live is what it leads to."""

from contextlib import closing
from dataclasses import replace
from textwrap import indent

from schemadiff.connection import Connection, connect
from schemadiff.difference.explanation import sentences
from schemadiff.errors import Refused
from schemadiff.execution.events import Progress
from schemadiff.execution.gates.checks import CheckResult, run_checks
from schemadiff.execution.gates.drift_gate import live_of, reached_but_for
from schemadiff.execution.record.ledger import BackfillRecord, Ledger
from schemadiff.execution.record.migrating import record_marked
from schemadiff.execution.record.records import MARKED, RunNote
from schemadiff.execution.run import Outcome
from schemadiff.execution.running.only_runner import only_runner
from schemadiff.plans.direction import Direction
from schemadiff.plans.directory.reading import PlanFile

_RUNNER_WAIT = 10.0

_WORDS = "run by another tool: live was found to be what the script leads to, and nothing was run"


def mark(
    plan_file: PlanFile, url: str, direction: Direction, progress: Progress, *, by_version: bool = False
) -> Outcome:
    """Record in the ledger at `url` that the script of `direction` has run; nothing of it runs now.

    With `by_version`, that is known from the ledger of the Supabase CLI, and others have run since: live is not asked.

    Errors: Refused, naming what of live is not what the script leads to, and each check that does not hold.
    """
    purpose = f"schemadiff mark-applied {plan_file.name}"
    outcome = Outcome(plan_file.name, direction)
    with closing(connect(url, purpose=purpose, writes=True)) as connection:
        checks = () if by_version else _refuse_other_end(connection, plan_file, direction, progress)
        ledger = Ledger(connection)
        ledger.prepare()
        with only_runner(url, connection, purpose, progress, _RUNNER_WAIT):
            if _recorded(ledger, plan_file, direction):
                return replace(outcome, already=True, checks=checks)
            with connection.transaction():
                run = _record(ledger, plan_file, direction)
                migrations = record_marked(connection, ledger, plan_file, direction, run)
    return replace(outcome, checks=checks, migrations=migrations)


def _refuse_other_end(
    connection: Connection, plan_file: PlanFile, direction: Direction, progress: Progress
) -> tuple[CheckResult, ...]:
    moved = sentences(reached_but_for(plan_file, direction, live_of(connection, plan_file.plan))[0])
    checks = run_checks(connection, plan_file.plan.checks if direction is Direction.UP else (), progress)
    problems = [*moved, *(f"check {check.name}: {check.problem}" for check in checks if not check.holds)]
    if problems:
        raise Refused(
            f"the database is not what {direction.file} of plan {plan_file.name} leads to, so nothing was recorded:\n"
            f"{indent(chr(10).join(problems), '  ')}\n"
            f"run the rest of {plan_file.directory / direction.file} with the tool that began it, then run this again; "
            "where nothing of it has run yet, schemadiff does that: "
            f"schemadiff {direction.command} {plan_file.directory}"
        )
    return checks


def _recorded(ledger: Ledger, plan_file: PlanFile, direction: Direction) -> bool:
    """Whether the ledger says so already: no other plan has run since."""
    latest, newest = ledger.latest(plan_file.name), ledger.latest()
    if latest is None or newest is None:
        return direction is Direction.DOWN
    return latest.direction is direction and latest.state == "done" and latest.id == newest.id


def _record(ledger: Ledger, plan_file: PlanFile, direction: Direction) -> int:
    run = ledger.begin_run(plan_file, direction)
    ledger.add_note(run, RunNote(MARKED, _WORDS))
    ledger.set_run_state(run, "done")
    ledger.forget_backfills(plan_file.name)
    if direction is Direction.UP:
        for backfill in (one.backfill for one in plan_file.plan.up.segments if one.backfill):
            ledger.save_backfill(backfill.name, backfill.sha256, plan_file.name, BackfillRecord(None, 0, 0, None))
            ledger.finish_backfill(backfill.name, backfill.sha256)
    return run
