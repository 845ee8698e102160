"""What is seen of scripts, statement by statement, and what a plan makes of it."""

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import schemadiff
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.plans.model import BothWays, Plan, Script, Segment, Step
from schemadiff.plans.observation import Lock, Observation
from schemadiff.plans.scripts.body import script_sql
from schemadiff.proof.watching.watching import Watched, watch
from schemadiff.review.markdown import review_markdown
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.rehearsing.superuser_rights import Superuser

SETUP = """
CREATE TABLE room (id int PRIMARY KEY, name varchar(10));
CREATE TABLE booking (id int PRIMARY KEY, room int, at timestamptz);
CREATE INDEX booking_at ON booking (at);
INSERT INTO room SELECT n, n FROM generate_series(1, 10) AS n;
INSERT INTO booking SELECT n, n, now() FROM generate_series(1, 10) AS n;
"""

EXCLUSIVE = "AccessExclusiveLock"


@pytest.fixture
def database(server: ScratchServer, fresh_database: Callable[..., str]) -> str:
    url = fresh_database(server)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SETUP)
    return url


def segment(*statements: str, transactional: bool = True) -> Segment:
    steps = tuple(Step(Sql(text), StepOperation.ALTER, "table", "public.booking") for text in statements)
    return Segment(steps, transactional)


def seen(url: str, *up: Segment, down: tuple[Segment, ...] = (), role_url: str | None = None) -> Watched:
    return watch(BothWays(Script(up), Script(down)), role_url or url, Superuser(url), url)


def observed(watched: Watched) -> list[Observation | None]:
    return [step.observed for step in watched.scripts.up.steps]


def locks(watched: Watched) -> list[list[tuple[str, str]]]:
    return [[(lock.relation, lock.mode) for lock in one.locks] if one else [] for one in observed(watched)]


def test_each_statement_has_its_own_locks(database: str) -> None:
    """Also where an earlier one of the same transaction holds a stronger one."""
    watched = seen(
        database,
        segment(
            "ALTER TABLE public.booking ADD COLUMN note text",
            "COMMENT ON TABLE public.booking IS 'x'",
            "ALTER TABLE public.booking ADD FOREIGN KEY (room) REFERENCES public.room",
            "ALTER TABLE public.booking DROP COLUMN note",
        ),
    )
    assert locks(watched) == [
        [("public.booking", EXCLUSIVE)],
        [("public.booking", "ShareUpdateExclusiveLock")],
        [("public.booking", "ShareRowExclusiveLock"), ("public.room", "ShareRowExclusiveLock")],
        [("public.booking", EXCLUSIVE)],
    ]
    assert [one.scanned for one in observed(watched) if one] == [(), (), ("public.booking", "public.room"), ()]


def test_what_the_script_makes_is_left_out(database: str) -> None:
    watched = seen(
        database,
        segment("CREATE TABLE public.guest (room int REFERENCES public.room)", "CREATE INDEX ON public.guest (room)"),
        down=(segment("DROP TABLE public.guest"),),
    )
    assert locks(watched) == [[("public.room", "ShareRowExclusiveLock")], []]
    (dropped,) = watched.scripts.down.steps
    assert dropped.observed is not None
    assert Lock("public.guest", EXCLUSIVE) in dropped.observed.locks
    assert Lock("public.room", EXCLUSIVE) in dropped.observed.locks


def test_an_index_made_anew_under_its_name_is_the_same_one(database: str) -> None:
    watched = seen(
        database,
        segment(
            "ALTER TABLE public.booking ALTER COLUMN id TYPE bigint",
            "ALTER TABLE public.booking ALTER COLUMN id TYPE numeric",
            "ALTER TABLE public.room ALTER COLUMN name TYPE varchar(20)",
        ),
    )
    first, second, third = observed(watched)
    assert first is not None
    assert first == second
    assert first.rewritten == ("public.booking",)
    assert first.rebuilt == ("public.booking_at", "public.booking_pkey")
    assert third == Observation((Lock("public.room", EXCLUSIVE),))


def test_renamed_tables_are_known_by_the_names_of_live(database: str) -> None:
    watched = seen(
        database,
        segment("ALTER TABLE public.room RENAME TO chamber", "ALTER TABLE public.chamber ADD COLUMN floor int"),
        down=(segment("ALTER TABLE public.chamber RENAME TO room"),),
    )
    assert locks(watched) == [[("public.room", EXCLUSIVE)], [("public.chamber", EXCLUSIVE)]]
    assert watched.live_names == {"public.room": "public.room", "public.chamber": "public.room"}


def test_outside_of_a_transaction_block(database: str) -> None:
    watched = seen(
        database,
        segment("CREATE INDEX CONCURRENTLY booking_room ON public.booking (room)", transactional=False),
        segment("DROP INDEX CONCURRENTLY public.booking_at", transactional=False),
        segment("REINDEX INDEX CONCURRENTLY public.booking_pkey", transactional=False),
    )
    weak = "ShareUpdateExclusiveLock"
    assert locks(watched) == [
        [("public.booking", weak)],
        [("public.booking", weak), ("public.booking_at", weak)],
        [("public.booking", weak), ("public.booking_pkey", weak)],
    ]
    assert [(one.scanned, one.rebuilt) for one in observed(watched) if one] == [
        (("public.booking",), ()),
        ((), ()),
        (("public.booking",), ("public.booking_pkey",)),
    ]


def test_what_never_waits_is_not_seen(database: str) -> None:
    watched = seen(
        database, segment("VACUUM public.booking", transactional=False), segment("DROP TABLE public.booking")
    )
    assert [one is None for one in observed(watched)] == [True, False]


def test_what_fails_alone_is_not_seen(database: str) -> None:
    """Deferred constraints look at the end of the segment, not of the statement."""
    make = "ALTER TABLE public.booking ADD FOREIGN KEY (room) REFERENCES public.room DEFERRABLE INITIALLY DEFERRED"
    watched = seen(
        database,
        segment(make),
        segment("INSERT INTO public.booking VALUES (11, 11, now())", "INSERT INTO public.room VALUES (11, 'x')"),
        segment("DROP TABLE public.booking"),
    )
    assert [one is None for one in observed(watched)] == [False, True, True, True]


def test_what_only_a_superuser_may_run_is_not_seen(server: ScratchServer, fresh_database: Callable[..., str]) -> None:
    url = fresh_database(server, owner="plain_owner")
    admin = url.replace("plain_owner@", f"{server.superuser}@")
    up = segment("CREATE PUBLICATION news FOR ALL TABLES", "CREATE TABLE public.t (id int)")
    down = segment("DROP PUBLICATION news", "DROP TABLE public.t")
    watched = seen(admin, up, down=(down,), role_url=url)
    assert [one is None for one in observed(watched)] == [True, False]
    assert [step.observed is None for step in watched.scripts.down.steps] == [False, False]


@pytest.fixture
def plans(server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path) -> Callable[[], Plan]:
    """Makes plans for the tables of SETUP, in which a key widens and an index of the wanted schema is new."""
    url = fresh_database(server17)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SETUP + "ANALYZE")
    (tmp_path / "desired_schema").mkdir()
    wanted = SETUP.partition("INSERT")[0].replace("id int PRIMARY KEY, room", "id bigint PRIMARY KEY, room")
    (tmp_path / "desired_schema" / "all.sql").write_text(wanted + "CREATE INDEX booking_room ON booking (room);")
    project = schemadiff.Project.default(tmp_path)
    return lambda: schemadiff.plan(url, project, name="widen", progress=lambda words: None).plan


def test_a_plan_says_what_waits(plans: Callable[[], Plan]) -> None:
    plan = plans()
    body = script_sql(plan.up)
    for line in (
        "-- locks: public.booking ACCESS EXCLUSIVE: reads and writes wait while it is rewritten",
        "-- locks: public.booking SHARE UPDATE EXCLUSIVE: schema changes and VACUUM wait while it is read",
    ):
        assert line in body.splitlines()
    (load,) = plan.loads
    assert (load.table, load.rows, load.bytes) == ("public.booking", 10, 8192)
    told = r"- segment 1: reads and writes of public\.booking \(about 10 rows, 8 kB[^)]*\) wait while it is rewritten"
    assert re.search(told, review_markdown(plan, "c" * 64))


def test_the_head_of_a_segment_says_what_outlasts_a_statement(database: str) -> None:
    watched = seen(
        database,
        segment("ALTER TABLE public.room ADD COLUMN floor int", "ALTER TABLE public.booking ADD CHECK (room > 0)"),
    )
    assert (
        "-- segment 1 of 1: one transaction\n"
        "-- until it commits: reads and writes of public.room wait while public.booking is read\n"
        "BEGIN;\n"
    ) in script_sql(watched.scripts.up)


def test_the_scripts_are_the_same_each_time(plans: Callable[[], Plan]) -> None:
    first, second = plans(), plans()
    assert script_sql(first.up) == script_sql(second.up)
    assert script_sql(first.down) == script_sql(second.down)
