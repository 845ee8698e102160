"""When preflights are asked, and what is said where they find rows, or cannot be answered."""

from dataclasses import replace

import psycopg
import pytest

from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.problems import Problem, ProblemKind
from schemadiff.catalog.statements.statement import Preflight, PreflightKind
from schemadiff.errors import PreflightRefused
from schemadiff.execution.gates.rows.asking import findings
from schemadiff.plans.finding import Unanswered
from schemadiff.plans.model import Segment
from schemadiff.scratch.server import ScratchServer

from .conftest import StageMaker
from .stage import ADD_COLUMNS, Stage, fill, step

POSITIVE = "ALTER TABLE public.contacts ADD CHECK (touched > 0)"
CHECKED = Segment((step(POSITIVE, "table constraint contacts_touched_check ON public.contacts"),))
NOT_POSITIVE = Preflight(
    "table constraint contacts_touched_check ON public.contacts",
    Problem.of(ProblemKind.CHECK, "CHECK (touched > 0)"),
    Sql("SELECT id, touched\nFROM public.contacts\nWHERE NOT (touched > 0)"),
    Sql(POSITIVE),
    (Quoted("public.contacts"),),
)
EMAIL = Preflight(
    "column public.contacts.email",
    Problem.of(ProblemKind.NULL, "email"),
    Sql("SELECT id\nFROM public.contacts\nWHERE email IS NULL"),
    tables=(Quoted("public.contacts"),),
)
EMPTY = "TRUNCATE public.contacts"
"""Lets the statements succeed where the desired schema is made."""


def role(case: Stage, name: str) -> str:
    """The URL of the stage's database for another role."""
    return psycopg.conninfo.make_conninfo(case.url, user=name)


def test_rows_that_a_backfill_mends_are_asked_for_after_it(server: ScratchServer, stage: StageMaker) -> None:
    """The column is not even there before the run."""
    fixed = fill("UPDATE public.contacts SET touched = id WHERE :batch")
    case = stage(server, up=[ADD_COLUMNS, fixed, CHECKED], down=[], preflights=[NOT_POSITIVE])
    outcome, _ = case.apply()
    assert outcome.segments == 3


def test_a_refusal_in_the_midst_can_be_fixed_and_gone_on_from(server: ScratchServer, stage: StageMaker) -> None:
    """What waits for its segment refuses there, and the run goes on with that segment."""
    waiting = replace(NOT_POSITIVE, waits=True)
    case = stage(server, up=[ADD_COLUMNS, CHECKED], down=[], preflights=[waiting], desired_setup=EMPTY)
    with pytest.raises(PreflightRefused) as refused:
        case.apply()
    assert "would fail in segment 2:\n" in str(refused.value)
    assert "25 rows do not satisfy CHECK (touched > 0); list them:\n    SELECT id, touched\n" in str(refused.value)
    assert "1 of 2 segments committed: fix this, then run the command again, which goes on" in str(refused.value)
    case.execute("UPDATE public.contacts SET touched = 1")
    outcome, _ = case.apply()
    assert (outcome.resumed, outcome.segments) == (True, 1)


def test_what_is_done_asks_nothing_more(server17: ScratchServer, stage: StageMaker) -> None:
    """Rows against a statement that has run do not refuse the rest."""
    waiting = replace(NOT_POSITIVE, waits=True)
    of_done = replace(EMAIL, statement=ADD_COLUMNS.steps[0].sql)
    case = stage(server17, up=[ADD_COLUMNS, CHECKED], down=[], preflights=[waiting, of_done], desired_setup=EMPTY)
    with pytest.raises(PreflightRefused):
        case.apply()
    case.execute("UPDATE public.contacts SET touched = 1, email = NULL")
    outcome, _ = case.apply()
    assert outcome.resumed


def test_rows_are_counted_up_to_a_limit(server: ScratchServer, stage: StageMaker) -> None:
    """A table full of rows in the way is not counted to its end."""
    case = stage(server, preflights=[EMAIL])
    case.execute("INSERT INTO public.contacts SELECT n FROM generate_series(100, 1500) AS n")
    with pytest.raises(PreflightRefused, match="more than 1000 rows have no email; list them"):
        case.apply()


def test_a_trial_refuses_without_showing_a_value(server: ScratchServer, stage: StageMaker) -> None:
    """Where only the cast can tell, its failure is the answer."""
    trial = replace(
        EMAIL,
        problem=Problem.of(ProblemKind.CONVERSION, "integer"),
        rows=Sql("SELECT count(email::int) FROM public.contacts"),
        kind=PreflightKind.TRIAL,
    )
    case = stage(server, preflights=[trial])
    with pytest.raises(
        PreflightRefused, match="at least 1 row holds a value that does not become integer; this query fails at it"
    ) as refused:
        case.apply()
    assert "example.com" not in str(refused.value)
    case.execute("UPDATE public.contacts SET email = id::text")
    case.apply()


def test_a_query_that_fails_by_itself_says_nothing_of_rows(server: ScratchServer, stage: StageMaker) -> None:
    """A label that the enum does not have yet makes the query fail, and not a row."""
    early = replace(EMAIL, rows=Sql("SELECT FROM public.contacts WHERE email::public.mood = 'glad'"))
    case = stage(server, preflights=[early])
    case.execute("CREATE TYPE public.mood AS ENUM ('sad'); UPDATE public.contacts SET email = 'sad'")
    with psycopg.connect(case.url, autocommit=True) as connection:
        (found,) = findings(connection, [early], "5s")
        assert (found.count, found.unanswered) == (0, Unanswered.FAILED)
        assert found.why == 'the query itself fails: invalid input value for enum public.mood: "glad"'
        case.execute("ALTER TYPE public.mood ADD VALUE 'glad'")
        case.execute("UPDATE public.contacts SET email = 'glad' WHERE id = 1")
        (found,) = findings(connection, [early], "5s")
    assert (found.count, found.unanswered) == (1, None)


def test_hidden_rows_are_an_error(server: ScratchServer, stage: StageMaker) -> None:
    """A policy that hides rows from the role must not make a preflight pass."""
    server.create_role("blind", "LOGIN")
    case = stage(server, preflights=[EMAIL])
    case.execute("GRANT SELECT ON public.contacts TO blind; ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY")
    with psycopg.connect(role(case, "blind"), autocommit=True) as connection:
        (found,) = findings(connection, [EMAIL], "5s")
    assert found.why == "row-level security of contacts hides rows from role blind"
    assert found.count == 0


def test_time_runs_out(server17: ScratchServer, stage: StageMaker) -> None:
    """A query that takes too long is said to be unanswered, and does not stop the others."""
    endless = replace(EMAIL, rows=Sql("SELECT count(*) FROM generate_series(1, 10000000000) AS n"))
    case = stage(server17)
    case.execute("UPDATE public.contacts SET email = NULL WHERE id < 3")
    with psycopg.connect(case.url, autocommit=True) as connection:
        slow, found = findings(connection, [endless, EMAIL], "50ms")
    assert (slow.count, slow.why) == (0, "the query did not end within 50ms")
    assert (found.count, found.unanswered) == (2, None)


def test_what_may_not_be_read_is_unanswered(server17: ScratchServer, stage: StageMaker) -> None:
    """A role that lacks a privilege is told so."""
    server17.create_role("limited", "LOGIN")
    case = stage(server17)
    with psycopg.connect(role(case, "limited"), autocommit=True) as connection:
        (found,) = findings(connection, [EMAIL], "5s")
    assert found.why == "role limited may not read public.contacts"
