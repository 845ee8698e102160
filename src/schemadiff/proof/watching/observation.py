"""What a statement does to relations, measured: its locks, sequential scans, rewritten tables, rebuilt indexes.

Locks are those of the statement's own transaction in pg_locks; nothing else runs in it. A relation with another
file afterwards (pg_relation_filenode) was rewritten. The counters of sequential scans say which were read as a
whole; they count scans of empty tables, too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import psycopg
from psycopg.rows import TupleRow

from schemadiff.catalog.kinds import ROWS
from schemadiff.catalog.versions import COUNTS_SCANS_AT_ONCE
from schemadiff.plans.observation import LOCK_MODES, Lock, Observation

Connection = psycopg.Connection[TupleRow]

_COUNTED = f"""
CASE WHEN current_setting('server_version_num')::int >= {COUNTS_SCANS_AT_ONCE}
     THEN pg_catalog.pg_stat_get_numscans({{oid}}) ELSE 0 END
+ pg_catalog.pg_stat_get_xact_numscans({{oid}})
"""
"""Sequential scans; servers before 15 publish their counters at some later time, so only the unpublished help there."""

_RELATIONS = f"""
SELECT c.oid, pg_catalog.format('%%I.%%I', n.nspname, c.relname), c.relkind, coalesce(i.indrelid, d.refobjid),
       pg_catalog.pg_relation_filenode(c.oid),
       {_COUNTED.format(oid="c.oid")}
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_depend AS d ON c.relkind = 'S' AND d.objid = c.oid AND d.refobjsubid > 0
     AND d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = d.classid AND d.deptype IN ('a', 'i')
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_%%temp\\_%%'
"""

_LOCKS = """
SELECT l.relation, l.mode FROM pg_catalog.pg_locks AS l
WHERE l.pid = %s AND l.locktype = 'relation' AND l.relation >= 16384
AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
"""
"""Relations with smaller OIDs are the system's."""

_LOCKED = f"""
SELECT locked.relation, locked.mode, found.*
FROM ({_LOCKS}) AS locked LEFT JOIN LATERAL ({_RELATIONS} AND c.oid = locked.relation) AS found ON true
"""

_SCANS = f"SELECT oid, {_COUNTED.format(oid='oid')} FROM pg_catalog.unnest(%s::oid[]) AS oid"

_INDEXES = frozenset("iI")
_SMALL = frozenset(f"{cls.ROWS.schema}.{cls.ROWS.table}" for cls in ROWS if cls.ROWS)
"""Tables that hold a row for each object, and never many."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation at one moment, by OIDs; `table` is what an index or a sequence belongs to."""

    oid: int
    name: str
    kind: str
    table: int | None
    file: int | None
    scans: int


class Observer:
    """Watches the statements of one session; it reports nothing on relations that are younger than `begin`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[int, Relation] = {}
        self._old: set[int] = set()
        self.begin()
        self._first = {oid: relation.name for oid, relation in self._known.items()}
        self.first_names: dict[str, str] = {}
        """Of the relations that were reported, by the names that they had then."""

    def begin(self) -> None:
        """Report from now on on the relations that exist now: others have no users to block."""
        self.look()
        self._old = set(self._known)

    def look(self) -> None:
        """Read all relations again, after another session has changed them."""
        self._known = {row[0]: Relation(*row) for row in self._connection.execute(_RELATIONS, ())}

    def watch(self, run: Callable[[], object]) -> Observation:
        """What `run` does in the open transaction, in which nothing else has run."""
        if self._connection.info.server_version < COUNTS_SCANS_AT_ONCE:
            self._count_scans()
        before = self._known
        run()
        locks: dict[int, str] = {}
        now: dict[int, Relation] = {}
        pid = self._connection.info.backend_pid
        for oid, mode, *row in self._connection.execute(_LOCKED, [pid], prepare=True):
            locks[oid] = stronger(mode, locks.get(oid))
            if row[0] is not None:
                now[oid] = Relation(*row)
        self._known = {oid: relation for oid, relation in before.items() if oid not in locks} | now
        return self._compared(before, locks, locks)

    def compare(self, locks: dict[int, str]) -> Observation:
        """What has happened since the last time, under locks that another session has read."""
        before = self._known
        self.look()
        return self._compared(before, before, locks)

    def _count_scans(self) -> None:
        """Read the counters again, which may have been published since the last time."""
        scanned = [oid for oid, relation in self._known.items() if relation.scans]
        for oid, scans in self._connection.execute(_SCANS, [scanned]):
            self._known[oid] = replace(self._known[oid], scans=scans)

    def _compared(self, before: dict[int, Relation], oids: Iterable[int], locks: dict[int, str]) -> Observation:
        """What has become of the relations with these OIDs."""
        held, rewritten, scanned, rebuilt = [], [], [], []
        for was in sorted((before[oid] for oid in self._old.intersection(oids, before)), key=lambda was: was.name):
            now = self._known.get(was.oid) or self._replacement(was, before)
            lock = _lock(was, locks.get(was.oid), before.get(was.table or 0))
            if lock is not None:
                held.append(lock)
            if now is not None and now.file != was.file and was.kind in "rm":
                rewritten.append(was.name)
            if now is not None and now.file != was.file and was.kind == "i":
                rebuilt.append(was.name)
            if now is not None and now.scans > was.scans and was.kind in "rm" and was.name not in _SMALL:
                scanned.append(was.name)
            if was.oid in locks and was.oid in self._first:
                self.first_names[was.name] = self._first[was.oid]
        return Observation(tuple(held), tuple(rewritten), tuple(scanned), tuple(rebuilt))

    def _replacement(self, was: Relation, before: dict[int, Relation]) -> Relation | None:
        """The index that replaced one: a change of type does that, and may keep its file."""
        if was.kind not in _INDEXES:
            return None
        found = next((now for now in self._known.values() if now.name == was.name and now.oid not in before), None)
        if found is not None:
            self._old.add(found.oid)
        return found


def _lock(relation: Relation, mode: str | None, table: Relation | None) -> Lock | None:
    """A lock to report; queries take weak ones on indexes."""
    if mode is None or (relation.kind in _INDEXES and LOCK_MODES.index(mode) <= LOCK_MODES.index("RowExclusiveLock")):
        return None
    return Lock(relation.name, mode, table.name if table else None)


def locks_of(connection: Connection, pid: int) -> dict[int, str]:
    """The strongest lock that a session holds or waits for on each relation, by OID."""
    strongest: dict[int, str] = {}
    for relation, mode in connection.execute(_LOCKS, [pid], prepare=True):
        strongest[relation] = stronger(mode, strongest.get(relation))
    return strongest


def stronger(mode: str, other: str | None) -> str:
    """The stronger one of two locks."""
    return mode if other is None else max(mode, other, key=LOCK_MODES.index)
