"""What waits, in words, and hazards as they were seen."""

from collections.abc import Iterator

import pytest

from schemadiff.catalog.reading.loads import TableLoad
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard, Risk
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans import forecast
from schemadiff.plans.forecast import corrected, forecasts, lock_words, outlasting, touched
from schemadiff.plans.model import BothWays, Script, Segment, Step
from schemadiff.plans.observation import Lock, Observation
from schemadiff.plans.quantities import described, listed

BOOKINGS = TableLoad("app.bookings", 1_200_000, 340 << 20, 35.4)
MOMENT = Observation((Lock("app.bookings", "AccessExclusiveLock"),))
REWRITE = Observation(
    (
        Lock("app.bookings", "AccessExclusiveLock"),
        Lock("app.bookings_pkey", "AccessExclusiveLock", "app.bookings"),
        Lock("app.currencies", "AccessShareLock"),
    ),
    rewritten=("app.bookings",),
    scanned=("app.bookings",),
    rebuilt=("app.bookings_pkey",),
)
VALIDATION = Observation((Lock("app.rooms", "ShareUpdateExclusiveLock"),), scanned=("app.rooms",))
FOREIGN_KEY = Observation(
    (Lock("app.bookings", "ShareRowExclusiveLock"), Lock("app.rooms", "ShareRowExclusiveLock")),
    scanned=("app.bookings", "app.rooms"),
)
REINDEX = Observation(
    (Lock("app.bookings", "ShareLock"), Lock("app.bookings_pkey", "AccessExclusiveLock", "app.bookings")),
    scanned=("app.bookings",),
    rebuilt=("app.bookings_pkey",),
)


def step(observed: Observation | None, *hazards: Hazard) -> Step:
    risks = tuple(Risk(hazard, "test") for hazard in hazards)
    return Step(Sql("SELECT"), StepOperation.ALTER, "table", "app.bookings", risks=risks, observed=observed)


def words(*observed: Observation, loads: dict[str, TableLoad] | None = None) -> list[str]:
    segment = Segment(tuple(step(one) for one in observed))
    return [one.words(loads or {}) for one in forecasts(segment)]


def hazards(observed: Observation | None, *declared: Hazard, transactional: bool = True, same: bool = True) -> set[str]:
    script = Script((Segment((step(observed, *declared),), transactional),))
    return {str(hazard) for hazard in corrected(script, same_version=same).hazards}


def test_locks_of_a_statement() -> None:
    assert lock_words(MOMENT) == (
        "app.bookings ACCESS EXCLUSIVE: reads and writes wait for a moment (no scan, no rewrite)"
    )
    assert lock_words(REWRITE) == "app.bookings ACCESS EXCLUSIVE: reads and writes wait while it is rewritten"
    assert lock_words(VALIDATION) == (
        "app.rooms SHARE UPDATE EXCLUSIVE: schema changes and VACUUM wait while it is read"
    )
    assert lock_words(FOREIGN_KEY) == (
        "app.bookings and app.rooms SHARE ROW EXCLUSIVE: writes wait while they are read"
    )
    assert lock_words(REINDEX) == (
        "app.bookings_pkey ACCESS EXCLUSIVE: reads and writes wait"
        " while app.bookings is read and app.bookings_pkey is rebuilt;"
        " app.bookings SHARE: writes wait while it is read and app.bookings_pkey is rebuilt"
    )


def test_what_nobody_waits_for_is_not_said() -> None:
    rows = Observation((Lock("app.bookings", "RowExclusiveLock"),), scanned=("app.bookings",))
    comment = Observation((Lock("app.bookings", "ShareUpdateExclusiveLock"),))
    assert [lock_words(one) for one in (None, Observation(), rows, comment)] == [None] * 4
    assert words(rows, comment) == []


def test_a_forecast_has_the_sizes_of_live() -> None:
    assert words(REWRITE, loads={"app.bookings": BOOKINGS}) == [
        "reads and writes of app.bookings (about 1.2 M rows, 340 MB, 35 writes a minute) wait while it is rewritten"
    ]


def test_locks_last_until_the_segment_commits() -> None:
    assert words(MOMENT, VALIDATION) == [
        "reads and writes of app.bookings wait while app.rooms is read",
        "schema changes and VACUUM of app.rooms wait while it is read",
    ]
    assert words(VALIDATION, MOMENT) == [
        "schema changes and VACUUM of app.rooms wait while it is read",
        "reads and writes of app.bookings wait for a moment",
    ]


def test_a_weaker_lock_that_lasted_longer_is_said_too() -> None:
    assert words(FOREIGN_KEY, MOMENT) == [
        "writes of app.bookings and app.rooms wait while they are read",
        "reads and writes of app.bookings wait for a moment",
    ]


def test_each_statement_of_a_long_segment_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[Observation] = []
    look = forecast.noticed

    def counted(observed: Observation) -> Iterator[Lock]:
        looked_at.append(observed)
        return look(observed)

    monkeypatch.setattr(forecast, "noticed", counted)
    relations = [f"app.table_{number:02}" for number in range(40)]
    seen = [Observation((Lock(name, "AccessExclusiveLock"),), scanned=(name,)) for name in relations]
    found = forecasts(Segment(tuple(step(one) for one in seen)))
    assert len(looked_at) == len(seen)
    assert [one.relations for one in found] == [(name,) for name in relations]
    assert [one.work.scanned for one in found] == [tuple(relations[place:]) for place in range(len(relations))]


def test_a_script_says_which_locks_outlast_their_statement() -> None:
    def outlasted(*observed: Observation) -> list[str]:
        return [one.words({}) for one in outlasting(Segment(tuple(step(one) for one in observed)))]

    assert outlasted(MOMENT, VALIDATION) == ["reads and writes of app.bookings wait while app.rooms is read"]
    assert outlasted(VALIDATION, MOMENT) == []
    assert outlasted(REWRITE, MOMENT) == []


def test_the_observation_wins_over_the_declared_hazards() -> None:
    declared = (Hazard.TABLE_REWRITE, Hazard.BLOCKS_READS, Hazard.MAY_FAIL_ON_DATA)
    assert hazards(MOMENT, *declared) == {"may-fail-on-data"}
    assert hazards(REWRITE) == {"table-rewrite", "blocks-reads"}
    assert hazards(VALIDATION) == {"long-scan"}
    assert hazards(FOREIGN_KEY, Hazard.WIDENS_ACCESS) == {"blocks-writes", "long-scan", "widens-access"}
    assert hazards(REINDEX) == {"blocks-reads", "blocks-writes", "long-scan"}


def test_what_could_not_be_seen_stays_declared() -> None:
    assert hazards(None, Hazard.LONG_SCAN) == {"long-scan"}
    assert hazards(MOMENT, Hazard.LONG_SCAN, transactional=False) == {"long-scan"}
    assert hazards(MOMENT, Hazard.TABLE_REWRITE, same=False) == {"table-rewrite"}


def test_what_a_reader_wants_the_size_of() -> None:
    rows = Observation((Lock("app.log", "RowExclusiveLock"),), scanned=("app.log",))
    up = Script((Segment((step(REWRITE), step(None), step(rows))),))
    assert touched(BothWays(up, Script((Segment((step(VALIDATION),)),)))) == {"app.bookings", "app.rooms"}


def test_names_and_sizes() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdef")) == "a, b, c and 3 more"
    assert described("t", None) == "t"
    assert described("t", TableLoad("t", None, 8192)) == "t (8 kB)"
    assert described("t", TableLoad("t", 1, 0, 0.2)) == "t (about 1 row, 0 bytes)"
    assert (
        described("t", TableLoad("t", 999_600, 5 << 30, 1234.5)) == "t (about 1 M rows, 5 GB, 1.23 k writes a minute)"
    )
