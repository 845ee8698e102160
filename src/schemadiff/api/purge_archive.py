"""Emptying the archive of what plans destroyed."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from schemadiff.connection import connect
from schemadiff.execution.events import silent
from schemadiff.execution.record.archive import Archived, contents, remove
from schemadiff.execution.record.ledger import Ledger
from schemadiff.execution.running.only_runner import only_runner


def purge(
    url: str, older_than: timedelta, confirm: Callable[[tuple[Archived, ...]], None], *, runner_wait: float = 10.0
) -> tuple[Archived, ...]:
    """Remove what went to the archive of the database at `url` longer ago than `older_than`, and return it.

    `confirm` is shown what would go, and raises to keep it. Errors: ConnectionFailed; Refused while a plan runs, and
    where archive or ledger are another's or not as schemadiff makes them.
    """
    purpose = "schemadiff purge"
    with closing(connect(url, purpose=purpose, writes=True)) as connection:
        if not contents(connection):
            return ()
        ledger = Ledger(connection)
        ledger.prepare()
        with only_runner(url, connection, purpose, silent, runner_wait):
            old = tuple(entry for entry in contents(connection) if entry.age >= older_than)
            if old:
                confirm(old)
                remove(connection, old, ledger.remember_purged)
            return old
