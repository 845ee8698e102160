"""A rehearsal on what a change can touch judges as one on everything does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

import schemadiff
from corpus.case import CASES, CorpusCase
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted, Sql
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.config import Project
from schemadiff.difference.sides import Sides
from schemadiff.planning.both_ways import both_ways
from schemadiff.plans.model import BothWays, Proof, Script, Segment, Step
from schemadiff.plans.reach import reach
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.proof.proof import REHEARSAL, WATCHED, prove
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.of_live import live_copy
from schemadiff.shadow.of_live.live_copy import COPY, DESIRED_PART, copy_for_rehearsal

ROLES = ("corpus_alice", "corpus_bob", "corpus Carol")
"""Whom the cases of the corpus name."""

SAMPLED = (
    "column-type-with-dependents", "constraint-key-changes-under-references", "enum-values",
    "event-trigger-definitions", "function-definitions", "index-uses-function",
    "inheritance-sub-partitions-move", "names-everywhere",
    "sequence-ownership", "view-chain-over-changed-columns",
)  # fmt: skip

OUTSIDE = """
    CREATE SCHEMA aside;
    CREATE TABLE aside.outside (id int PRIMARY KEY, label text DEFAULT 'x');
    CREATE VIEW aside.seen AS SELECT id FROM aside.outside;
"""

BEFORE = f"""
    {OUTSIDE}
    CREATE TABLE public.logged (id int PRIMARY KEY);
    CREATE FUNCTION public.log() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.logged VALUES (NEW.id); RETURN NEW; END $$;
    CREATE TABLE public.parents (id int PRIMARY KEY);
    CREATE TABLE public.orders (id int PRIMARY KEY, code text, parent int REFERENCES public.parents);
    CREATE TRIGGER log AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.log();
    CREATE VIEW public.codes AS SELECT code FROM public.orders;
    CREATE TABLE public.lines (id int PRIMARY KEY, "order" int REFERENCES public.orders, note text);
"""

AFTER = BEFORE.replace("code text,", "code varchar(9),")


@pytest.fixture(autouse=True)
def _no_database_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_copy, "COPIED_WHOLE", 0)


class Pair:
    """Two databases, the scripts between them, and shadow databases beside them."""

    def __init__(
        self, server: ScratchServer, urls: tuple[str, str], live: psycopg.Connection, judge: SecondJudge
    ) -> None:
        self.judge = judge
        self.desired_url = urls[1]
        with psycopg.connect(urls[1], autocommit=True) as other:
            self.sides = Sides(inspect(live, Scope.of()), inspect(other, Scope.of()))
        self.scripts = both_ways(*self.sides, archived=None).scripts
        self.shadow = ShadowDatabases(server, Scope.of(), live, live.info.user)

    def prove(self, *, whole: bool = False, extra: str = "") -> Proof:
        """The proof, after a statement more on the way up."""
        made = self.scripts
        if extra:
            more = Segment((Step(Sql(extra), StepOperation.RUN, "statement", "written by hand"),))
            made = BothWays(replace(made.up, segments=(*made.up.segments, more)), made.down)
        self.forget()
        copies = copy_for_rehearsal(self.shadow, made, self.sides, self.desired_url, whole=whole)
        return prove(made, copies, shadow=self.shadow, judge=self.judge).proof

    def copy(self) -> Catalog:
        """What stands in the copy of live."""
        return self.shadow.read(COPY)

    def forget(self, *more: str) -> None:
        """Drop the databases of a proof."""
        for name in (REHEARSAL, WATCHED, DESIRED_PART, COPY, *more):
            self.shadow.server.drop_database(name)


@pytest.fixture
def pair(
    server: ScratchServer, fresh_database: Callable[..., str], second_judge: SecondJudge
) -> Iterator[Callable[[str, str], Pair]]:
    """Makes a pair of databases from two texts."""

    with ExitStack() as stack:

        def make(before: str, after: str) -> Pair:
            urls = fresh_database(server), fresh_database(server)
            for url, text in zip(urls, (before, after), strict=True):
                _load(url, text)
            live = stack.enter_context(psycopg.connect(urls[0], autocommit=True))
            made = Pair(server, urls, live, second_judge)
            stack.callback(made.forget, BASELINE)
            return made

        yield make


def _load(url: str, text: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        connection.execute(text.encode())


def table(name: str) -> Identity:
    return Identity("table", Quoted(name))


@pytest.mark.parametrize("case", [case for case in CASES if case.name in SAMPLED], ids=str)
def test_a_part_proves_what_the_whole_proves(
    server: ScratchServer, pair: Callable[[str, str], Pair], case: CorpusCase
) -> None:
    for role in ROLES:
        server.create_role(role)
    made = pair(case.a + ";" + OUTSIDE, case.b + ";" + OUTSIDE)
    part, whole = made.prove(), made.prove(whole=True)
    assert part.objects is not None and whole.objects is None
    assert part.holds and whole.holds, (part, whole)


def test_only_what_the_change_can_touch_is_built(pair: Callable[[str, str], Pair]) -> None:
    made = pair(BEFORE, AFTER)
    assert made.prove().holds
    copy = made.copy()
    built = [name for name in ("logged", "parents", "orders", "lines") if table(f"public.{name}") in copy]
    assert built == ["logged", "parents", "orders", "lines"]
    assert Identity("view", Quoted("public.codes")) in copy
    assert Identity("column", Quoted("public.lines.note")) in copy, "tables are whole"
    assert table("aside.outside") not in copy and Identity("schema", Quoted("aside")) not in copy


def test_the_whole_is_built_on_demand(pair: Callable[[str, str], Pair]) -> None:
    made = pair(BEFORE, AFTER)
    proof = made.prove(whole=True)
    assert proof.holds and proof.objects is None
    assert table("aside.outside") in made.copy()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE IF EXISTS aside.outside CASCADE",
        "ALTER TABLE IF EXISTS aside.outside ALTER COLUMN label DROP DEFAULT",
        "SET LOCAL search_path = aside; DROP VIEW IF EXISTS seen",
        "GRANT SELECT ON ALL TABLES IN SCHEMA aside TO PUBLIC",
        "DO $$ BEGIN EXECUTE 'DROP VIEW IF EXISTS aside.' || 'se' || 'en'; END $$",
    ],
)
def test_a_statement_about_anything_else_is_noticed(pair: Callable[[str, str], Pair], statement: str) -> None:
    proof = pair(BEFORE, AFTER).prove(extra=statement)
    assert not proof.holds
    assert "aside." in str(proof.up)


def test_an_index_that_was_never_finished_is_copied_as_such(pair: Callable[[str, str], Pair]) -> None:
    broken = "CREATE INDEX code ON public.orders (code); "
    broken += "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.code'::regclass"
    made = pair(BEFORE + broken, AFTER)
    part, whole = made.prove(), made.prove(whole=True)
    assert part.holds and whole.holds


def test_statements_that_name_nothing_reach_everything(pair: Callable[[str, str], Pair]) -> None:
    made = pair(BEFORE, AFTER)
    for statement in ("DO $$ BEGIN END $$", "REASSIGN OWNED BY a TO b", "GRANT SELECT ON ALL TABLES IN SCHEMA s TO r"):
        extra = Script((Segment((Step(Sql(statement), StepOperation.RUN, "statement", "written by hand"),)),))
        assert reach(made.sides, BothWays(extra, Script(()))) is None, statement
    assert reach(made.sides, made.scripts) is not None


def test_a_plan_says_how_much_was_rehearsed(
    server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    urls = fresh_database(server17), fresh_database(server17)
    for url, text in zip(urls, (BEFORE, AFTER), strict=True):
        _load(url, text)
    counts = []
    for whole in (False, True):
        plan = schemadiff.diff(*urls, Project.default(tmp_path), whole_proof=whole)
        assert plan.proof is not None and plan.proof.holds
        counts.append(plan.proof.objects)
    assert counts[0] is not None and counts[0] < len(plan.live.objects) and counts[1] is None
