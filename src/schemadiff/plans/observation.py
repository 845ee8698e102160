"""What the rehearsal of a statement shows: locks, rewrites, scans."""

from dataclasses import dataclass

LOCK_MODES = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
"""In the words of pg_locks, the weakest first."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The strongest lock on one relation; `table` is the one that an index or a sequence belongs to."""

    relation: str
    mode: str
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What the rehearsal saw a statement do to relations that were there before its script, by name."""

    locks: tuple[Lock, ...] = ()
    rewritten: tuple[str, ...] = ()
    scanned: tuple[str, ...] = ()
    rebuilt: tuple[str, ...] = ()
    """Indexes rebuilt."""
