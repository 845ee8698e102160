"""Preflights on real rows: each finds exactly the rows that make the statement fail, and none once they are fixed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.catalog.identity import Identity
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.catalog.statements.statement import PreflightKind
from schemadiff.planning.planner import script
from schemadiff.planning.preflights.renamed import after_renames
from schemadiff.planning.renames.policy import Rename
from schemadiff.plans.model import Script
from schemadiff.scratch.server import ScratchServer

PEOPLE = "CREATE TABLE s.p (id int PRIMARY KEY, name text, ref int)"


@dataclass(frozen=True)
class Case:
    """Live is made by `before` and filled by `rows`, of which those whose first columns are `found` are in the way.

    `mend` takes them away. `after` makes the desired schema. `trial` tells that the query can only fail.
    """

    name: str
    before: str
    after: str
    rows: str
    found: tuple[object, ...]
    mend: str
    since: int = 14
    trial: bool = False
    trial_before: int = 0

    def __str__(self) -> str:
        return self.name


def retyped(old: str, new: str, good: str, bad: str, *, trial: bool = False, trial_before: int = 0) -> Case:
    """A column of type `old` becomes `new`; values `good` (1) and NULL (2) do, each of `bad` (3 and on) does not."""
    values = ", ".join(f"({number}, {value})" for number, value in enumerate(bad.split("|"), 3))
    return Case(
        f"{old} to {new}",
        f"CREATE TABLE s.t (id int PRIMARY KEY, v {old})",
        f"CREATE TABLE s.t (id int PRIMARY KEY, v {new})",
        f"INSERT INTO s.t VALUES (1, {good}), (2, NULL), {values}",
        tuple(range(3, 3 + len(bad.split("|")))),
        "DELETE FROM s.t WHERE id > 2",
        trial=trial,
        trial_before=trial_before,
    )


PAIRS = "CREATE TABLE s.t (id int PRIMARY KEY, a int, b int, name text)"
PAIRED = "INSERT INTO s.t VALUES (1, 1, 1, 'ab'), (2, 1, 0, 'abcd'), (3, NULL, 1, NULL)"
ABOVE_FIVE = "CREATE DOMAIN s.d int CHECK (VALUE > 5);"
PROUD = "CREATE DOMAIN s.d int NOT NULL;"


def more(words: str) -> str:
    """The table of pairs with another column."""
    return f"{PAIRS[:-1]}, {words})"


COMPUTED = (
    Case(
        "generated column cannot be computed", PAIRS, more("c int GENERATED ALWAYS AS (a / b) STORED"),
        PAIRED, (2,), "DELETE FROM s.t WHERE id > 1", trial=True,
    ),
    Case(
        "generated column is computed anew",
        more("c int GENERATED ALWAYS AS (a + b) STORED"), more("c int GENERATED ALWAYS AS (a / b) STORED"),
        PAIRED, (2,), "DELETE FROM s.t WHERE id > 1", trial=True,
    ),
    Case(
        "generated column is too long", PAIRS, more("c varchar(3) GENERATED ALWAYS AS (name || 'x') STORED"),
        PAIRED, (2,), "DELETE FROM s.t WHERE id = 2",
    ),
    Case(
        "generated column is required", PAIRS, more("c int GENERATED ALWAYS AS (a + b) STORED NOT NULL"),
        PAIRED, (3,), "DELETE FROM s.t WHERE id = 3",
    ),
    Case(
        "generated column is of a domain",
        ABOVE_FIVE + PAIRS, ABOVE_FIVE + more("c s.d GENERATED ALWAYS AS (length(name) * 2) STORED"),
        PAIRED, (1,), "DELETE FROM s.t WHERE id = 1",
    ),
    Case(
        "domain refuses a default", ABOVE_FIVE + PAIRS, ABOVE_FIVE + more("c s.d DEFAULT 3"),
        PAIRED, (1, 2, 3), "DELETE FROM s.t",
    ),
    Case(
        "domain that comes refuses its own default",
        PAIRS, ABOVE_FIVE.replace("CHECK", "DEFAULT 3 CHECK") + more("c s.d"),
        PAIRED, (1, 2, 3), "DELETE FROM s.t",
    ),
    Case("domain refuses NULL", PROUD + PAIRS, PROUD + more("c s.d"), PAIRED, (1, 2, 3), "DELETE FROM s.t"),
    Case(
        "index cannot be computed", PAIRS, PAIRS + "; CREATE INDEX i ON s.t ((10 / b), (a + 1)) WHERE id > 0",
        PAIRED, (2,), "DELETE FROM s.t WHERE id > 1", trial=True,
    ),
    Case(
        "sequence has counted beyond", "CREATE SEQUENCE s.q", "CREATE SEQUENCE s.q MAXVALUE 10",
        "SELECT setval('s.q', 50)", (50,), "SELECT setval('s.q', 5)",
    ),
    Case(
        "sequence starts elsewhere", "CREATE SEQUENCE s.q", "CREATE SEQUENCE s.q START 20 MINVALUE 20",
        "SELECT nextval('s.q')", (1,), "SELECT setval('s.q', 30)",
    ),
    Case(
        "identity has too few numbers", "CREATE TABLE s.t (id int PRIMARY KEY)",
        "CREATE TABLE s.t (id int PRIMARY KEY, nr int GENERATED ALWAYS AS IDENTITY (MAXVALUE 5 START 2 INCREMENT 2))",
        "INSERT INTO s.t VALUES (1), (2), (3)", (3,), "DELETE FROM s.t WHERE id = 3",
    ),
    Case(
        "identity has counted beyond", "CREATE TABLE s.t (id int GENERATED ALWAYS AS IDENTITY)",
        "CREATE TABLE s.t (id int GENERATED ALWAYS AS IDENTITY (MAXVALUE 10))",
        "SELECT setval('s.t_id_seq', 50)", (50,), "SELECT setval('s.t_id_seq', 5)",
    ),
)  # fmt: skip

CASES = (
    *COMPUTED,
    Case(
        "domain of an array changes its type",
        "CREATE DOMAIN s.mail AS varchar(20) CHECK (VALUE LIKE '%@%');"
        "CREATE TABLE s.t (id int PRIMARY KEY, v s.mail[])",
        "CREATE DOMAIN s.mail AS text NOT NULL CHECK (VALUE LIKE '%@b');"
        "CREATE TABLE s.t (id int PRIMARY KEY, v s.mail[])",
        "INSERT INTO s.t VALUES (1, '{a@b}'), (2, NULL), (3, '{a@b,a@c}'), (4, '{a@b,NULL}'), (5, '{}')",
        (3, 4),
        "DELETE FROM s.t WHERE id IN (3, 4)",
    ),
    Case(
        "not null",
        PEOPLE,
        PEOPLE.replace("name text", "name text NOT NULL"),
        "INSERT INTO s.p VALUES (1, 'a'), (2, NULL), (3, NULL)",
        (2, 3),
        "UPDATE s.p SET name = ''",
    ),
    Case(
        "not null, of children too",
        "CREATE TABLE s.p (id int PRIMARY KEY, v int); CREATE TABLE s.c () INHERITS (s.p)",
        "CREATE TABLE s.p (id int PRIMARY KEY, v smallint NOT NULL); CREATE TABLE s.c () INHERITS (s.p)",
        "INSERT INTO s.p VALUES (1, 1); INSERT INTO s.c VALUES (2, NULL), (3, 99999)",
        (2, 3),
        "DELETE FROM s.c",
    ),
    Case(
        "not null without a key",
        'CREATE TABLE s."T" ("a b" int)',
        'CREATE TABLE s."T" ("a b" int NOT NULL)',
        'INSERT INTO s."T" VALUES (1), (NULL)',
        ("(0,2)",),
        'DELETE FROM s."T" WHERE "a b" IS NULL',
    ),
    Case(
        "new column without a default",
        PEOPLE,
        PEOPLE.replace("name text", "name text, age int NOT NULL"),
        "INSERT INTO s.p VALUES (1, 'a'), (2, NULL)",
        (1, 2),
        "DELETE FROM s.p",
    ),
    Case(
        "check",
        PEOPLE,
        PEOPLE.replace("ref int", "ref int, CHECK (ref > length(name))"),
        "INSERT INTO s.p VALUES (1, 'a', 1), (2, NULL, 0), (3, 'a', 5), (4, 'ab', 0)",
        (1, 4),
        "DELETE FROM s.p WHERE id IN (1, 4)",
    ),
    Case(
        "check of children too",
        "CREATE TABLE s.p (id int PRIMARY KEY, v int); CREATE TABLE s.c () INHERITS (s.p)",
        "CREATE TABLE s.p (id int PRIMARY KEY, v int CHECK (v > 0)); CREATE TABLE s.c () INHERITS (s.p)",
        "INSERT INTO s.p VALUES (1, 1); INSERT INTO s.c VALUES (2, 0)",
        (2,),
        "DELETE FROM s.c",
    ),
    Case(
        "check without children",
        "CREATE TABLE s.p (id int PRIMARY KEY, v int); CREATE TABLE s.c () INHERITS (s.p)",
        "CREATE TABLE s.p (id int PRIMARY KEY, v int CHECK (v > 0) NO INHERIT); CREATE TABLE s.c () INHERITS (s.p)",
        "INSERT INTO s.p VALUES (1, -1); INSERT INTO s.c VALUES (2, 0)",
        (1,),
        "DELETE FROM ONLY s.p",
    ),
    Case(
        "validation of a check",
        PEOPLE + "; ALTER TABLE s.p ADD CONSTRAINT k CHECK (ref > 0) NOT VALID",
        PEOPLE.replace("ref int", "ref int CONSTRAINT k CHECK (ref > 0)"),
        "ALTER TABLE s.p DROP CONSTRAINT k; INSERT INTO s.p VALUES (1, NULL, 0), (2, NULL, 1);"
        "ALTER TABLE s.p ADD CONSTRAINT k CHECK (ref > 0) NOT VALID",
        (1,),
        "DELETE FROM s.p WHERE id = 1",
    ),
    Case(
        "unique",
        PEOPLE,
        PEOPLE.replace("ref int", "ref int, UNIQUE (name, ref)"),
        "INSERT INTO s.p VALUES (1, 'a', 1), (2, 'a', 1), (3, 'a', NULL), (4, 'a', NULL), (5, 'b', 1)",
        (1, 2),
        "DELETE FROM s.p WHERE id = 1",
    ),
    Case(
        "unique without distinct nulls",
        PEOPLE,
        PEOPLE.replace("ref int", "ref int, UNIQUE NULLS NOT DISTINCT (name, ref) INCLUDE (id)"),
        "INSERT INTO s.p VALUES (1, 'a', 1), (2, 'a', 2), (3, 'a', NULL), (4, 'a', NULL), (5, NULL, NULL)",
        (3, 4),
        "DELETE FROM s.p WHERE id = 3",
        since=15,
    ),
    Case(
        "unique in the parent alone",
        "CREATE TABLE s.p (id int PRIMARY KEY, v int); CREATE TABLE s.c () INHERITS (s.p)",
        "CREATE TABLE s.p (id int PRIMARY KEY, v int UNIQUE); CREATE TABLE s.c () INHERITS (s.p)",
        "INSERT INTO s.p VALUES (1, 1), (2, 2), (3, 2); INSERT INTO s.c VALUES (4, 1)",
        (2, 3),
        "DELETE FROM s.p WHERE id = 2",
    ),
    Case(
        "primary key",
        "CREATE TABLE s.t (a int NOT NULL, b text NOT NULL)",
        "CREATE TABLE s.t (a int, b text, PRIMARY KEY (a, b))",
        "INSERT INTO s.t VALUES (1, 'a'), (1, 'b'), (1, 'a')",
        ("(0,1)", "(0,3)"),
        "DELETE FROM s.t WHERE ctid = '(0,1)'",
    ),
    Case(
        "unique index of an expression, partial",
        PEOPLE,
        PEOPLE + "; CREATE UNIQUE INDEX i ON s.p (lower(name), (ref + 1)) INCLUDE (id) WHERE id < 9 OR name IS NULL",
        "INSERT INTO s.p VALUES (1, 'a', 1), (2, 'A', 1), (10, 'a', 1), (3, NULL, 1), (4, NULL, 1)",
        (1, 2),
        "DELETE FROM s.p WHERE id = 1",
    ),
    Case(
        "unique index, exchanged for a looser one",
        PEOPLE + "; CREATE INDEX i ON s.p (name)",
        PEOPLE + "; CREATE UNIQUE INDEX i ON s.p (name)",
        "INSERT INTO s.p VALUES (1, 'a'), (2, 'a'), (3, NULL), (4, NULL)",
        (1, 2),
        "DELETE FROM s.p WHERE id = 1",
    ),
    Case(
        "unique across partitions",
        "CREATE TABLE s.t (id int, v int) PARTITION BY LIST (id); CREATE TABLE s.t1 PARTITION OF s.t FOR VALUES IN (1);"
        "CREATE TABLE s.t2 PARTITION OF s.t FOR VALUES IN (2)",
        "CREATE TABLE s.t (id int, v int, UNIQUE (id, v)) PARTITION BY LIST (id);"
        "CREATE TABLE s.t1 PARTITION OF s.t FOR VALUES IN (1); CREATE TABLE s.t2 PARTITION OF s.t FOR VALUES IN (2)",
        "INSERT INTO s.t VALUES (1, 7), (2, 7), (2, 8), (2, 8)",
        ("(0,2)", "(0,3)"),
        "DELETE FROM s.t2 WHERE ctid = '(0,2)'",
    ),
    Case(
        "foreign key",
        PEOPLE + "; CREATE TABLE s.r (id int PRIMARY KEY)",
        "CREATE TABLE s.r (id int PRIMARY KEY);" + PEOPLE.replace("ref int", "ref int REFERENCES s.r"),
        "INSERT INTO s.r VALUES (1); INSERT INTO s.p VALUES (1, 'a', 1), (2, 'a', NULL), (3, 'a', 2)",
        (3,),
        "DELETE FROM s.p WHERE id = 3",
    ),
    Case(
        "foreign key to itself, of several columns",
        "CREATE TABLE s.t (id int, n int, up int, un int, PRIMARY KEY (id, n))",
        "CREATE TABLE s.t (id int, n int, up int, un int, PRIMARY KEY (id, n), FOREIGN KEY (up, un) REFERENCES s.t)",
        "INSERT INTO s.t VALUES (1, 1, 1, 1), (2, 1, 1, NULL), (3, 1, 1, 2)",
        (3,),
        "DELETE FROM s.t WHERE id = 3",
    ),
    Case(
        "foreign key that matches fully",
        "CREATE TABLE s.r (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE s.t (id int PRIMARY KEY, a int, b int)",
        "CREATE TABLE s.r (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE s.t (id int PRIMARY KEY, a int, b int,"
        " FOREIGN KEY (a, b) REFERENCES s.r MATCH FULL)",
        "INSERT INTO s.r VALUES (1, 1);"
        "INSERT INTO s.t VALUES (1, 1, 1), (2, NULL, NULL), (3, NULL, 1), (4, 1, NULL), (5, 1, 2)",
        (3, 4, 5),
        "DELETE FROM s.t WHERE id > 2",
    ),
    Case(
        "foreign key to a parent without its children",
        PEOPLE + "; CREATE TABLE s.r (id int PRIMARY KEY); CREATE TABLE s.rc () INHERITS (s.r)",
        "CREATE TABLE s.r (id int PRIMARY KEY); CREATE TABLE s.rc () INHERITS (s.r);"
        + PEOPLE.replace("ref int", "ref int REFERENCES s.r"),
        "INSERT INTO s.r VALUES (1); INSERT INTO s.rc VALUES (2); INSERT INTO s.p VALUES (1, 'a', 1), (2, 'a', 2)",
        (2,),
        "DELETE FROM s.p WHERE id = 2",
    ),
    Case(
        "foreign key of a partitioned table",
        "CREATE TABLE s.r (id int PRIMARY KEY); CREATE TABLE s.t (id int, ref int) PARTITION BY LIST (id);"
        "CREATE TABLE s.t1 PARTITION OF s.t FOR VALUES IN (1)",
        "CREATE TABLE s.r (id int PRIMARY KEY);"
        "CREATE TABLE s.t (id int, ref int REFERENCES s.r) PARTITION BY LIST (id);"
        "CREATE TABLE s.t1 PARTITION OF s.t FOR VALUES IN (1)",
        "INSERT INTO s.t VALUES (1, NULL), (1, 5)",
        ("(0,2)",),
        "DELETE FROM s.t WHERE ref = 5",
    ),
    Case(
        "foreign key to a new table",
        PEOPLE,
        "CREATE TABLE s.r (id int PRIMARY KEY);" + PEOPLE.replace("ref int", "ref int REFERENCES s.r"),
        "INSERT INTO s.p VALUES (1, 'a', 1), (2, 'a', NULL)",
        (1,),
        "DELETE FROM s.p WHERE id = 1",
    ),
    Case(
        "exclusion",
        "CREATE TABLE s.t (id int PRIMARY KEY, a int, b int, c inet)",
        "CREATE TABLE s.t (id int PRIMARY KEY, a int, b int, c inet,"
        " EXCLUDE USING gist (int4range(a, b) WITH &&, c inet_ops WITH =) WHERE (id > 1))",
        "INSERT INTO s.t VALUES (1, 1, 9, '::1'), (2, 1, 3, '::1'), (3, 3, 5, '::1'), (4, 4, 6, '::1'),"
        " (5, 4, 6, '::2'), (6, 4, 6, NULL)",
        (3, 4),
        "DELETE FROM s.t WHERE id = 3",
    ),
    Case(
        "label of an enum goes",
        "CREATE TYPE s.m AS ENUM ('a', 'b', 'c'); CREATE TABLE s.t (id int PRIMARY KEY, v s.m)",
        "CREATE TYPE s.m AS ENUM ('c', 'a'); CREATE TABLE s.t (id int PRIMARY KEY, v s.m)",
        "INSERT INTO s.t VALUES (1, 'a'), (2, 'b'), (3, NULL), (4, 'c')",
        (2,),
        "DELETE FROM s.t WHERE id = 2",
    ),
    Case(
        "label of an enum goes, in arrays",
        "CREATE TYPE s.m AS ENUM ('a', 'b', 'c'); CREATE TABLE s.t (id int PRIMARY KEY, v s.m[])",
        "CREATE TYPE s.m AS ENUM ('c', 'a'); CREATE TABLE s.t (id int PRIMARY KEY, v s.m[])",
        "INSERT INTO s.t VALUES (1, '{a,c,NULL}'), (2, '{a,b}'), (3, NULL), (4, '{}'), (5, '{{a},{b}}')",
        (2, 5),
        "DELETE FROM s.t WHERE id IN (2, 5)",
    ),
    Case(
        "text to a new enum",
        "CREATE TABLE s.t (id int PRIMARY KEY, v text)",
        "CREATE TYPE s.m AS ENUM ('it''s', 'a'); CREATE TABLE s.t (id int PRIMARY KEY, v s.m)",
        "INSERT INTO s.t VALUES (1, 'it''s'), (2, 'A'), (3, NULL)",
        (2,),
        "DELETE FROM s.t WHERE id = 2",
    ),
    Case(
        "text to a new domain",
        "CREATE TABLE s.t (id int PRIMARY KEY, v text)",
        "CREATE DOMAIN s.d AS varchar(3) CHECK (VALUE <> '') CHECK (VALUE ~ 'a');"
        "CREATE TABLE s.t (id int PRIMARY KEY, v s.d)",
        "INSERT INTO s.t VALUES (1, 'a'), (2, ''), (3, NULL), (4, 'b')",
        (2, 4),
        "DELETE FROM s.t WHERE id IN (2, 4)",
    ),
    Case(
        "check of a domain",
        "CREATE DOMAIN s.d AS int; CREATE TABLE s.t (id int PRIMARY KEY, value s.d)",
        "CREATE DOMAIN s.d AS int CHECK (VALUE > 0); CREATE TABLE s.t (id int PRIMARY KEY, value s.d)",
        "INSERT INTO s.t VALUES (1, 1), (2, 0), (3, NULL)",
        (2,),
        "DELETE FROM s.t WHERE id = 2",
    ),
    Case(
        "domain that is not null, and one over it",
        "CREATE DOMAIN s.d AS int; CREATE DOMAIN s.e AS s.d; CREATE TABLE s.t (id int PRIMARY KEY, v s.e)",
        "CREATE DOMAIN s.d AS int NOT NULL; CREATE DOMAIN s.e AS s.d; CREATE TABLE s.t (id int PRIMARY KEY, v s.e)",
        "INSERT INTO s.t VALUES (1, 1), (2, NULL)",
        (2,),
        "DELETE FROM s.t WHERE id = 2",
    ),
    Case(
        "domain made anew over another type",
        "CREATE DOMAIN s.d AS bigint; CREATE TABLE s.t (id int PRIMARY KEY, v s.d)",
        "CREATE DOMAIN s.d AS smallint CHECK (VALUE <> 3); CREATE TABLE s.t (id int PRIMARY KEY, v s.d)",
        "INSERT INTO s.t VALUES (1, 1), (2, 99999), (3, 3), (4, NULL)",
        (2, 3),
        "DELETE FROM s.t WHERE id IN (2, 3)",
    ),
    Case(
        "table becomes a partition",
        "CREATE TABLE s.w (id int, v text) PARTITION BY RANGE (id); CREATE TABLE s.t (id int, v text)",
        "CREATE TABLE s.w (id int, v text) PARTITION BY RANGE (id);"
        "CREATE TABLE s.t PARTITION OF s.w FOR VALUES FROM (1) TO (5)",
        "INSERT INTO s.t VALUES (1), (5), (NULL)",
        ("(0,2)", "(0,3)"),
        "DELETE FROM s.t WHERE id = 5 OR id IS NULL",
    ),
    Case(
        "table becomes a partition by hash",
        "CREATE TABLE s.w (id int) PARTITION BY HASH (id); CREATE TABLE s.t (id int)",
        "CREATE TABLE s.w (id int) PARTITION BY HASH (id);"
        "CREATE TABLE s.t PARTITION OF s.w FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "INSERT INTO s.t VALUES (1), (2), (3), (4)",
        ("(0,3)", "(0,4)"),
        "DELETE FROM s.t WHERE id > 2",
    ),
    Case(
        "new partition claims rows of the default one",
        "CREATE TABLE s.w (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE s.d PARTITION OF s.w DEFAULT",
        "CREATE TABLE s.w (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE s.d PARTITION OF s.w DEFAULT;"
        "CREATE TABLE s.n PARTITION OF s.w FOR VALUES IN (3, 4)",
        "INSERT INTO s.w VALUES (1), (3)",
        (3,),
        "DELETE FROM s.w WHERE id = 3",
    ),
    retyped("bigint", "integer", "1", "2147483648|-2147483649"),
    retyped("integer", "smallint", "-32768", "32768"),
    retyped("numeric", "integer", "2147483647.4", "2147483647.5|'NaN'"),
    retyped("double precision", "bigint", "9.2e18", "9.3e18|'NaN'|'-Infinity'"),
    retyped("real", "smallint", "32767.4", "32768"),
    retyped("numeric", "numeric(5,2)", "999.994", "999.995|-1000"),
    retyped("double precision", "numeric(3,1)", "99.9", "100|'Infinity'"),
    retyped("text", "character varying(3)", "'abc '", "'abcd'"),
    retyped("character varying(9)", "character varying(3)", "'abc '", "'abcd'"),
    retyped("text[]", "character varying(3)[]", "'{abc}'", "'{abcd,x}'"),
    retyped("integer", "character varying(3)", "123", "-123"),
    retyped("text", "character(3)", "'abc '", "'abcd'"),
    retyped("text", "integer", "' -12 '", "''|'1.5'|'a'|'2147483648'"),
    retyped("text", "boolean", "' Yes '", "''|'o'|'2'"),
    retyped("text", "uuid", "'{A0EEBC99-9C0B4EF8-BB6D6BB9BD380A11}'", "'a0eebc'|'a0eebc99-9c0b4ef8-bb6d6bb9bd380a1'"),
    retyped("text", "date", "'2020-02-29'", "'2021-02-29'", trial_before=16),
    retyped("text", "jsonb", "'{}'", "'{'", trial_before=16),
    retyped("text", "numeric(4,1)", "'1e2'", "'1e4'", trial_before=16),
    retyped("text", "inet", "'::1'", "'x'", trial_before=16),
    retyped("text", "integer[]", "'{1}'", "'{a}'", trial_before=16),
    retyped("bigint[]", "integer[]", "'{1}'", "'{9999999999}'", trial=True),
    retyped("double precision", "real", "1", "1e300", trial=True),
    retyped("jsonb", "integer", "'1'", "'\"a\"'", trial=True),
)


@pytest.fixture
def pair(server: ScratchServer, fresh_database: Callable[..., str]) -> Iterator[tuple[Connection[TupleRow], ...]]:
    """Two databases with a schema s."""
    with (
        psycopg.connect(fresh_database(server), autocommit=True) as live,
        psycopg.connect(fresh_database(server), autocommit=True) as desired,
    ):
        for connection in (live, desired):
            connection.execute("CREATE SCHEMA s")
        yield live, desired


def planned(live: Connection[TupleRow], desired: Connection[TupleRow]) -> Script:
    """The script from one to the other."""
    return script(inspect(live, Scope.of()), inspect(desired, Scope.of()))


def apply(live: Connection[TupleRow], plan: Script) -> None:
    """Run all segments."""
    for segment in plan.segments:
        if segment.transactional:
            with live.transaction():
                for step in segment.steps:
                    live.execute(step.sql.encode())
        else:
            live.execute(segment.steps[0].sql.encode())


def found_by(live: Connection[TupleRow], plan: Script, case: Case, trial: bool) -> list[object] | None:
    """The first values of all rows that preflights list; with `trial`, None where the query fails."""
    rows: list[object] = []
    for preflight in plan.preflights:
        assert preflight.kind is not PreflightKind.UNASKED, preflight
        assert (preflight.kind is PreflightKind.TRIAL) is trial
        done: list[str] = []
        for segment in plan.segments:
            if preflight.waits and all(step.sql != preflight.statement for step in segment.steps):
                done += [step.sql for step in segment.steps]
            else:
                break
        with live.transaction(force_rollback=True):
            for sql in done:
                live.execute(sql.encode())
            try:
                rows += [row[0] for row in live.execute(preflight.rows.encode()).fetchall()]
            except psycopg.DataError:
                assert trial
                return None
    return rows


@pytest.mark.parametrize("case", CASES, ids=str)
def test_exactly_the_rows_in_the_way(
    server: ScratchServer, pair: tuple[Connection[TupleRow], Connection[TupleRow]], case: Case
) -> None:
    major = server.version_num // 10000
    if major < case.since:
        pytest.skip("not for this version")
    trial = case.trial or major < case.trial_before
    live, desired = pair
    live.execute(case.before.encode())
    live.execute(case.rows.encode())
    desired.execute(case.after.encode())
    plan = planned(live, desired)
    guarded = {preflight.statement for preflight in plan.preflights}
    assert guarded == {step.sql for step in plan.steps if Hazard.MAY_FAIL_ON_DATA in step.hazards}
    rows = found_by(live, plan, case, trial)
    assert rows is None if trial else sorted(map(str, rows or ())) == sorted(map(str, case.found))
    with pytest.raises((psycopg.errors.IntegrityError, psycopg.errors.DataError, psycopg.errors.FeatureNotSupported)):
        apply(live, plan)
    live.execute(b"DROP SCHEMA s CASCADE; CREATE SCHEMA s")
    for sql in (case.before, case.rows, case.mend):
        live.execute(sql.encode())
    plan = planned(live, desired)
    assert found_by(live, plan, case, trial) == ([1] if trial else [])
    apply(live, plan)
    assert not planned(live, desired).segments


@pytest.mark.parametrize(
    ("renamed", "waiting"),
    [
        (Identity("schema", Quoted("s")), {"s.p", "s.q"}),
        (Identity("table", Quoted("s.p")), {"s.p"}),
        (Identity("column", Quoted("s.p.name")), {"s.p"}),
        (Identity("column", Quoted("s.p.id")), {"s.p"}),
        (Identity("column", Quoted("s.q.e")), {"s.q"}),
        (Identity("function", Quoted("s.f(integer)")), {"s.q"}),
        (Identity("function", Quoted("s.e(integer)")), set()),
        (Identity("table constraint", Quoted("p_pkey ON s.p")), set()),
    ],
    ids=lambda value: str(value) if isinstance(value, Identity) else "",
)
def test_what_names_something_renamed_waits_for_that(
    pair: tuple[Connection[TupleRow], Connection[TupleRow]], renamed: Identity, waiting: set[str]
) -> None:
    functions = """CREATE FUNCTION s.{0}(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';"""
    before = f"{functions.format('e')} {functions.format('f')} {PEOPLE}; CREATE TABLE s.q (e int);"
    after = "ALTER TABLE s.p ALTER name SET NOT NULL; ALTER TABLE s.q ADD CHECK (s.f(e) > 0);"
    for connection, sql in zip(pair, (before, before + after), strict=True):
        connection.execute(sql.encode())
    preflights = after_renames(planned(*pair).preflights, [Rename(Identity(renamed.kind, Quoted("old")), renamed)])
    assert len(preflights) == 2
    assert {preflight.tables[0] for preflight in preflights if preflight.waits} == waiting
