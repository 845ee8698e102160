"""What a database in use will notice of a statement: what waits for it, and for what kind of time.

Made of what the rehearsal saw and of the size of live's tables. The copy is small, so no time is ever measured,
only the kind of work.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.plans.model import BothWays, Script, Segment, Step
from schemadiff.plans.observation import LOCK_MODES, Lock, Observation
from schemadiff.plans.quantities import described, listed


class Blocked(IntEnum):
    """What waits while a lock is held, by the weakest lock that makes it wait."""

    CHANGES = LOCK_MODES.index("ShareUpdateExclusiveLock")
    WRITES = LOCK_MODES.index("ShareLock")
    EVERYTHING = LOCK_MODES.index("AccessExclusiveLock")

    def __str__(self) -> str:
        return _WORDS[self]


_WORDS = {
    Blocked.CHANGES: "schema changes and VACUUM",
    Blocked.WRITES: "writes",
    Blocked.EVERYTHING: "reads and writes",
}

_SEEN = "rehearsal"
"""What sets a hazard that only the rehearsal shows."""

Loads = Mapping[str, TableLoad]


@dataclass(frozen=True, slots=True)
class Work:
    """What takes longer the more rows there are: tables rewritten, tables read, indexes rebuilt."""

    rewritten: tuple[str, ...] = ()
    scanned: tuple[str, ...] = ()
    rebuilt: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rewritten or self.scanned or self.rebuilt)

    def __or__(self, other: "Work") -> "Work":
        rewritten = _union(self.rewritten, other.rewritten)
        scanned = tuple(name for name in _union(self.scanned, other.scanned) if name not in rewritten)
        return Work(rewritten, scanned, _union(self.rebuilt, other.rebuilt))

    def words(self, locked: tuple[str, ...], loads: Loads) -> str:
        """How long a lock on `locked` lasts."""
        if not self:
            return "for a moment"
        parts = ((self.rewritten, "rewritten"), (self.scanned, "read"), (self.rebuilt, "rebuilt"))
        (first, done), *rest = [(names, done) for names, done in parts if names]
        pronoun = "it is" if len(first) == 1 else "they are"
        clauses = [f"{pronoun} {done}" if first == locked else _clause(first, done, locked, loads)]
        clauses += [_clause(names, done, locked, loads) for names, done in rest]
        return f"while {' and '.join(clauses)}"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What waits on some relations, and the work that is done meanwhile."""

    relations: tuple[str, ...]
    blocked: Blocked
    work: Work

    def words(self, loads: Loads) -> str:
        """In a few words, with the size of tables that `loads` knows."""
        relations = listed([described(name, loads.get(name)) for name in self.relations])
        return f"{self.blocked} of {relations} wait {self.work.words(self.relations, loads)}"


def work_of(observed: Observation) -> Work:
    """What a statement does that takes longer the more rows there are."""
    tables = {lock.relation: lock.table for lock in observed.locks}
    rebuilt = tuple(index for index in observed.rebuilt if tables.get(index) not in observed.rewritten)
    return Work() | Work(observed.rewritten, observed.scanned, rebuilt)


def lock_words(observed: Observation | None) -> str | None:
    """The locks of a statement that others notice, None without any; nothing in it depends on live's rows."""
    if observed is None:
        return None
    work = work_of(observed)
    by_mode: dict[str, list[str]] = {}
    for lock in noticed(observed):
        by_mode.setdefault(lock.mode, []).append(lock.relation)
    groups = []
    for mode in sorted(by_mode, key=LOCK_MODES.index, reverse=True):
        names = tuple(by_mode[mode])
        blocked = max(level for level in Blocked if level <= LOCK_MODES.index(mode))
        time = work.words(names, {}) + ("" if work else " (no scan, no rewrite)")
        groups.append(f"{listed(names)} {spelled(mode)}: {blocked} wait {time}")
    return "; ".join(groups) or None


def spelled(mode: str) -> str:
    """A lock of pg_locks as LOCK TABLE names it ("ACCESS EXCLUSIVE")."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in mode.removesuffix("Lock"))
    return words.strip().upper()


def noticed(observed: Observation) -> Iterator[Lock]:
    """The locks for which others wait; those of indexes and sequences only if their table's is weaker."""
    held = {lock.relation: _rank(lock) for lock in observed.locks}
    weakest = Blocked.CHANGES if work_of(observed) else Blocked.WRITES
    for lock in observed.locks:
        if _rank(lock) >= weakest and (lock.table is None or held.get(lock.table, -1) < _rank(lock)):
            yield lock


def forecasts(segment: Segment) -> tuple[Forecast, ...]:
    """What waits for a segment, whose locks are all held until it commits; most serious first."""
    observations = [step.observed for step in segment.steps if step.observed is not None]
    locked = _first_locked(observations)
    done = _done_from(observations, {place for places in locked.values() for place in places.values()})
    held: dict[tuple[Blocked, Work], list[str]] = {}
    for relation in sorted(locked):
        stronger: Work | None = None
        for blocked, place in sorted(locked[relation].items(), reverse=True):
            work = done[place]
            if work == stronger or (blocked is Blocked.CHANGES and not work):
                continue
            stronger = work
            held.setdefault((blocked, work), []).append(relation)
    found = (Forecast(tuple(names), blocked, work) for (blocked, work), names in held.items())
    return tuple(sorted(found, key=lambda one: (not one.work, -one.blocked)))


def outlasting(segment: Segment) -> tuple[Forecast, ...]:
    """What waits longer than any statement of the segment says by itself: for the work of later statements."""
    alone = {
        (name, forecast.blocked, forecast.work)
        for step in segment.steps
        for forecast in forecasts(replace(segment, steps=(step,)))
        for name in forecast.relations
    }
    found = []
    for one in forecasts(segment):
        names = tuple(name for name in one.relations if (name, one.blocked, one.work) not in alone)
        if one.work and names:
            found.append(replace(one, relations=names))
    return tuple(found)


def _first_locked(observations: list[Observation]) -> dict[str, dict[Blocked, int]]:
    """By relation, the first statement that locks it as strongly as makes others wait, for all that may wait."""
    found: dict[str, dict[Blocked, int]] = {}
    for place, seen in enumerate(observations):
        for lock in noticed(seen):
            places = found.setdefault(lock.relation, {})
            for blocked in Blocked:
                if _rank(lock) >= blocked:
                    places.setdefault(blocked, place)
    return found


def _done_from(observations: list[Observation], places: set[int]) -> dict[int, Work]:
    """What is done from the statements at these places on."""
    found: dict[int, Work] = {}
    work = Work()
    for place in range(len(observations) - 1, -1, -1):
        if more := work_of(observations[place]):
            work |= more
        if place in places:
            found[place] = work
    return found


def touched(scripts: BothWays) -> frozenset[str]:
    """The relations whose size a reader of the forecasts wants to know."""
    seen = [step.observed for script in (scripts.up, scripts.down) for step in script.steps if step.observed]
    return frozenset(name for one in seen for name in _touched(one))


def _touched(observed: Observation) -> Iterator[str]:
    locked = [lock.relation for lock in noticed(observed)]
    yield from locked
    if locked:
        yield from (*observed.rewritten, *observed.scanned)


def corrected(script: Script, *, same_version: bool) -> Script:
    """The script with hazards as they were seen instead of as they were declared.

    What was not seen stays declared where it could not be seen: outside of a transaction block, and on a server
    of another major version than live.
    """
    segments = tuple(
        replace(
            segment,
            steps=tuple(_corrected(step, certain=same_version and segment.transactional) for step in segment.steps),
        )
        if segment.backfill is None
        else segment
        for segment in script.segments
    )
    return replace(script, segments=segments)


def _corrected(step: Step, *, certain: bool) -> Step:
    if step.observed is None:
        return step
    risks = {hazard: Risk(hazard, _SEEN) for hazard in _seen(step.observed)}
    for risk in step.risks:
        if risk.hazard in risks or not (risk.hazard.measured and certain):
            risks[risk.hazard] = risk
    return replace(step, risks=tuple(risks[hazard] for hazard in Hazard if hazard in risks))


def _seen(observed: Observation) -> Iterator[Hazard]:
    work = work_of(observed)
    if not work:
        return
    if work.rewritten:
        yield Hazard.TABLE_REWRITE
    if work.scanned or work.rebuilt:
        yield Hazard.LONG_SCAN
    for lock in noticed(observed):
        if _rank(lock) >= Blocked.EVERYTHING:
            yield Hazard.BLOCKS_READS
        elif _rank(lock) >= Blocked.WRITES:
            yield Hazard.BLOCKS_WRITES


def _clause(names: tuple[str, ...], done: str, locked: tuple[str, ...], loads: Loads) -> str:
    shown = [name if name in locked else described(name, loads.get(name)) for name in names]
    return f"{listed(shown)} {'is' if len(names) == 1 else 'are'} {done}"


def _rank(lock: Lock) -> int:
    return LOCK_MODES.index(lock.mode)


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*first, *second}))
