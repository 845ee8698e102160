"""Ctrl-C and kill -9 in the middle of apply, then apply again: finished, once, nothing lost."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from .conftest import Project

A_ROW_OF_THE_THIRD_BATCH = """
SELECT FROM hubspot_sync.hubspot_bookings
 WHERE id = (SELECT id FROM hubspot_sync.hubspot_bookings ORDER BY id OFFSET 2500 LIMIT 1) FOR UPDATE
"""

WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock' AND strpos(query, '{}') > 0
"""


def until_it_waits(project: Project, process: subprocess.Popen[str], statement: str) -> None:
    """Return when `statement` of the apply waits for a lock."""
    while project.rows(WAITING.format(statement)) == [(0,)]:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


@contextmanager
def blocked_apply(project: Project, place: str) -> Iterator[subprocess.Popen[str]]:
    """An apply that waits while it builds the first index, or in the third batch of the first backfill."""
    with psycopg.connect(project.url) as reader, psycopg.connect(project.url) as writer:
        # an index that is built concurrently waits in its last phase for everybody who has an older snapshot
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT 1")
        with project.start("apply", project.planned, "--auto-approve") as process:
            until_it_waits(project, process, "CREATE INDEX CONCURRENTLY")
            if place == "batch":
                writer.execute(A_ROW_OF_THE_THIRD_BATCH)
                reader.rollback()
                until_it_waits(project, process, "UPDATE hubspot_sync.hubspot_bookings")
            yield process


@pytest.mark.parametrize("place", ["index", "batch"])
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_apply_again_finishes_once(dual_id: Project, place: str, kind: signal.Signals) -> None:
    rows = dual_id.content()
    with blocked_apply(dual_id, place) as process:
        process.send_signal(kind)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == (130 if kind is signal.SIGINT else -signal.SIGKILL), stderr
        if kind is signal.SIGINT:
            assert "interrupted" in stderr
            assert "Traceback" not in stderr
        before = dual_id.rows("SELECT * FROM schemadiff.backfill ORDER BY 1")

    status = dual_id("status").stderr
    assert "half done: continue with schemadiff apply" in status
    finished = dual_id("apply", dual_id.planned, "--auto-approve").stderr
    assert "continuing after an interruption" in finished
    assert "bookings_last_sync: 4000 rows of about 4000 passed, 4000 changed" in finished
    for table, found in dual_id.content().items():
        assert [row[:-1] for row in found] == rows[table]
        assert all(row[-1] for row in found)
    times = dual_id.rows("SELECT count(DISTINCT hubspot_last_sync_at) FROM hubspot_sync.hubspot_bookings")
    assert times == [(4,)], "each batch is written once, in a transaction of its own"
    assert len(before) == int(place == "batch")
    assert dual_id.rows("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
    assert "nothing to do" in dual_id("apply", dual_id.planned, "--auto-approve").stderr
    assert dual_id("drift", "--exit-code").stdout == ""
