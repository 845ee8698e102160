"""How large batches are, and when a backfill rests, so that an application and its standbys keep up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from schemadiff.connection import Connection
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.execution.events import BackfillRests, Progress

TARGET_SECONDS = 0.1
"""How long a batch should take: so long somebody waits for a row of it."""

_LARGEST = 20_000
_LONGEST_REST = 5.0
_LAG_SECONDS = 10.0
_POLL_SECONDS = 1.0

_LAGGING = """
SELECT coalesce(application_name, ''), extract(epoch FROM replay_lag)::float8
  FROM pg_catalog.pg_stat_replication WHERE replay_lag > make_interval(secs => %s) ORDER BY replay_lag DESC LIMIT 1
"""
"""Only who may see other sessions' statistics sees their standbys (pg_monitor)."""


@dataclass(slots=True)
class Pace:
    """The pace of one backfill; `sleep` passes the time."""

    connection: Connection
    backfill: Backfill
    progress: Progress
    sleep: Callable[[float], None] = time.sleep
    _asked: float = field(default=0.0, init=False)

    def next_size(self, size: int, seconds: float, *, in_the_way: bool) -> int:
        """How many rows the next batch has, where one of `size` took so long; less where others waited for it."""
        most = max(_LARGEST, self.backfill.batch_size) if self.backfill.adapts else self.backfill.batch_size
        fitting = TARGET_SECONDS / max(seconds, 0.001)
        if seconds > 1.5 * TARGET_SECONDS or in_the_way:
            return max(1, int(size * min(0.5, fitting)))
        return min(most, max(size + 1, int(size * min(2.0, fitting)))) if fitting > 1.25 else size

    def rest(self, seconds: float, *, in_the_way: bool) -> None:
        """Wait after a batch that took so long: as the backfill says, for others, and for standbys that lag behind."""
        pause = max(self.backfill.pause, min(seconds, _LONGEST_REST) if in_the_way else 0.0)
        if pause:
            self.sleep(pause)
        if time.monotonic() - self._asked < _POLL_SECONDS:
            return
        told = False
        while lagging := self._lagging():
            if not told:
                self.progress(BackfillRests(self.backfill.name, *lagging))
                told = True
            self.sleep(_POLL_SECONDS)

    def _lagging(self) -> tuple[str, float] | None:
        """The standby that is furthest behind, and by how many seconds, if that is too much."""
        self._asked = time.monotonic()
        row = self.connection.execute(_LAGGING, [_LAG_SECONDS]).fetchone()
        return (str(row[0]), float(row[1])) if row else None
