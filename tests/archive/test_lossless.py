"""Destructive plans on filled databases, applied, used and taken back: nothing is lost."""

import pytest

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.errors import PreflightRefused
from schemadiff.plans.model import Recovery
from schemadiff.scratch.server import ScratchServer

from .project import Maker

CUSTOMERS = """
CREATE SCHEMA app;
CREATE TABLE app.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, full_name text NOT NULL, email varchar(200) UNIQUE,
  amount numeric(12,4), nr serial, note text NOT NULL DEFAULT 'n', touched int NOT NULL DEFAULT 0);
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN NEW.touched := NEW.touched + 1; RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON app.customers FOR EACH ROW EXECUTE FUNCTION app.touch();
INSERT INTO app.customers (full_name, email, amount)
  SELECT 'First' || i || ' Last' || i, 'a' || i || '@x', i * 1.2345 FROM generate_series(1, 20) AS i;
"""
ORDERS = """
CREATE TYPE app.mood AS ENUM ('sad', 'happy');
CREATE TABLE app.orders (
  id serial PRIMARY KEY, customer bigint REFERENCES app.customers ON DELETE CASCADE,
  total numeric CHECK (total > 0));
CREATE INDEX ON app.orders (customer);
CREATE FUNCTION app.check_order() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.check_order();
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON app.orders USING (customer = 1);
GRANT SELECT ON app.orders TO PUBLIC;
COMMENT ON TABLE app.orders IS 'what they ordered';
COMMENT ON COLUMN app.orders.total IS 'in euro';
CREATE TABLE app.items (id int, order_id int REFERENCES app.orders, mood app.mood, PRIMARY KEY (id, order_id));
INSERT INTO app.orders (customer, total) SELECT 1 + i % 20, i FROM generate_series(1, 40) AS i;
INSERT INTO app.items SELECT i, i, 'happy' FROM generate_series(1, 3) AS i;
"""
LESS = """
CREATE SCHEMA app;
CREATE TABLE app.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(200) UNIQUE, amount numeric(10,1),
  note text NOT NULL DEFAULT 'n', touched int NOT NULL DEFAULT 0);
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN NEW.touched := NEW.touched + 1; RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON app.customers FOR EACH ROW EXECUTE FUNCTION app.touch();
"""


def test_what_nobody_touched_comes_back_exactly(project: Maker) -> None:
    shop = project(CUSTOMERS + ORDERS + "UPDATE app.customers SET email = id::text;")
    rows, state = shop.rows(), shop.state()
    applied = shop.apply(LESS)
    assert all(step.recovery is Recovery.LOSSLESS for step in applied.plan.up.steps)
    assert set(shop.rows()) == {"app.customers", "app.customers_id_seq"}
    applied.rollback()
    assert shop.rows() == rows
    assert shop.state() == state
    assert shop.one("SELECT count(*) FROM pg_namespace WHERE nspname = 'schemadiff_archive'") == 0


def test_rows_that_were_used_in_between(project: Maker) -> None:
    shop = project(CUSTOMERS + ORDERS + "UPDATE app.customers SET email = id || '@host';")
    applied = shop.apply(LESS.replace("email varchar(200) UNIQUE", "\n  -- @using left(email, 3)\n  email varchar(3)"))
    shop.run("""
        UPDATE app.customers SET email = 'new' WHERE id = 7;
        UPDATE app.customers SET note = 'changed' WHERE id = 8;
        DELETE FROM app.customers WHERE id = 9;
    """)
    applied.rollback()
    assert shop.one("SELECT string_agg(email || ' ' || note, ', ' ORDER BY id) FROM app.customers WHERE id < 9") == (
        "1@host n, 2@host n, 3@host n, 4@host n, 5@host n, 6@host n, new n, 8@host changed"
    )
    assert shop.one("SELECT count(*) FROM app.customers WHERE full_name = format('First%s Last%s', id, id)") == 19
    assert shop.one("SELECT count(*) FROM app.customers WHERE amount = id * 1.2345 AND nr = id") == 19
    assert shop.one("SELECT count(*) FROM app.orders") == 38, "those of the deleted customer went with it"


def test_values_are_put_back_without_waking_triggers(project: Maker) -> None:
    shop = project(CUSTOMERS)
    applied = shop.apply(LESS)
    applied.rollback()
    assert shop.one("SELECT sum(touched) FROM app.customers") == 0
    shop.run("UPDATE app.customers SET note = 'm'")
    assert shop.one("SELECT sum(touched) FROM app.customers") == 20, "the trigger fires again"


def test_rows_inserted_since_without_a_value_refuse_the_rollback(project: Maker) -> None:
    shop = project(CUSTOMERS)
    applied = shop.apply(LESS)
    shop.run("INSERT INTO app.customers (email) VALUES ('late')")
    with pytest.raises(PreflightRefused, match="inserted since full_name was dropped"):
        applied.rollback()
    shop.run("DELETE FROM app.customers WHERE email = 'late'")
    applied.rollback()
    assert shop.one("SELECT count(*) FROM app.customers WHERE full_name = format('First%s Last%s', id, id)") == 20


def test_rows_inserted_since_are_numbered_after_the_old_ones(project: Maker) -> None:
    live = """
        CREATE SCHEMA app;
        CREATE TABLE app.t (code text PRIMARY KEY, id int GENERATED ALWAYS AS IDENTITY UNIQUE, nr serial UNIQUE);
        INSERT INTO app.t (code) VALUES ('a'), ('b'), ('c');
        DELETE FROM app.t WHERE code = 'a';
    """
    shop = project(live)
    applied = shop.apply("CREATE SCHEMA app; CREATE TABLE app.t (code text PRIMARY KEY);")
    shop.run("INSERT INTO app.t VALUES ('0'), ('z')")
    applied.rollback()
    found = shop.one("SELECT string_agg(format('%s %s %s', code, id, nr), ', ' ORDER BY id) FROM app.t")
    assert found in ("b 2 2, c 3 3, 0 4 4, z 5 5", "b 2 2, c 3 3, z 4 4, 0 5 5")
    shop.run("INSERT INTO app.t VALUES ('next')")
    assert shop.one("SELECT format('%s %s', id, nr) FROM app.t WHERE code = 'next'") == "6 6"


def test_a_moved_table_is_out_of_reach(project: Maker) -> None:
    shop = project(CUSTOMERS + "CREATE TABLE app.old (id int PRIMARY KEY); GRANT ALL ON app.old TO PUBLIC;")
    applied = shop.apply(CUSTOMERS.partition("INSERT")[0])
    assert shop.one("""SELECT has_table_privilege('public', 'schemadiff_archive."app.old"', 'SELECT')""") is False
    assert shop.one("SELECT has_schema_privilege('public', 'schemadiff_archive', 'USAGE')") is False
    applied.rollback()
    assert shop.one("SELECT has_table_privilege('public', 'app.old', 'SELECT')") is True


def test_nobody_reads_the_archive_whatever_is_granted_by_default(server: ScratchServer, project: Maker) -> None:
    for role in ("archive_reader", "Archive Reader"):
        server.create_role(role)
    live = """
        CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, n int, old int); CREATE TABLE app.p (a int, b int);
        ALTER TABLE app.p ADD COLUMN c int GENERATED ALWAYS AS IDENTITY; CREATE VIEW app.v AS SELECT a FROM app.p;
        INSERT INTO app.t VALUES (1, 2, 3); INSERT INTO app.p VALUES (1, 2);
    """
    opening = """
        ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO archive_reader, "Archive Reader";
        ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO archive_reader, PUBLIC;
    """
    shop = project(live + opening)
    state = shop.state()
    shop.backfill("UPDATE app.t SET n = n + 1 WHERE :batch")
    applied = shop.apply(f"CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, n int); {opening}")
    for role in ("archive_reader", "Archive Reader"):
        assert shop.one(f"SELECT has_schema_privilege('{role}', 'schemadiff_archive', 'USAGE')") is False
    open_tables = """
        SELECT array_agg(relname) FROM pg_class
        WHERE relnamespace = 'schemadiff_archive'::regnamespace AND relkind = 'r'
          AND has_table_privilege('archive_reader', oid, 'SELECT')
    """
    assert shop.one(open_tables) is None
    assert shop.one("SELECT count(*) FROM schemadiff_archive.contents") == 3
    applied.rollback()
    assert shop.state() == state


def test_a_table_moves_with_its_partitions_or_is_copied(project: Maker) -> None:
    partitioned = """
        CREATE TABLE app.{0} (id int GENERATED ALWAYS AS IDENTITY, at date NOT NULL, PRIMARY KEY (id, at))
          PARTITION BY RANGE (at);
        CREATE TABLE app.{0}_1 PARTITION OF app.{0} FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE app.{0}_2 PARTITION OF app.{0} FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
    """
    fill = "INSERT INTO app.{0} (at) SELECT '2026-12-20'::date + i FROM generate_series(1, 30) AS i;"
    live = "CREATE SCHEMA app;" + "".join(text.format(name) for name in ("log", "ev") for text in (partitioned, fill))
    shop = project(live)
    rows, state = shop.rows(), shop.state()
    kept = partitioned.format("ev").replace("CREATE TABLE app.ev_1 ", "-- ")
    applied = shop.apply("CREATE SCHEMA app;" + kept)
    shop.run("INSERT INTO app.ev (at) VALUES ('2027-05-05')")
    applied.rollback()
    assert shop.one("SELECT count(*) FROM app.ev WHERE at = '2027-05-05' AND id = 31") == 1
    shop.run(
        "DELETE FROM app.ev WHERE id = 31; ALTER SEQUENCE app.ev_id_seq RESTART; SELECT setval('app.ev_id_seq', 30)"
    )
    assert shop.rows() == rows
    assert shop.state() == state


def test_values_whose_type_goes_wait_as_text(project: Maker) -> None:
    types = """
        CREATE SCHEMA app;
        CREATE TYPE app.mood AS ENUM ('sad', 'it''s "so"');
        CREATE TYPE app.pair AS (a int, b text);
    """
    live = (
        types
        + """
        CREATE TABLE app.t (id int PRIMARY KEY, mood app.mood, pairs app.pair[]);
        INSERT INTO app.t VALUES (1, 'sad', ARRAY[ROW(1, 'x,"y')::app.pair]), (2, 'it''s "so"', NULL);
        CREATE TABLE app.all_of_it (mood app.mood[], pair app.pair);
        INSERT INTO app.all_of_it VALUES (ARRAY['sad', NULL]::app.mood[], ROW(NULL, ''));
    """
    )
    shop = project(live)
    rows, state = shop.rows(), shop.state()
    applied = shop.apply("CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY);")
    applied.rollback()
    assert (shop.rows(), shop.state()) == (rows, state)


@pytest.mark.parametrize(
    ("live", "desired", "step"),
    [
        ("(a int, b int); INSERT INTO app.t VALUES (1, 2)", "(a int)", r"drop column app\.t\.b"),
        ("(at time); INSERT INTO app.t VALUES ('12:00:00.123456')", "(at time(3))", r"alter column app\.t\.at"),
    ],
    ids=["dropped", "rounded"],
)
def test_without_a_key_values_cannot_come_back(project: Maker, live: str, desired: str, step: str) -> None:
    shop = project(f"CREATE SCHEMA app; CREATE TABLE app.t {live}")
    wanted = f"CREATE SCHEMA app; CREATE TABLE app.t {desired};"
    with pytest.raises(Exception, match=f"irreversible: {step}"):
        shop.plan(wanted)
    plan = shop.plan(wanted, allow=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE))
    assert plan.proof and plan.proof.holds
    assert [made.recovery for made in plan.up.steps] == [Recovery.STRUCTURE_ONLY]


def test_nothing_is_archived_where_nobody_wants_it(project: Maker) -> None:
    shop = project(CUSTOMERS)
    with pytest.raises(Exception, match="irreversible"):
        shop.plan("CREATE SCHEMA app;", archive=False)
    plan = shop.plan("CREATE SCHEMA app;", archive=False, allow=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE))
    assert "schemadiff_archive" not in "".join(step.sql for step in (*plan.up.steps, *plan.down.steps))


def test_what_became_of_a_removed_label_is_known(project: Maker) -> None:
    table = """
        CREATE TABLE app.t (
          id int PRIMARY KEY,
          -- @using CASE state::text WHEN 'old' THEN 'done' ELSE state::text END::app.state
          state app.state DEFAULT 'open');
    """
    live = "CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('open', 'done', 'old');" + table
    shop = project(live + "INSERT INTO app.t VALUES (1, 'open'), (2, 'old'), (3, 'done'), (4, 'old'), (5, 'old');")
    rows, state = shop.rows(), shop.state()
    desired = "CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('open', 'done');" + table
    applied = shop.apply(desired)
    assert shop.one("SELECT string_agg(state::text, ' ' ORDER BY id) FROM app.t") == "open done done done done"
    applied.rollback()
    assert (shop.rows(), shop.state()) == (rows, state)
    applied = shop.apply(desired)
    shop.run("UPDATE app.t SET state = 'open' WHERE id = 4; DELETE FROM app.t WHERE id = 5;")
    applied.rollback()
    assert shop.one("SELECT string_agg(state::text, ' ' ORDER BY id) FROM app.t") == "open old done open"


def test_what_a_backfill_writes_over_comes_back(project: Maker) -> None:
    table = "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, full_name text, note text%s);"
    shop = project(
        table % "" + "INSERT INTO app.t SELECT i, 'First Last' || i, 'n' || i FROM generate_series(1, 30) AS i;"
    )
    rows = shop.rows()
    shop.backfill("UPDATE app.t SET first = split_part(full_name, ' ', 1), note = 'x' WHERE :batch AND id > 10")
    desired = table % ", first text"
    applied = shop.apply(desired.replace(" full_name text,", ""))
    assert shop.one("SELECT count(*) FROM app.t WHERE first = 'First' AND note = 'x'") == 20
    shop.run("UPDATE app.t SET note = 'mine' WHERE id = 30")
    applied.rollback()
    assert shop.one("SELECT note FROM app.t WHERE id = 30") == "mine", "it was changed since"
    shop.run("UPDATE app.t SET note = 'n30' WHERE id = 30")
    assert shop.rows() == rows
    assert shop.one("SELECT count(*) FROM pg_namespace WHERE nspname = 'schemadiff_archive'") == 0


def test_an_identity_that_ends_counts_on_after_the_rollback(project: Maker) -> None:
    shop = project(
        "CREATE SCHEMA app; CREATE TABLE app.t (id bigint GENERATED ALWAYS AS IDENTITY, a int);"
        "CREATE TABLE app.u (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);"
        "INSERT INTO app.t (a) SELECT i FROM generate_series(1, 7) AS i;"
    )
    rows, state = shop.rows(), shop.state()
    applied = shop.apply(
        "CREATE SCHEMA app; CREATE TABLE app.t (id text NOT NULL, a int); CREATE TABLE app.u (id int PRIMARY KEY);"
    )
    assert all(step.recovery is Recovery.LOSSLESS for step in applied.plan.up.steps)
    applied.rollback()
    assert (shop.rows(), shop.state()) == (rows, state)
    shop.run("INSERT INTO app.t (a) VALUES (8)")
    assert shop.one("SELECT id FROM app.t WHERE a = 8") == 8


def test_attributes_that_leave_the_type_of_a_table_are_announced(project: Maker) -> None:
    live = "CREATE SCHEMA app; CREATE TYPE app.ty AS (a int, b int); CREATE TABLE app.t OF app.ty (PRIMARY KEY (a));"
    shop = project(live)
    plan = shop.plan(live.replace(", b int", ""), allow=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE))
    assert plan.proof and plan.proof.holds
    assert [step.recovery for step in plan.up.steps] == [Recovery.STRUCTURE_ONLY]


REFERRING = """
CREATE SCHEMA app;
CREATE TABLE app.p (id int PRIMARY KEY, n text);
CREATE TABLE app.s (id int PRIMARY KEY, p int{inline}, other int);
CREATE TABLE app.b (id int PRIMARY KEY, p int REFERENCES app.p ON DELETE CASCADE);
CREATE TABLE app.c (id int PRIMARY KEY, b int REFERENCES app.b);
ALTER TABLE app.s ADD CONSTRAINT s_other FOREIGN KEY (other) REFERENCES app.b;
INSERT INTO app.p SELECT i, 'n' FROM generate_series(1, 5) AS i;
INSERT INTO app.b SELECT i, i FROM generate_series(1, 5) AS i;
INSERT INTO app.c SELECT i, i FROM generate_series(1, 3) AS i;
INSERT INTO app.s SELECT i, i, i FROM generate_series(1, 4) AS i;
"""
WITHOUT = """
CREATE SCHEMA app;
CREATE TABLE app.p (id int PRIMARY KEY, n text);
CREATE TABLE app.s (id int PRIMARY KEY, other int);
"""


def test_rows_that_would_refuse_a_foreign_key_are_listed_before(project: Maker) -> None:
    shop = project(REFERRING.format(inline=" REFERENCES app.p"))
    rows, state = shop.rows(), shop.state()
    applied = shop.apply(WITHOUT)
    after = shop.state()
    for damage, words, mending in (
        (
            "INSERT INTO app.s VALUES (9, 99)",
            r"table app\.s: 1 row points at a row of app\.b that is not there",
            "DELETE FROM app.s WHERE id = 9",
        ),
        (
            "DELETE FROM app.p WHERE id = 4",
            r"table app\.s: 1 row points at a row of app\.p that is not there",
            "INSERT INTO app.p VALUES (4, 'n')",
        ),
        (
            "DELETE FROM app.s WHERE id = 2; DELETE FROM app.p WHERE id = 2",
            r"table app\.c: 1 row points at a row of app\.b that was deleted since",
            "INSERT INTO app.p VALUES (2, 'n'); INSERT INTO app.s VALUES (2, 2)",
        ),
    ):
        shop.run(damage)
        with pytest.raises(PreflightRefused, match=words):
            applied.rollback()
        assert shop.state() == after
        shop.run(mending)
    shop.run("DELETE FROM app.p WHERE id = 5")
    applied.rollback()
    assert shop.state() == state
    assert shop.one("SELECT count(*) FROM app.b") == 4, "one went with its parent, as its key says"
    found = shop.rows()
    assert (found["app.c"], len(found["app.s"])) == (rows["app.c"], 4)


def test_values_that_come_back_follow_their_foreign_key(project: Maker) -> None:
    shop = project(REFERRING.format(inline=" REFERENCES app.p ON DELETE SET NULL"))
    state = shop.state()
    applied = shop.apply(WITHOUT)
    shop.run("DELETE FROM app.p WHERE id = 4; UPDATE app.s SET other = NULL WHERE id = 4")
    applied.rollback()
    assert shop.state() == state
    assert shop.one("SELECT array_agg(p ORDER BY id)::text FROM app.s") == "{1,2,3,NULL}"


def test_a_foreign_key_sets_only_the_columns_that_it_names(project: Maker) -> None:
    live = """
        CREATE SCHEMA app;
        CREATE TABLE app.p (tenant int, id int, PRIMARY KEY (tenant, id));
        CREATE TABLE app.s (id int PRIMARY KEY, tenant int NOT NULL, p int,
          FOREIGN KEY (tenant, p) REFERENCES app.p ON DELETE SET NULL (p));
        INSERT INTO app.p VALUES (1, 1), (1, 2); INSERT INTO app.s VALUES (1, 1, 1), (2, 1, 2);
    """
    shop = project(live)
    state = shop.state()
    applied = shop.apply("CREATE SCHEMA app; CREATE TABLE app.p (tenant int, id int, PRIMARY KEY (tenant, id));")
    shop.run("DELETE FROM app.p WHERE id = 2")
    applied.rollback()
    assert shop.state() == state
    assert shop.one("SELECT array_agg((id, tenant, p) ORDER BY id)::text FROM app.s") == '{"(1,1,1)","(2,1,)"}'


@pytest.mark.parametrize(
    ("sql", "hazards"),
    [
        ("DELETE FROM app.t WHERE :batch AND id > 1", (Hazard.DATA_LOSS, Hazard.IRREVERSIBLE)),
        ("INSERT INTO app.t SELECT id + 1000 FROM app.t WHERE :batch", (Hazard.IRREVERSIBLE,)),
    ],
)
def test_backfills_that_delete_or_insert_say_that_this_stays(
    project: Maker, sql: str, hazards: tuple[Hazard, ...]
) -> None:
    shop = project("CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY);")
    shop.backfill(sql)
    desired = "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, a int);"
    with pytest.raises(Exception, match="irreversible: backfill fill"):
        shop.plan(desired)
    plan = shop.plan(desired, allow=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE))
    assert [step.hazards for step in plan.up.steps if step.recovery is Recovery.IMPOSSIBLE] == [hazards]
    assert plan.proof
    assert plan.proof.holds, plan.proof.objections


PARTITIONED = """
CREATE SCHEMA app; CREATE TABLE app.p (id int, k int, v text, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES IN (1);
"""
PARTS = """
CREATE TABLE app.p2 PARTITION OF app.p FOR VALUES IN (2) PARTITION BY HASH (id);
CREATE TABLE app.p2a PARTITION OF app.p2 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
"""


@pytest.mark.parametrize("left", ["", "CREATE TABLE app.p2 PARTITION OF app.p FOR VALUES IN (2);"])
def test_partitions_of_partitions_come_back_with_their_rows(project: Maker, left: str) -> None:
    shop = project(PARTITIONED + PARTS + "INSERT INTO app.p SELECT i, i % 2 + 1, i FROM generate_series(1, 9) AS i")
    rows, state = shop.rows(), shop.state()
    applied = shop.apply(PARTITIONED + left)
    assert all(step.recovery is Recovery.LOSSLESS for step in applied.plan.up.steps)
    assert shop.one("SELECT count(*) FROM app.p") == 4
    applied.rollback()
    assert shop.rows() == rows
    assert shop.state() == state


def test_a_partition_that_leaves_its_table_is_announced_and_comes_back(project: Maker) -> None:
    part = "CREATE TABLE app.p2 (id int, k int, v text, PRIMARY KEY (id, k));"
    shop = project(PARTITIONED + part.replace("(id int, k int, v text, PRIMARY KEY (id, k))",
                                              "PARTITION OF app.p FOR VALUES IN (2)"))  # fmt: skip
    shop.run("INSERT INTO app.p SELECT i, i % 2 + 1, i FROM generate_series(1, 9) AS i")
    rows, state = shop.rows(), shop.state()
    applied = shop.apply(PARTITIONED + part)
    assert Hazard.HIDES_ROWS in applied.plan.up.hazards
    assert shop.one("SELECT count(*) FROM app.p") == 4
    applied.rollback()
    assert shop.rows() == rows
    assert shop.state() == state


def test_attributes_of_rows_in_columns_come_back(project: Maker) -> None:
    types = "CREATE SCHEMA app; CREATE TYPE app.place AS (street text, nr int);"
    tables = "CREATE TABLE app.t (id int PRIMARY KEY, at app.place, more app.place[]);"
    shop = project(types + tables)
    shop.run("INSERT INTO app.t SELECT i, ROW('s' || i, i)::app.place FROM generate_series(1, 9) AS i")
    shop.run("UPDATE app.t SET more = ARRAY[at, at]")
    rows, state = shop.rows(), shop.state()
    applied = shop.apply(types.replace("street text, nr int", "nr bigint, town text") + tables)
    assert all(step.recovery is Recovery.LOSSLESS for step in applied.plan.up.steps)
    applied.rollback()
    assert shop.rows() == rows
    assert shop.state() == state
    applied = shop.apply(types.replace("street text, nr int", "nr bigint, town text") + tables)
    shop.run("UPDATE app.t SET at.town = 'x' WHERE id = 1; DELETE FROM app.t WHERE id = 2")
    applied.rollback()
    assert shop.one("SELECT at::text FROM app.t WHERE id = 1") == "(,1)"
    assert shop.one("SELECT string_agg((at).street, ',' ORDER BY id) FROM app.t") == "s3,s4,s5,s6,s7,s8,s9"


def test_attributes_are_lost_where_no_key_tells_rows_apart(project: Maker) -> None:
    types = "CREATE SCHEMA app; CREATE TYPE app.place AS (street text, nr int); CREATE TABLE app.t (at app.place);"
    shop = project(types + "INSERT INTO app.t VALUES (ROW('s', 1))")
    plan = shop.plan(types.replace("street text, nr int", "nr bigint"), allow=(Hazard.DATA_LOSS, Hazard.IRREVERSIBLE))
    assert plan.proof
    assert plan.proof.holds, plan.proof.objections
    assert [step.object for step in plan.up.steps if step.recovery is not Recovery.LOSSLESS] == [
        "composite type app.place"
    ]


def test_a_partition_goes_with_the_references_to_its_rows(project: Maker) -> None:
    """The reference goes first: rows of the partition are pointed at."""
    tours = """
        CREATE SCHEMA app;
        CREATE TABLE app.tour (id int, season int{0}, PRIMARY KEY (id, season)) PARTITION BY LIST (season);
        CREATE TABLE app.tour_2026 PARTITION OF app.tour FOR VALUES IN (2026);
        CREATE TABLE app.ticket (id int PRIMARY KEY, tour int, season int{1});
    """
    before = (
        tours.format(", guide text", ", FOREIGN KEY (tour, season) REFERENCES app.tour (id, season)")
        + """
        CREATE TABLE app.tour_2025 PARTITION OF app.tour FOR VALUES IN (2025);
        INSERT INTO app.tour VALUES (1, 2025, 'Ada'), (2, 2026, 'Bo');
        INSERT INTO app.ticket VALUES (1, 1, 2025), (2, 2, 2026);
    """
    )
    shop = project(before)
    rows, state = shop.rows(), shop.state()
    applied = shop.apply(tours.format("", ""))
    applied.rollback()
    assert shop.rows() == rows
    assert shop.state() == state
