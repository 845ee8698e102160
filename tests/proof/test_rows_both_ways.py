"""Rows on their way through a plan and back: what must survive, what is missed, what is told of values."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import psycopg
import pytest

from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Sql
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.purpose import StepOperation
from schemadiff.desired.data_steps.steps import Backfill
from schemadiff.difference.sides import Sides
from schemadiff.planning.both_ways import both_ways
from schemadiff.plans.model import BothWays, Opinion, Proof, Recovery, Segment, Step, TableRows
from schemadiff.proof.judges.second_opinion import SecondJudge
from schemadiff.proof.proof import REHEARSAL, WATCHED, prove
from schemadiff.proof.rows.making.sampling import Sample
from schemadiff.proof.rows.rehearsal_rows import ROWS
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.databases import BASELINE, ShadowDatabases
from schemadiff.shadow.of_live.live_copy import COPY, RehearsalCopies, copy_live

Change = Callable[[BothWays], BothWays]
Prove = Callable[..., Proof]


@pytest.fixture
def proof(server: ScratchServer, fresh_database: Callable[..., str], second_judge: SecondJudge) -> Iterator[Prove]:
    """Proves the plan from one schema to another, after `change`; `rows` are live's, of which `sample` are taken."""

    def forget() -> None:
        for name in (BASELINE, COPY, REHEARSAL, WATCHED):
            server.drop_database(name)

    with ExitStack() as stack:
        stack.callback(forget)

        def made(
            before: str, after: str, change: Change = lambda scripts: scripts, rows: str = "", sample: int = 0
        ) -> Proof:
            sides = []
            urls = fresh_database(server), fresh_database(server)
            for url, text in zip(urls, (before + ";" + rows, after), strict=True):
                connection = stack.enter_context(psycopg.connect(url, autocommit=True))
                connection.execute(text.encode())
                sides.append((connection, inspect(connection, Scope.of())))
            (connection, live), (_, wanted) = sides
            forget()
            shadow = ShadowDatabases(server, Scope.of(), connection, connection.info.user)
            copy_live(shadow, live)
            scripts = change(both_ways(live, wanted, archived=None).scripts)
            copies = RehearsalCopies(Sides(live, wanted), urls[1])
            taken = Sample(connection, sample) if sample else None
            return prove(scripts, copies, shadow=shadow, judge=second_judge, sample=taken).proof

        yield made


def of_rows(opinions: tuple[Opinion, ...]) -> Opinion:
    """What the judge of rows says."""
    return next(opinion for opinion in opinions if opinion.judge == ROWS)


def more_up(sql: str) -> Change:
    """A statement more at the end of up, that nobody announced."""

    def change(scripts: BothWays) -> BothWays:
        segment = Segment((Step(Sql(sql), StepOperation.RUN, "statement", "written by hand"),))
        return replace(scripts, up=replace(scripts.up, segments=(*scripts.up.segments, segment)))

    return change


def with_backfill(sql: str, table: str) -> Change:
    """A backfill at the end of up."""

    def change(scripts: BothWays) -> BothWays:
        backfill = Backfill("fill", Sql(sql), Sql(table), Sql("id"), 1000, "")
        segment = Segment.of_backfill(backfill)
        return replace(scripts, up=replace(scripts.up, segments=(*scripts.up.segments, segment)))

    return change


BASE = "CREATE TABLE t (id int PRIMARY KEY, a text, b int); CREATE TABLE u (x text, y int)"


def test_rows_survive_a_plan_and_its_rollback(proof: Prove) -> None:
    found = proof(BASE, BASE.replace("b int", "b bigint, c text DEFAULT 'x' NOT NULL") + "; CREATE INDEX ON t (a)")
    assert found.holds
    assert (of_rows(found.up), of_rows(found.down)) == (Opinion(ROWS, True), Opinion(ROWS, True))
    assert found.rows == (TableRows("public.t", 5),)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM public.t WHERE id = 1", "table public.t: 1 row is lost"),
        ("UPDATE public.t SET a = 'o' WHERE id = 1",
         "column public.t.a: 1 value is changed, such as 'alpha', which is 'o'"),
        ("UPDATE public.u SET y = 77 WHERE y = 1", "column public.u.y: 1 value is changed, such as '1', which is '77'"),
        ("DELETE FROM public.u WHERE y = 1", "table public.u: 1 row is lost"),
        ("INSERT INTO public.t VALUES (99)", "table public.t: 1 row more than before"),
        ("WITH gone AS (DELETE FROM public.t RETURNING *) INSERT INTO public.t SELECT 100 + id, a, b FROM gone",
         "table public.t: 5 rows are lost"),
    ],
)  # fmt: skip
def test_lost_rows_and_values_are_noticed(proof: Prove, sql: str, words: str) -> None:
    found = proof(BASE, BASE + "; CREATE INDEX ON t (b); CREATE INDEX ON u (x)", more_up(sql))
    assert not found.holds
    assert of_rows(found.up).details == (words,)


def test_what_is_announced_as_lost_may_be_lost(proof: Prove) -> None:
    after = "CREATE TABLE t (id int PRIMARY KEY, b int)"
    found = proof(BASE, after)
    assert found.holds
    assert of_rows(found.up) == Opinion(ROWS, True)
    assert all(detail.startswith(("table public.u", "column public.t.a")) for detail in of_rows(found.down).details)


def test_a_key_that_is_numbered_anew_tells_no_rows_apart(proof: Prove) -> None:
    parts = "; CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)"
    table = "CREATE TABLE p (kind int NOT NULL, word text{}) PARTITION BY LIST (kind)" + parts
    numbered = ", id bigint GENERATED ALWAYS AS IDENTITY (START 1000), PRIMARY KEY (kind, id)"
    found = proof(table.format(numbered), table.format(""))
    assert found.holds
    assert not [detail for detail in of_rows(found.down).details if "word" in detail or "lost" in detail]


def test_a_step_that_says_it_is_lossless_must_be(proof: Prove) -> None:
    def kept(scripts: BothWays) -> BothWays:
        segments = tuple(replace(s, steps=tuple(map(as_lossless, s.steps))) for s in scripts.up.segments)
        return BothWays(replace(scripts.up, segments=segments), scripts.down)

    def as_lossless(step: Step) -> Step:
        risks = tuple(risk for risk in step.risks if risk.hazard is not Hazard.IRREVERSIBLE)
        return replace(step, recovery=Recovery.LOSSLESS, risks=risks)

    found = proof(BASE, "CREATE TABLE t (id int PRIMARY KEY, b int)", kept)
    assert not of_rows(found.down).agrees


def test_renamed_tables_and_columns_keep_their_rows(proof: Prove) -> None:
    def renaming(up: bool) -> Segment:
        ways = ("ALTER TABLE public.t RENAME TO n", "ALTER TABLE public.n RENAME COLUMN a TO z")
        back = ("ALTER TABLE public.n RENAME COLUMN z TO a", "ALTER TABLE public.n RENAME TO t")
        return Segment(
            tuple(Step(Sql(sql), StepOperation.RENAME, "table", "public.t") for sql in (ways if up else back))
        )

    def change(scripts: BothWays) -> BothWays:
        up, down = (replace(scripts.up, segments=(renaming(True),)), replace(scripts.down, segments=(renaming(False),)))
        return BothWays(up, down)

    after = "CREATE TABLE n (id int CONSTRAINT t_pkey PRIMARY KEY, z text, b int); CREATE TABLE u (x text, y int)"
    found = proof(BASE, after, change)
    assert of_rows(found.up) == of_rows(found.down) == Opinion(ROWS, True)


def test_labels_of_enums_may_be_renamed(proof: Prove) -> None:
    before = "CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE t (id int PRIMARY KEY, m mood)"
    change = more_up("ALTER TYPE public.mood RENAME VALUE 'glad' TO 'happy'")
    found = proof(before, before.replace("glad", "happy") + "; CREATE INDEX ON t (m)", lambda _: _only(before, change))
    assert of_rows(found.up) == Opinion(ROWS, True)


def _only(_: str, change: Change) -> BothWays:
    from schemadiff.plans.model import Script

    index = Segment((Step(Sql("CREATE INDEX ON public.t (m)"), StepOperation.CREATE, "table", "public.t"),))
    return change(BothWays(Script((index,)), Script(())))


def test_made_up_rows_are_taken_out_of_the_way(proof: Prove) -> None:
    found = proof(BASE, BASE.replace("a text, b int", "a text NOT NULL, b int CHECK (b < 100)"))
    assert found.holds
    (rows,) = found.rows
    assert 0 < rows.rows < 5
    assert "in the way" in (rows.reason or "")


def test_a_failure_shows_the_row_and_that_it_is_made_up(proof: Prove) -> None:
    found = proof(
        BASE, BASE + "; CREATE INDEX ON t (b)", more_up("DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''P0001''; END'")
    )
    assert "such rows may not exist in live" in found.up[0].details[0]


def test_backfills_may_change_what_they_set(proof: Prove) -> None:
    after = BASE.replace("b int)", "b int, c text)")
    sql = "UPDATE public.t SET c = a, b = id WHERE :batch"
    assert proof(BASE, after, with_backfill(sql, "public.t")).holds
    wrong = "UPDATE public.t SET c = a WHERE :batch; UPDATE public.t SET a = 'lost'"
    found = proof(BASE, after, more_up(wrong.replace(":batch", "true")))
    assert [detail.partition(":")[0] for detail in of_rows(found.up).details] == ["column public.t.a"]


def test_a_backfill_that_casts_to_a_type_called_batch(proof: Prove) -> None:
    before = f"CREATE TYPE batch AS ENUM ('x', 'y'); {BASE}"
    sql = "UPDATE public.t SET c = 'x'::batch WHERE :batch"
    assert proof(before, before.replace("b int)", "b int, c batch)"), with_backfill(sql, "public.t")).holds


def test_sequences_go_on_where_they_stood(proof: Prove) -> None:
    before = "CREATE SEQUENCE s; CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int)"
    after = before + "; CREATE INDEX ON t (a); ALTER SEQUENCE s CACHE 5"
    assert proof(before, after).holds
    found = proof(before, after, more_up("ALTER TABLE public.t ALTER id RESTART"))
    assert not found.holds


SECRETS = "INSERT INTO t VALUES (1, 'secret-1', 7001), (2, 'secret-2', 7002), (3, NULL, NULL)"
CHILD = BASE.replace("y int", "y int REFERENCES t")


def test_sampled_rows_come_with_those_they_refer_to(proof: Prove) -> None:
    rows = SECRETS + "; INSERT INTO u VALUES ('secret-3', 3), ('secret-4', 1)"
    found = proof(CHILD, CHILD + "; CREATE INDEX ON t (b); CREATE INDEX ON u (x)", rows=rows, sample=1)
    assert found.holds
    assert {one.table: one.rows for one in found.rows} == {"public.t": 2, "public.u": 1}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE public.t SET a = 'other'",
        "ALTER TABLE public.t ALTER a TYPE int USING a::int",
        "ALTER TABLE public.t ADD CHECK (b < 10)",
        "DO 'DECLARE v text; BEGIN SELECT a INTO v FROM public.t WHERE id = 1; RAISE EXCEPTION ''%'', v; END'",
        "DO 'DECLARE v text; BEGIN SELECT a INTO v FROM public.t WHERE id = 1;"
        " RAISE unique_violation USING MESSAGE = v; END'",
    ],
)
def test_no_value_of_a_sampled_row_is_told(proof: Prove, sql: str) -> None:
    found = proof(BASE, BASE + "; CREATE INDEX ON t (b)", more_up(sql), rows=SECRETS, sample=10)
    assert not found.holds
    assert "secret" not in repr(found)
    assert "7001" not in repr(found)


def more_down(sql: str) -> Change:
    """A statement more at the beginning of down."""

    def change(scripts: BothWays) -> BothWays:
        segment = Segment((Step(Sql(sql), StepOperation.RUN, "statement", "written by hand"),))
        return replace(scripts, down=replace(scripts.down, segments=(segment, *scripts.down.segments)))

    return change


def test_rows_come_and_change_and_go_between_up_and_down(proof: Prove) -> None:
    after = BASE.replace("b int", "b bigint") + "; CREATE INDEX ON u (x)"
    found = proof(BASE, after)
    assert (found.holds, found.used) == (True, 2)
    for sql, words in (
        ("DELETE FROM public.t WHERE id NOT IN (1, 2, 3, 4, 5)", "table public.t: 1 row that was inserted after up"),
        ("UPDATE public.t SET b = 7 WHERE id = 3", "column public.t.b: 1 value is changed"),
    ):
        found = proof(BASE, after, more_down(sql))
        assert not found.holds
        assert of_rows(found.down).details[0].startswith(words)


def test_what_the_rollback_refuses_is_told(proof: Prove) -> None:
    sql = "DO 'BEGIN IF (SELECT count(*) FROM public.t WHERE id > 5) > 0 THEN RAISE check_violation; END IF; END'"
    found = proof(BASE, BASE + "; CREATE INDEX ON t (b); CREATE INDEX ON u (x)", more_down(sql))
    assert (found.holds, found.used) == (True, 0)
    (words,) = of_rows(found.down).details
    assert words.startswith("rows inserted or changed after up are refused by: by hand: DO 'BEGIN IF ")
    assert words.endswith(", which does not say that rows may make it fail")


def test_rows_that_the_rollback_would_refuse_are_not_inserted(proof: Prove) -> None:
    before = "CREATE TABLE t (id int PRIMARY KEY, a text CHECK (a IN ('x', 'y')) NOT NULL)"
    found = proof(before, "CREATE TABLE t (id int PRIMARY KEY, a text)")
    assert (found.holds, of_rows(found.down)) == (True, Opinion(ROWS, True))


def test_values_of_a_column_that_comes_back_join_rows_that_were_used(proof: Prove) -> None:
    before = "CREATE TABLE p (id int PRIMARY KEY, n int);"
    before += "CREATE TABLE t (id serial PRIMARY KEY, p int REFERENCES p, a text)"
    found = proof(before, before.replace(", n int", ", m text").replace("a text", "a varchar(50)"))
    assert found.holds
    assert found.used == 2


def test_what_was_a_key_stays_as_it_is_between_up_and_down(proof: Prove) -> None:
    found = proof("CREATE TABLE t (id int PRIMARY KEY, a text)", "CREATE TABLE t (id int, a text)")
    assert (found.holds, found.used) == (True, 1)


def test_a_composite_type_that_loses_an_attribute_says_so(proof: Prove) -> None:
    before = "CREATE TYPE c AS (a int, b text); CREATE TABLE t (id int PRIMARY KEY, v c);"
    found = proof(before, before.replace("a int, b text", "a bigint, d text"))
    assert found.holds
    assert any(words.endswith("(as announced)") for words in of_rows(found.down).details)


def test_triggers_that_always_fire_do_not_write_what_the_rehearsal_compares(proof: Prove) -> None:
    """They would write the time, words at random and numbers of a sequence into rows that are made and changed."""
    before = """
        CREATE SEQUENCE draws;
        CREATE TABLE noted (id integer PRIMARY KEY, n integer, word text, at timestamptz, place bigint);
        CREATE TABLE echoes (of_row integer, at timestamptz DEFAULT clock_timestamp());
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            NEW.word := random()::text; NEW.at := clock_timestamp(); NEW.place := nextval('public.draws'); RETURN NEW;
        END $$;
        CREATE TRIGGER always BEFORE INSERT OR UPDATE ON noted FOR EACH ROW EXECUTE FUNCTION note();
        ALTER TABLE noted ENABLE ALWAYS TRIGGER always;
        CREATE RULE echo AS ON UPDATE TO noted DO ALSO INSERT INTO echoes (of_row) VALUES (OLD.id);
        ALTER TABLE noted ENABLE REPLICA RULE echo;"""
    after = before.replace("n integer", "n bigint").replace("of_row integer,", "of_row integer, more integer,")
    made = proof(before, after)
    assert made.holds, made
    assert made.used
