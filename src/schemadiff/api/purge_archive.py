"""Emptying the archive of what plans destroyed."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from schemadiff.connection import connect
from schemadiff.execution.events import silent
from schemadiff.execution.record.archive import Archived, contents, remove
from schemadiff.execution.running.locks import only_runner


def purge(
    url: str, older_than: timedelta, confirm: Callable[[tuple[Archived, ...]], None], *, runner_wait: float = 10.0
) -> tuple[Archived, ...]:
    """Remove what went to the archive of the database at `url` longer ago than `older_than`, and return it.

    `confirm` is shown what would go, and raises to keep it. Errors: ConnectionFailed; Refused while a plan runs.
    """
    with closing(connect(url, purpose="schemadiff purge", writes=True)) as connection:
        with only_runner(connection, silent, runner_wait):
            old = tuple(entry for entry in contents(connection) if entry.age >= older_than)
            if old:
                confirm(old)
                remove(connection, old)
            return old
