"""Batches along a key, and rows that row-level security would hide."""

from dataclasses import replace
from typing import Any, cast

import psycopg
import pytest

from schemadiff.catalog.sql import Sql
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.errors import ExecutionError, PreflightRefused
from schemadiff.execution.events import BackfillProgress, BackfillRests, Event, silent
from schemadiff.execution.gates.rows.references import alias_of, references
from schemadiff.execution.running.pace import Pace
from schemadiff.plans.model import Segment
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import SETUP, Stage, fill

NOTE = "UPDATE public.contacts SET email = 'x' WHERE :batch"


def along(segment: Segment, table: str, key: str) -> Segment:
    """The segment with a backfill along another table and key."""
    assert segment.backfill is not None
    return replace(segment, backfill=replace(segment.backfill, table=Sql(table), key=Sql(key)))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("uuid", "SELECT gen_random_uuid() FROM generate_series(1, 23)"),
        ("text", "SELECT E'it''s \\\\ ' || n FROM generate_series(1, 23) AS n"),
        (
            "timestamptz",
            "SELECT '2026-01-01'::timestamptz + n * interval '1.000001 s' FROM generate_series(1, 23) AS n",
        ),
        ("numeric(8,2)", "SELECT n - 11.5 FROM generate_series(1, 23) AS n"),
    ],
)
def test_keys_of_any_type(server17: ScratchServer, stage: StageMaker, kind: str, values: str) -> None:
    """Every row is passed exactly once, whatever the key looks like."""
    setup = (
        f'CREATE TABLE public."My t" ("K" {kind} PRIMARY KEY, n int DEFAULT 0);INSERT INTO public."My t" ("K") {values}'
    )
    segment = along(fill('UPDATE public."My t" SET n = n + 1 WHERE :batch', batch_size=5), 'public."My t"', '"K"')
    case = stage(server17, setup=setup, up=[segment], down=[])
    outcome, events = case.apply()
    assert outcome.rows == 23
    assert case.rows('SELECT DISTINCT n FROM public."My t"') == [(1,)]
    last = [event for event in events if isinstance(event, BackfillProgress)][-1]
    assert (last.done, last.total, last.changed) == (23, 23, 23)


def test_a_join_does_not_make_the_key_ambiguous(server17: ScratchServer, stage: StageMaker) -> None:
    """The key is qualified by the name under which the statement knows the table."""
    sql = "UPDATE public.contacts AS c SET email = o.note FROM public.other AS o WHERE o.id = c.id AND :batch"
    setup = f"{SETUP}; CREATE TABLE public.other AS SELECT id, 'note ' || id AS note FROM public.contacts"
    case = stage(server17, setup=setup, up=[fill(sql)], down=[])
    assert case.apply()[0].rows == 25
    assert case.value("SELECT email FROM public.contacts WHERE id = 7") == "note 7"


def test_a_cast_to_a_type_called_batch(server17: ScratchServer, stage: StageMaker) -> None:
    """Only what stands alone is the condition."""
    setup = f"{SETUP}; CREATE DOMAIN public.batch AS text"
    sql = "UPDATE public.contacts SET email = 'x :batch'::batch WHERE :batch AND 'é'::batch <> ':batch'"
    case = stage(server17, setup=setup, up=[fill(sql)], down=[])
    assert case.apply()[0].rows == 25
    assert case.value("SELECT DISTINCT email FROM public.contacts") == "x :batch"


def test_a_backfill_that_was_done_is_not_done_again(server17: ScratchServer, stage: StageMaker) -> None:
    """A plan that holds a finished backfill passes it."""
    case = stage(server17, up=[fill(NOTE)], down=[])
    case.apply()
    outcome, _ = case.with_plan(up=case.plan.up).apply()
    assert outcome.rows == 0


def test_an_empty_table(server17: ScratchServer, stage: StageMaker) -> None:
    """Nothing to do is done at once."""
    case = stage(server17, setup=SETUP.split(";")[0], up=[fill(NOTE)], down=[])
    outcome, events = case.apply()
    assert outcome.rows == 0
    assert BackfillProgress("first_sync", 0, 0, 0) in events


def test_a_key_that_is_not_there(server17: ScratchServer, stage: StageMaker) -> None:
    """The error names backfill, table and column."""
    case = stage(server17, up=[along(fill(NOTE), "public.contacts", "nope")], down=[])
    with pytest.raises(ExecutionError, match=r"backfill first_sync: public\.contacts has no column nope"):
        case.apply()


@pytest.mark.parametrize("forced", [False, True])
def test_hidden_rows_are_an_error(server: ScratchServer, stage: StageMaker, forced: bool) -> None:
    """Row-level security that is in force for the role refuses the plan before anything runs."""
    server.create_role("clerk", "LOGIN")
    setup = (
        f"{SETUP}; GRANT CREATE ON SCHEMA public TO clerk; GRANT SELECT, UPDATE ON public.contacts TO clerk;"
        "ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY"
    )
    if forced:
        setup += "; ALTER TABLE public.contacts FORCE ROW LEVEL SECURITY, OWNER TO clerk"
    case = stage(server, setup=setup, up=[fill(NOTE)], down=[])
    database = str(psycopg.conninfo.conninfo_to_dict(case.url)["dbname"])
    case.execute("DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO clerk', current_database()); END$$")
    clerk = Stage(server.url(database, "clerk"), case.directory, case.plan)
    with pytest.raises(PreflightRefused) as refused:
        clerk.apply()
    assert "row-level security of contacts hides rows from role clerk" in str(refused.value)
    assert "BYPASSRLS" in str(refused.value)
    assert case.apply()[0].rows == 25


def test_the_owner_is_not_hidden_from(server17: ScratchServer, stage: StageMaker) -> None:
    """Row-level security that is not forced lets the table's owner pass."""
    server17.create_role("proprietor", "LOGIN")
    setup = (
        f"{SETUP}; ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY, OWNER TO proprietor;"
        "DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO proprietor', current_database()); END$$"
    )
    case = stage(server17, setup=setup, up=[fill(NOTE)], down=[])
    database = str(psycopg.conninfo.conninfo_to_dict(case.url)["dbname"])
    owner = Stage(server17.url(database, "proprietor"), case.directory, case.plan)
    assert owner.apply()[0].rows == 25


def test_references_of_a_statement() -> None:
    """Tables by name and alias; common table expressions are none."""
    sql = (
        "WITH old AS (SELECT * FROM a.b WHERE :batch)"
        ' UPDATE c AS "C c" SET x = 1 FROM old WHERE EXISTS (SELECT FROM a.d)'
    )
    found = {(one.name, one.alias) for one in references(sql)}
    assert found == {('"a"."b"', "b"), ('"c"', "C c"), ('"a"."d"', "d")}
    assert alias_of("public.c", sql) == '"C c"'
    assert alias_of("other.b", sql) is None
    assert alias_of("a.b", "SELECT FROM a.b AS x, a.b AS y") is None


def paced(size: int, **settings: object) -> Pace:
    """The pace of a backfill that nobody runs; `size` is what its header says."""
    backfill = replace(fill(NOTE, batch_size=size).backfill, **settings)  # type: ignore[type-var]
    return Pace(cast(psycopg.Connection[Any], None), cast(Backfill, backfill), silent)


def test_batches_aim_at_a_tenth_of_a_second() -> None:
    """They grow only where the header names no size, and shrink at once where others wait."""
    fixed, free = paced(1000), paced(1000, adapts=True)
    assert [pace.next_size(1000, 0.01, in_the_way=False) for pace in (fixed, free)] == [1000, 2000]
    assert [pace.next_size(1000, 0.1, in_the_way=False) for pace in (fixed, free)] == [1000, 1000]
    assert [pace.next_size(1000, 1.0, in_the_way=False) for pace in (fixed, free)] == [100, 100]
    assert [pace.next_size(1000, 0.1, in_the_way=True) for pace in (fixed, free)] == [500, 500]
    assert fixed.next_size(100, 0.01, in_the_way=False) == 200
    assert free.next_size(1, 9.0, in_the_way=True) == 1


def test_a_backfill_rests_for_standbys_and_as_its_header_says(
    server17: ScratchServer, stage: StageMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    lag = "SELECT 'far away', 42.0 FROM public.lag WHERE %s > 0"
    monkeypatch.setattr("schemadiff.execution.running.pace._LAGGING", lag)
    case = stage(server17, setup=f"{SETUP}; CREATE TABLE public.lag AS SELECT 1")
    rests: list[float] = []
    events: list[Event] = []

    def caught_up(seconds: float) -> None:
        rests.append(seconds)
        case.execute("DELETE FROM public.lag")

    with psycopg.connect(case.url, autocommit=True) as connection:
        backfill = replace(cast(Backfill, fill(NOTE).backfill), pause=0.2)
        Pace(connection, backfill, events.append, caught_up).rest(0.1, in_the_way=False)
    assert rests[0] == 0.2
    case.execute("INSERT INTO public.lag VALUES (1)")
    with psycopg.connect(case.url, autocommit=True) as connection:
        Pace(connection, replace(backfill, pause=0.0), events.append, caught_up).rest(0.1, in_the_way=False)
    assert events == [BackfillRests("first_sync", "far away", 42.0)]
    assert rests == [0.2, 1.0]
