"""Rolling back, and trying a segment again when locks were in the way."""

import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count

import psycopg

from schemadiff.connection import Connection
from schemadiff.execution.events import LockRetry, Progress
from schemadiff.execution.run_options import LockBudget
from schemadiff.execution.running.watch import Watch

_RETRIED = {
    psycopg.errors.LockNotAvailable.sqlstate: "a lock was not free in time",
    psycopg.errors.DeadlockDetected.sqlstate: "two sessions waited for each other",
    psycopg.errors.SerializationFailure.sqlstate: "another transaction changed the same rows",
}


def with_retries(
    attempt: Callable[[], None],
    *,
    segment: int,
    budget: LockBudget,
    watch: Watch,
    progress: Progress,
    alone: bool = False,
) -> None:
    """Call `attempt` until it no longer fails because of locks; a failed one must leave nothing half done.

    Errors: the last psycopg.Error, once the budget is used up or when trying again does not help.
    """
    begin = time.monotonic()
    for number in count(1):
        try:
            with watch.over(segment, alone=alone):
                attempt()
            return
        except psycopg.Error as error:
            reason, waited = retry_reason(error), time.monotonic() - begin
            if reason is None or not budget.allows(number, waited):
                raise
            delay = budget.delay(number)
            progress(LockRetry(segment, number, delay, reason, watch.blockers, waited, budget.max_wait))
        time.sleep(delay)


def retry_reason(error: psycopg.Error) -> str | None:
    """Why trying again may help, in words; None when it does not."""
    if error.sqlstate == "XX000" and "tuple concurrently updated" in str(error):
        return "another session changed the same object"
    return _RETRIED.get(error.sqlstate or "")


def roll_back(connection: Connection) -> None:
    """End an open transaction without its work; a broken connection has none."""
    with suppress(psycopg.Error):
        connection.rollback()
