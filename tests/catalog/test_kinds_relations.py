"""Each kind that hangs on relations or stands beside them: read, written, altered in place, replaced."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.scratch.server import ScratchServer

from .round_trip import Case, check

TABLE = 'CREATE TABLE s.t (a int NOT NULL, b text, "C d" varchar(20) COLLATE "C")'
FUNCTION = "CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'"
TRIGGERED = f"{TABLE}; {FUNCTION}"
PARTITIONED = f"""{FUNCTION}; CREATE TABLE s.p (a int, b int) PARTITION BY LIST (a);
CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN (1)"""

VIEWS = [
    Case("view", "s.v", (
        "CREATE VIEW s.v AS SELECT a FROM s.t",
        "CREATE VIEW s.v AS SELECT a, \"C d\", ';'::text AS \"';\" FROM s.t WHERE a > 1",
    ), setup=TABLE, in_place="forward"),
    Case("view", 's."V.w x"', (
        'CREATE VIEW s."V.w x" (n, "U") AS SELECT a, b FROM s.t',
        'CREATE VIEW s."V.w x" (n, "U") AS SELECT -a, upper(b) FROM s.t',
        'CREATE VIEW s."V.w x" (n, "U") WITH (security_barrier) AS SELECT a, b FROM s.t '
        'WITH LOCAL CHECK OPTION',
        'CREATE VIEW s."V.w x" (n, "U") WITH (security_barrier = off) AS SELECT a, b FROM s.t',
    ), setup=TABLE),
    Case("view", "s.v", (
        "CREATE VIEW s.v AS SELECT a FROM s.t",
        "CREATE VIEW s.v WITH (security_invoker = true) AS SELECT a FROM s.t",
    ), setup=TABLE, since=150000),
    Case("view", "s.v", (
        "CREATE VIEW s.v AS SELECT a, b FROM s.t",
        "CREATE VIEW s.v AS SELECT b, a FROM s.t",
        "CREATE VIEW s.v AS SELECT b, a::bigint AS a FROM s.t",
        'CREATE VIEW s.v AS SELECT b COLLATE "C" AS b, a::bigint AS a FROM s.t',
    ), setup=TABLE, in_place="neither"),
    Case("view", "s.v", (
        "CREATE RECURSIVE VIEW s.v (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v WHERE n < 9",
        "CREATE VIEW s.v (n) AS VALUES (1)",
        "CREATE VIEW s.v (n) AS SELECT * FROM (VALUES (1)) AS x (y)",
    ), setup="SET search_path = s"),
]  # fmt: skip

MATERIALIZED_VIEWS = [
    Case("materialized view", "s.m", (
        "CREATE MATERIALIZED VIEW s.m AS SELECT a FROM s.t",
        "CREATE MATERIALIZED VIEW s.m AS SELECT a, b FROM s.t WITH NO DATA",
    ), setup=TABLE, in_place="neither"),
    Case("materialized view", "s.m", (
        "CREATE MATERIALIZED VIEW s.m AS SELECT a, b FROM s.t",
        "CREATE MATERIALIZED VIEW s.m WITH (fillfactor = 70, toast.autovacuum_enabled = off) "
        "AS SELECT a, b FROM s.t",
        "CREATE MATERIALIZED VIEW s.m WITH (fillfactor = 80) AS SELECT a, b FROM s.t",
    ), setup=TABLE),
    Case("materialized view", "s.m", (
        "CREATE MATERIALIZED VIEW s.m AS SELECT a FROM s.t",
        "CREATE MATERIALIZED VIEW s.m USING heap_too AS SELECT a FROM s.t",
    ), setup=f"{TABLE}; CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler",
       cleanup="DROP ACCESS METHOD IF EXISTS heap_too", since=150000),
    Case("materialized view", "s.m", (
        "CREATE MATERIALIZED VIEW s.m AS SELECT a FROM s.t",
        "CREATE MATERIALIZED VIEW s.m TABLESPACE test_space AS SELECT a FROM s.t",
    ), setup=TABLE, since=150000),
    Case("view column", 's.m."C d"', (
        "",
        """ALTER MATERIALIZED VIEW s.m ALTER "C d" SET STORAGE EXTERNAL, ALTER "C d" SET COMPRESSION pglz,
           ALTER "C d" SET STATISTICS 5, ALTER "C d" SET (n_distinct = 9)""",
        'ALTER MATERIALIZED VIEW s.m ALTER "C d" SET STORAGE MAIN, '
        'ALTER "C d" SET (n_distinct_inherited = 9)',
    ), setup=f"{TABLE}; CREATE MATERIALIZED VIEW s.m AS SELECT * FROM s.t"),
]  # fmt: skip

TRIGGERS = [
    Case("trigger", "tr ON s.t", (
        "CREATE TRIGGER tr BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f()",
        "CREATE TRIGGER tr AFTER UPDATE OF a, \"C d\" ON s.t EXECUTE FUNCTION s.f('x', 'it''s')",
        """CREATE TRIGGER tr AFTER UPDATE ON s.t REFERENCING OLD TABLE AS o NEW TABLE AS "N" FOR EACH ROW
           WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION s.f(); ALTER TABLE s.t DISABLE TRIGGER tr""",
        "CREATE TRIGGER tr BEFORE TRUNCATE ON s.t EXECUTE FUNCTION s.f()",
    ), setup=TRIGGERED),
    Case("trigger", '"T R" ON s.t', tuple(
        f'CREATE TRIGGER "T R" BEFORE INSERT ON s.t EXECUTE FUNCTION s.f(); '
        f'ALTER TABLE s.t {state} TRIGGER "T R"'
        for state in ("ENABLE", "DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS")
    ), setup=TRIGGERED),
    Case("trigger", "tr ON s.t", (
        "CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f()",
        "CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON s.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        "EXECUTE FUNCTION s.f()",
        "CREATE TRIGGER tr AFTER INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f()",
    ), setup=TRIGGERED, in_place="neither"),
    Case("trigger", "tr ON s.v", (
        "CREATE TRIGGER tr INSTEAD OF INSERT ON s.v FOR EACH ROW EXECUTE FUNCTION s.f()",
        "CREATE TRIGGER tr INSTEAD OF UPDATE ON s.v FOR EACH ROW EXECUTE FUNCTION s.f()",
    ), setup=f"{TRIGGERED}; CREATE VIEW s.v AS SELECT a FROM s.t"),
    Case("trigger", "tr ON s.p", (
        "CREATE TRIGGER tr AFTER INSERT ON s.p FOR EACH ROW EXECUTE FUNCTION s.f()",
        "CREATE TRIGGER tr AFTER UPDATE ON s.p FOR EACH ROW EXECUTE FUNCTION s.f(); "
        "ALTER TABLE s.p DISABLE TRIGGER tr",
    ), setup=PARTITIONED),
    Case("trigger", "tr ON s.p", (
        "CREATE TRIGGER tr AFTER INSERT ON s.p FOR EACH ROW EXECUTE FUNCTION s.f()",
        "CREATE TRIGGER tr AFTER INSERT ON s.p EXECUTE FUNCTION s.f()",
    ), setup=PARTITIONED, in_place="neither"),
    Case("trigger state", "tr ON s.p1", (
        "ALTER TABLE s.p1 DISABLE TRIGGER tr",
        "ALTER TABLE s.p1 ENABLE ALWAYS TRIGGER tr",
    ), setup=f"{PARTITIONED}; CREATE TRIGGER tr AFTER INSERT ON s.p FOR EACH ROW EXECUTE FUNCTION s.f()"),
    Case("event trigger", '"E t"', (
        'CREATE EVENT TRIGGER "E t" ON ddl_command_end EXECUTE FUNCTION s.e(); '
        'ALTER EVENT TRIGGER "E t" DISABLE',
        'CREATE EVENT TRIGGER "E t" ON ddl_command_end EXECUTE FUNCTION s.e()',
    ), setup="CREATE FUNCTION s.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'"),
    Case("event trigger", "et", (
        "CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION s.e()",
        "CREATE EVENT TRIGGER et ON sql_drop EXECUTE FUNCTION s.e()",
        "CREATE EVENT TRIGGER et ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION s.e()",
        "CREATE EVENT TRIGGER et ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') "
        'EXECUTE FUNCTION s."E 2"()',
    ), setup="""CREATE FUNCTION s.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
                CREATE FUNCTION s."E 2"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'""",
       in_place="neither"),
]  # fmt: skip

POLICIES = [
    Case("policy", '"P q" ON s.t', (
        'CREATE POLICY "P q" ON s.t USING (a > 1)',
        'CREATE POLICY "P q" ON s.t TO pg_monitor, pg_read_all_data USING (b = \'x\')',
        'CREATE POLICY "P q" ON s.t TO pg_monitor USING (EXISTS (SELECT FROM s.t AS o WHERE o.a = t.a))',
    ), setup=TABLE),
    Case("policy", "p ON s.t", (
        "CREATE POLICY p ON s.t FOR UPDATE USING (true)",
        "CREATE POLICY p ON s.t FOR UPDATE USING (true) WITH CHECK (a > 1)",
    ), setup=TABLE, in_place="forward"),
    Case("policy", "p ON s.t", (
        "CREATE POLICY p ON s.t FOR SELECT USING (a > 1)",
        "CREATE POLICY p ON s.t AS RESTRICTIVE FOR SELECT USING (a > 1)",
        "CREATE POLICY p ON s.t AS RESTRICTIVE FOR DELETE USING (a > 1)",
        "CREATE POLICY p ON s.t AS RESTRICTIVE FOR INSERT WITH CHECK (a > 1)",
        "CREATE POLICY p ON s.t AS RESTRICTIVE FOR ALL USING (a > 1)",
    ), setup=TABLE, in_place="neither"),
]  # fmt: skip

RULES = [
    Case("rule", "r ON s.t", (
        "CREATE RULE r AS ON INSERT TO s.t DO ALSO NOTHING",
        "CREATE RULE r AS ON UPDATE TO s.t WHERE new.a > 1 DO INSTEAD (DELETE FROM s.t; DELETE FROM s.t)",
        "CREATE RULE r AS ON UPDATE TO s.t DO ALSO NOTIFY \"n ';\"",
        "CREATE RULE r AS ON UPDATE TO s.t DO INSTEAD NOTHING; ALTER TABLE s.t DISABLE RULE r",
        "CREATE RULE r AS ON UPDATE TO s.t DO INSTEAD NOTHING; ALTER TABLE s.t ENABLE ALWAYS RULE r",
    ), setup=TABLE),
    Case("rule", '"R 1" ON s.v', (
        'CREATE RULE "R 1" AS ON DELETE TO s.v DO INSTEAD DELETE FROM s.t WHERE a = old.a',
        'CREATE RULE "R 1" AS ON DELETE TO s.v DO INSTEAD NOTHING',
    ), setup=f"{TABLE}; CREATE VIEW s.v AS SELECT a FROM s.t"),
]  # fmt: skip

TABLE_SETTINGS = [
    Case("statistics object", 's."S t"', (
        'CREATE STATISTICS s."S t" ON a, b FROM s.t',
        'CREATE STATISTICS s."S t" (ndistinct, mcv) ON a, b, "C d" FROM s.t',
        'CREATE STATISTICS s."S t" ON (a + 1) FROM s.t',
    ), setup=TABLE, in_place="neither"),
    Case("statistics object", "s.st", (
        "CREATE STATISTICS s.st ON a, b FROM s.t",
        "CREATE STATISTICS s.st ON a, b FROM s.t; ALTER STATISTICS s.st SET STATISTICS 0",
        "CREATE STATISTICS s.st ON a, b FROM s.t; ALTER STATISTICS s.st SET STATISTICS 9",
    ), setup=TABLE),
    Case("replica identity", "s.t", (
        "ALTER TABLE s.t REPLICA IDENTITY FULL",
        "ALTER TABLE s.t REPLICA IDENTITY NOTHING",
        'ALTER TABLE s.t REPLICA IDENTITY USING INDEX "U i"',
        "ALTER TABLE s.t REPLICA IDENTITY USING INDEX t_key",
    ), setup=f'{TABLE}; CREATE UNIQUE INDEX "U i" ON s.t (a);'
             'ALTER TABLE s.t ADD CONSTRAINT t_key UNIQUE (a)'),
    Case("cluster index", "s.t", ('ALTER TABLE s.t CLUSTER ON "I i"', "ALTER TABLE s.t CLUSTER ON t_key"),
         setup=f'{TABLE}; CREATE INDEX "I i" ON s.t (b); ALTER TABLE s.t ADD CONSTRAINT t_key UNIQUE (a)'),
    Case("cluster index", "s.m", ("ALTER MATERIALIZED VIEW s.m CLUSTER ON i",),
         setup="CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS a; CREATE INDEX i ON s.m (a)"),
]  # fmt: skip

NO_PUBLICATION = 'DROP PUBLICATION IF EXISTS p; DROP PUBLICATION IF EXISTS "P 1"'
PUBLICATIONS = [
    Case("publication", '"P 1"', (
        'CREATE PUBLICATION "P 1"',
        "CREATE PUBLICATION \"P 1\" WITH (publish = 'insert, truncate', publish_via_partition_root)",
        "CREATE PUBLICATION \"P 1\" WITH (publish = '')",
    ), cleanup=NO_PUBLICATION),
    Case("publication", "p", (
        "CREATE PUBLICATION p WITH (publish_generated_columns = stored)",
        "CREATE PUBLICATION p",
    ), cleanup=NO_PUBLICATION, since=180000),
    Case("publication", "p", ("CREATE PUBLICATION p", "CREATE PUBLICATION p FOR ALL TABLES"),
         cleanup=NO_PUBLICATION, in_place="neither"),
    Case("publication relation", 's.t in publication "P 1"', (
        'CREATE PUBLICATION "P 1" FOR TABLE s.t',
        'CREATE PUBLICATION "P 1" FOR TABLE s.t ("C d", a)',
        'CREATE PUBLICATION "P 1" FOR TABLE s.t ("C d", a) WHERE (a > 1 OR a IS NULL)',
    ), setup=TABLE, cleanup=NO_PUBLICATION, in_place="neither", since=150000),
    Case("publication relation", "s.t in publication p", ("CREATE PUBLICATION p FOR TABLE ONLY s.t",),
         setup=f"{TABLE}; CREATE TABLE s.child () INHERITS (s.t)", cleanup=NO_PUBLICATION),
    Case("publication namespace", "s in publication p", ("CREATE PUBLICATION p FOR TABLES IN SCHEMA s",),
         cleanup=NO_PUBLICATION, since=150000),
]  # fmt: skip

NO_WRAPPER = 'DROP FOREIGN DATA WRAPPER IF EXISTS "W 1" CASCADE'
WRAPPER = """CREATE FOREIGN DATA WRAPPER "W 1"; CREATE SERVER sv FOREIGN DATA WRAPPER "W 1";
CREATE SERVER "S 2" FOREIGN DATA WRAPPER "W 1" """
FOREIGN = [
    Case("foreign-data wrapper", '"W 1"', (
        'CREATE FOREIGN DATA WRAPPER "W 1"',
        "CREATE FOREIGN DATA WRAPPER \"W 1\" OPTIONS (host 'it''s', port '1')",
        'CREATE FOREIGN DATA WRAPPER "W 1" VALIDATOR postgresql_fdw_validator',
        "CREATE FOREIGN DATA WRAPPER \"W 1\" OPTIONS (\"A b\" '\\', host 'h')",
    ), cleanup=NO_WRAPPER),
    Case("server", '"S 3"', (
        'CREATE SERVER "S 3" FOREIGN DATA WRAPPER "W 1"',
        "CREATE SERVER \"S 3\" VERSION '2' FOREIGN DATA WRAPPER \"W 1\" OPTIONS (a '1', b '2')",
        "CREATE SERVER \"S 3\" VERSION '3' FOREIGN DATA WRAPPER \"W 1\" OPTIONS (a '2', c '3')",
    ), setup=WRAPPER, cleanup=NO_WRAPPER),
    Case("server", "s", (
        'CREATE SERVER s FOREIGN DATA WRAPPER "W 1"',
        "CREATE SERVER s TYPE 't' FOREIGN DATA WRAPPER \"W 1\"",
        "CREATE SERVER s TYPE 't' FOREIGN DATA WRAPPER other",
    ), setup=f"{WRAPPER}; CREATE FOREIGN DATA WRAPPER other",
       cleanup=f"{NO_WRAPPER}; DROP FOREIGN DATA WRAPPER IF EXISTS other CASCADE", in_place="neither"),
    Case("user mapping", 'FOR PUBLIC SERVER "S 2"', (
        'CREATE USER MAPPING FOR PUBLIC SERVER "S 2"',
        "CREATE USER MAPPING FOR PUBLIC SERVER \"S 2\" OPTIONS (user 'u', password 'x')",
        "CREATE USER MAPPING FOR PUBLIC SERVER \"S 2\" OPTIONS (user 'v', password 'y')",
    ), setup=WRAPPER, cleanup=NO_WRAPPER),
    Case("foreign table", 's."F t"', (
        'CREATE FOREIGN TABLE s."F t" () SERVER sv',
        "CREATE FOREIGN TABLE s.\"F t\" () SERVER sv OPTIONS (a '1', b '2')",
        "CREATE FOREIGN TABLE s.\"F t\" () SERVER sv OPTIONS (a '2', c '3')",
    ), setup=WRAPPER, cleanup=NO_WRAPPER),
    Case("foreign table", "s.f", (
        "CREATE FOREIGN TABLE s.f () SERVER sv",
        'CREATE FOREIGN TABLE s.f () SERVER "S 2"',
    ), setup=WRAPPER, cleanup=NO_WRAPPER, in_place="neither"),
    Case("column", "s.f.a", (
        "CREATE FOREIGN TABLE s.f (z int, a int) SERVER sv",
        "CREATE FOREIGN TABLE s.f (z int, a int OPTIONS (x '1') NOT NULL) SERVER sv",
        "CREATE FOREIGN TABLE s.f (z int, a text OPTIONS (y '1') COLLATE \"C\") SERVER sv",
    ), setup=WRAPPER, cleanup=NO_WRAPPER),
    Case("table constraint", "c ON s.f", (
        "CREATE FOREIGN TABLE s.f (a int CONSTRAINT c CHECK (a > 1)) SERVER sv",
        "CREATE FOREIGN TABLE s.f (a int CONSTRAINT c CHECK (a > 2) NO INHERIT) SERVER sv",
    ), setup=WRAPPER, cleanup=NO_WRAPPER, in_place="neither"),
    Case("default value", "s.f.a", (
        "CREATE FOREIGN TABLE s.f (a int DEFAULT 1) SERVER sv",
        "CREATE FOREIGN TABLE s.f (a int DEFAULT 2) SERVER sv",
    ), setup=WRAPPER, cleanup=NO_WRAPPER),
    Case("default value", "s.v.a", (
        "ALTER VIEW s.v ALTER a SET DEFAULT 1",
        "ALTER VIEW s.v ALTER a SET DEFAULT 2",
    ), setup=f"{TABLE}; CREATE VIEW s.v AS SELECT a FROM s.t"),
    Case("trigger", "tr ON s.f", (
        "CREATE TRIGGER tr BEFORE INSERT ON s.f FOR EACH ROW EXECUTE FUNCTION s.f()",
        "CREATE TRIGGER tr BEFORE UPDATE ON s.f FOR EACH ROW EXECUTE FUNCTION s.f(); "
        "ALTER FOREIGN TABLE s.f DISABLE TRIGGER tr",
    ), setup=f"{FUNCTION}; {WRAPPER}; CREATE FOREIGN TABLE s.f (a int) SERVER sv", cleanup=NO_WRAPPER),
]  # fmt: skip

NO_SUBSCRIPTION = """DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_subscription) THEN
        ALTER SUBSCRIPTION su DISABLE;
        ALTER SUBSCRIPTION su SET (slot_name = NONE);
        DROP SUBSCRIPTION su;
    END IF;
END $$"""
SUBSCRIPTIONS = [
    Case("subscription", "su", (
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = NONE)",
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION b, \"A c\" WITH (connect = false, "
        "slot_name = one, binary, streaming = on, synchronous_commit = local)",
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = two)",
    ), cleanup=NO_SUBSCRIPTION),
    Case("subscription", "su", (
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = NONE)",
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = one); "
        "ALTER SUBSCRIPTION su ENABLE",
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = two); "
        "ALTER SUBSCRIPTION su ENABLE",
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = two)",
    ), cleanup=NO_SUBSCRIPTION),
    Case("subscription", "su", (
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = one)",
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = one, "
        "disable_on_error)",
    ), cleanup=NO_SUBSCRIPTION, since=150000),
    Case("subscription", "su", (
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = one)",
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = one, "
        "two_phase)",
    ), in_place="neither", cleanup=NO_SUBSCRIPTION, since=150000),
    Case("subscription", "su", (
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = one)",
        "CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = one, "
        "origin = none, run_as_owner, password_required = false, streaming = parallel)",
    ), cleanup=NO_SUBSCRIPTION, since=160000),
]  # fmt: skip

CASES = [
    *VIEWS, *MATERIALIZED_VIEWS, *TRIGGERS, *POLICIES, *RULES, *TABLE_SETTINGS, *PUBLICATIONS, *FOREIGN,
    *SUBSCRIPTIONS,
]  # fmt: skip


PLACED = [
    (("server15", "server17")[place % 2] if case.since < 160000 else "server17", case)
    for place, case in enumerate(CASES)
]
"""Each case on one server, the servers by turns."""


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> Iterator[Connection[TupleRow]]:
    server: ScratchServer = request.getfixturevalue(request.param)
    server.create_database("relations")
    with psycopg.connect(server.url("relations"), autocommit=True) as connection:
        connection.execute("SET allow_in_place_tablespaces = on")
        connection.execute("CREATE TABLESPACE test_space LOCATION ''")
        yield connection
        connection.execute("DROP SCHEMA IF EXISTS s CASCADE")
        connection.execute(NO_SUBSCRIPTION.encode())
        connection.execute("DROP TABLESPACE test_space")
    server.drop_database("relations")


@pytest.mark.parametrize(("database", "case"), PLACED, ids=str, indirect=["database"], scope="module")
def test_round_trip(database: Connection[TupleRow], case: Case) -> None:
    if database.info.server_version < case.since:
        pytest.skip("this Postgres does not know the SQL")
    check(database, case)
