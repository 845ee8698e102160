"""What a dry run found, in lines for people."""

from collections.abc import Iterator

from schemadiff.api import DryRun, LockAhead, SegmentAhead, SegmentStarted, StatementStarted
from schemadiff.cli.console.run_report import duration_in_words, sentence
from schemadiff.printable import one_line
from schemadiff.review.summary import count

_WAITING = {
    "AccessExclusiveLock": "reads and writes wait",
    "ExclusiveLock": "writes wait",
    "ShareRowExclusiveLock": "writes wait",
    "ShareLock": "writes wait",
    "ShareUpdateExclusiveLock": "nobody who reads or writes waits",
}


def dry_run_lines(found: DryRun, max_wait: float) -> Iterator[str]:
    """What would run and what it would wait for; `max_wait` seconds it would be tried again."""
    if found.already:
        yield f"nothing to do: {found.plan} is {found.direction.done} already"
        return
    if found.first is not None:
        yield f"the rollback of {found.plan} is half done and would be finished first:"
        yield from dry_run_lines(found.first, max_wait)
        yield "then, once the gates are passed again:"
    if found.runner:
        yield f"another run is at work, and this one would wait for it: {found.runner}"
    if found.done:
        yield f"an interrupted run goes on: {found.done} of {count(found.total, 'segment')} committed already"
    for segment in found.segments:
        yield from _segment(segment, found.total)
    yield f"locks that are not free would be tried again for {duration_in_words(max_wait)}"


def _segment(segment: SegmentAhead, total: int) -> Iterator[str]:
    started = SegmentStarted(segment.number, total, segment.form, len(segment.statements), segment.backfill)
    yield sentence(started) or ""
    if segment.questions:
        yield f"  {count(segment.questions, 'preflight')} would be asked just before it"
    yield from (sentence(StatementStarted(label, 0, sql)) or "" for label, sql in segment.statements)
    if segment.locks is None:
        yield "  what it locks was not rehearsed"
    elif segment.locks:
        yield f"  waits for these locks no longer than {segment.lock_seconds * 1000:.0f} ms in all:"
        for lock in segment.locks:
            yield from _lock(lock)
    yield from (f"  rewrites {one_line(table)}" for table in segment.rewritten)
    yield from (f"  reads all of {one_line(table)}" for table in segment.scanned)
    if segment.snapshots:
        yield f"  would wait until these transactions end: {'; '.join(map(str, segment.snapshots))}"


def _lock(lock: LockAhead) -> Iterator[str]:
    meaning = _WAITING.get(lock.mode)
    yield f"    {one_line(lock.table)}: {lock.mode}{f' ({meaning})' if meaning else ''}"
    yield from (f"      held now by {blocker}" for blocker in lock.held_by)
