"""A run that stopped in the middle: a new plan would begin from a state in between."""

from schemadiff.connection import Connection
from schemadiff.execution.record.ledger import Ledger, RunRecord
from schemadiff.plans.direction import Direction


def unfinished_run(connection: Connection, applying: str | None = None) -> RunRecord | None:
    """The run that stopped in the middle on this database, or is on its way; None without one or without a ledger.

    `applying` is the role that applies plans, where another one asks.
    """
    ledger = Ledger(connection, applying)
    latest = ledger.latest() if ledger.exists() else None
    return None if latest is None or latest.state == "done" else latest


def in_words(run: RunRecord) -> str:
    """What is half done, and which commands lead out of it."""
    what = run.direction.choose(f"plan {run.plan}", f"the rollback of plan {run.plan}")
    other = run.direction.choose("take it back", "apply it again")
    other_command = Direction.DOWN if run.direction is Direction.UP else Direction.UP
    return (
        f"{what} is half done here: finish it with 'schemadiff {run.direction.command} {run.plan}', "
        f"or {other} with 'schemadiff {other_command.command} {run.plan}'"
    )
