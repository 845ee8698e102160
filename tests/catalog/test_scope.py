"""What is read and what is not: platform objects, secrets, strangers, dependencies of what hangs on relations."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import TupleRow

from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.declaring.kind import CatalogObject
from schemadiff.catalog.identity import Identity
from schemadiff.catalog.kinds.trigger import Trigger
from schemadiff.catalog.kinds.trigger_state import TriggerState
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.reading.unmanaged import unmanaged_query
from schemadiff.catalog.scope import Scope
from schemadiff.catalog.sql import Quoted
from schemadiff.scratch.server import ScratchServer

from .round_trip import run


@pytest.fixture
def database(server: ScratchServer, fresh_database: Callable[..., str]) -> Iterator[Connection[TupleRow]]:
    with psycopg.connect(fresh_database(server), autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        yield connection


def _named(catalog: Catalog, kind: str) -> set[str]:
    return set(catalog.rows[kind])


PLATFORM = """
CREATE SCHEMA auth; CREATE SCHEMA storage; CREATE SCHEMA realtime; CREATE SCHEMA net;
CREATE TABLE auth.users (id int); CREATE TABLE storage.objects (id int); CREATE TABLE storage.buckets (id int);
CREATE TABLE storage.migrations (id int); CREATE TABLE realtime.messages (id int); CREATE TABLE public.t (id int);
CREATE FUNCTION public.ours() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE FUNCTION auth.theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER ours BEFORE INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.ours();
CREATE TRIGGER theirs BEFORE INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION auth.theirs();
CREATE TRIGGER webhook BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION auth.theirs();
COMMENT ON TRIGGER ours ON auth.users IS 'kept';
CREATE POLICY o ON storage.objects USING (true); CREATE POLICY b ON storage.buckets USING (true);
CREATE POLICY m ON realtime.messages USING (true); CREATE POLICY x ON storage.migrations USING (true);
CREATE PUBLICATION supabase_realtime FOR TABLE public.t; CREATE PUBLICATION mine;
CREATE PUBLICATION supabase_realtime_messages_publication FOR TABLE realtime.messages;
"""


def test_objects_on_platform_tables(database: Connection[TupleRow]) -> None:
    database.execute(PLATFORM)
    catalog = inspect(database, Scope.of("supabase"))
    assert _named(catalog, "table") == {"public.t"}
    assert _named(catalog, "trigger") == {"ours ON auth.users", "webhook ON public.t"}
    assert _named(catalog, "comment") >= {"TRIGGER ours ON auth.users"}
    assert _named(catalog, "policy") == {
        "o ON storage.objects",
        "b ON storage.buckets",
        "m ON realtime.messages",
    }
    assert _named(catalog, "publication") == {"mine"}
    assert _named(catalog, "publication relation") == {"public.t in publication supabase_realtime"}


def test_plain_profile_reads_the_same_names_as_ours(database: Connection[TupleRow]) -> None:
    database.execute(PLATFORM)
    catalog = inspect(database, Scope.of())
    assert len(_named(catalog, "trigger")) == 3
    assert len(_named(catalog, "policy")) == 4
    assert len(_named(catalog, "publication")) == 3


FOREIGN = """
CREATE FOREIGN DATA WRAPPER w OPTIONS (secret 'hidden1');
CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'seen', api_key 'hidden2', api_key_id 'seen too');
CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'seen', password 'hidden3', whatever 'hidden4');
CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (password 'hidden5');
CREATE FOREIGN TABLE f (a int OPTIONS (token 'hidden6')) SERVER s OPTIONS (password 'hidden7', "table" 'seen');
CREATE SUBSCRIPTION su CONNECTION 'service=x password=hidden8' PUBLICATION p WITH (connect = false, slot_name = NONE);
"""


def test_secrets_stay_on_the_server(database: Connection[TupleRow]) -> None:
    database.execute(FOREIGN)
    try:
        catalog = inspect(database, Scope.of())
        text = repr(catalog.rows) + repr([found.create() for found in catalog])
        assert "hidden" not in text
        assert "'seen'" in text
        assert "'seen too'" in text
        database.execute("ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (SET password 'another')")
        assert inspect(database, Scope.of()).state() == catalog.state()
    finally:
        database.execute("DROP SUBSCRIPTION su")


EVERYTHING = """
CREATE COLLATION c (locale = 'C'); CREATE TYPE r AS RANGE (subtype = int); CREATE TYPE e AS ENUM ();
CREATE TYPE k AS (a int); CREATE DOMAIN d AS int; CREATE TYPE sh;
CREATE AGGREGATE agg (int) (SFUNC = int4pl, STYPE = int); CREATE OPERATOR FAMILY fam USING btree;
CREATE TEXT SEARCH CONFIGURATION cfg (PARSER = default); CREATE TEXT SEARCH DICTIONARY dict (TEMPLATE = simple);
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE PUBLICATION p;
CREATE TABLE t (a int PRIMARY KEY, b int); CREATE STATISTICS st ON a, b FROM t; CREATE VIEW v AS SELECT 1 AS a;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
"""


def test_every_object_is_of_a_known_kind(database: Connection[TupleRow]) -> None:
    database.execute(EVERYTHING)
    assert inspect(database, Scope.of()).unmanaged == ()


def test_options_that_only_others_see_are_named(database: Connection[TupleRow]) -> None:
    database.execute("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w")
    for role in ("PUBLIC", "CURRENT_USER", "pg_monitor"):
        database.execute(f"CREATE USER MAPPING FOR {role} SERVER s OPTIONS (user 'anna')".encode())
    assert inspect(database, Scope.of()).unmanaged == ("options of user mapping FOR pg_monitor SERVER s",)


def test_unknown_kinds_are_named(database: Connection[TupleRow]) -> None:
    database.execute(EVERYTHING)
    database.execute("SET search_path = ''")
    schemas = [oid for (oid,) in database.execute("SELECT 'public'::regnamespace::oid::int8")]
    found = database.execute(unmanaged_query(()).encode(), {"schemas": schemas, "roles": []}).fetchall()
    assert found == [
        ("aggregate", "public.agg(integer)"),
        ("collation", "public.c"),
        ("composite type", "public.k"),
        ("domain", "public.d"),
        ("enum", "public.e"),
        ("foreign-data wrapper", "w"),
        ("function", "public.f()"),
        ("operator family", "public.fam USING btree"),
        ("publication", "p"),
        ("range type", "public.r"),
        ("server", "s"),
        ("shell type", "public.sh"),
        ("statistics object", "public.st"),
        ("table", "public.t"),
        ("text search configuration", "public.cfg"),
        ("text search dictionary", "public.dict"),
        ("view", "public.v"),
    ]


def test_view_columns_carry_comments_grants_and_defaults(database: Connection[TupleRow]) -> None:
    database.execute("""
        CREATE TABLE t (a int, "B.c" int); CREATE VIEW v AS SELECT a, "B.c" FROM t;
        CREATE VIEW w AS SELECT "B.c" FROM v; CREATE MATERIALIZED VIEW m AS SELECT "B.c" FROM w;
        COMMENT ON COLUMN v."B.c" IS 'x'; GRANT SELECT ("B.c"), UPDATE ("B.c") ON v TO pg_monitor;
        GRANT SELECT ("B.c") ON m TO PUBLIC; ALTER VIEW v ALTER "B.c" SET DEFAULT 3
    """)
    catalog = inspect(database, Scope.of())
    column = Identity("view column", Quoted('public.v."B.c"'))
    needs = catalog.dependencies.needs
    assert column in needs[Identity("default value", column.name)]
    assert column in needs[Identity("view", Quoted("public.w"))]
    assert Identity("column", Quoted('public.t."B.c"')) in needs[Identity("view", Quoted("public.v"))]
    assert Identity("view", Quoted("public.v")) in needs[column]
    satellites = [found for found in catalog if _target_kind(found) == "view column"]
    assert len(satellites) == 3
    _take_away_and_give_back(database, satellites)
    assert inspect(database, Scope.of()).state() == catalog.state()


def _target_kind(found: CatalogObject) -> str | None:
    target = found.within() if found.SATELLITE else None
    return target.kind if target else None


def _take_away_and_give_back(database: Connection[TupleRow], satellites: list[CatalogObject]) -> None:
    for satellite in satellites:
        run(database, satellite.drop())
    gone = inspect(database, Scope.of())
    assert [found.id for found in satellites if found.id in gone and found.KIND != "owner"] == []
    for satellite in satellites:
        run(database, satellite.create())


GRANTED = f"""
{EVERYTHING}
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE FOREIGN TABLE ft (a int) SERVER s;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE TRIGGER tr BEFORE INSERT ON t EXECUTE FUNCTION tf(); CREATE RULE ru AS ON DELETE TO t DO NOTHING;
CREATE POLICY po ON t; CREATE EVENT TRIGGER ev ON sql_drop EXECUTE FUNCTION et();
CREATE SUBSCRIPTION su CONNECTION 'service=x' PUBLICATION p WITH (connect = false, slot_name = NONE);
GRANT USAGE ON FOREIGN DATA WRAPPER w TO pg_monitor WITH GRANT OPTION; GRANT USAGE ON FOREIGN SERVER s TO PUBLIC;
GRANT ALL ON v TO pg_monitor; GRANT SELECT ON m TO pg_monitor; GRANT SELECT (a), UPDATE ON ft TO pg_monitor;
COMMENT ON VIEW v IS 'x'; COMMENT ON MATERIALIZED VIEW m IS 'x'; COMMENT ON FOREIGN TABLE ft IS 'x';
COMMENT ON TRIGGER tr ON t IS 'x'; COMMENT ON RULE ru ON t IS 'x'; COMMENT ON POLICY po ON t IS 'x';
COMMENT ON EVENT TRIGGER ev IS 'x'; COMMENT ON SUBSCRIPTION su IS 'x'; COMMENT ON PUBLICATION p IS 'x';
COMMENT ON STATISTICS st IS 'x'; COMMENT ON FOREIGN DATA WRAPPER w IS 'x'; COMMENT ON SERVER s IS 'x';
COMMENT ON COLUMN m.a IS 'x'; COMMENT ON COLUMN ft.a IS 'x';
"""


def test_owners_grants_and_comments(database: Connection[TupleRow]) -> None:
    database.execute(GRANTED)
    try:
        catalog = inspect(database, Scope.of())
        satellites = [found for found in catalog if found.SATELLITE]
        assert {"view", "server", "subscription", "event trigger", "publication"} <= {
            _target_kind(found) for found in satellites if found.KIND == "owner"
        }
        assert len(_named(catalog, "comment")) >= 14
        _take_away_and_give_back(database, satellites)
        assert inspect(database, Scope.of()).state() == catalog.state()
    finally:
        database.execute("DROP SUBSCRIPTION su")


def test_an_ordinary_role_reads_the_same(database: Connection[TupleRow]) -> None:
    database.execute(GRANTED)
    try:
        catalog = inspect(database, Scope.of())
        database.execute("SET ROLE pg_monitor")
        assert inspect(database, Scope.of()).state() == catalog.state()
        database.execute("RESET ROLE")
    finally:
        database.execute("DROP SUBSCRIPTION su")


def test_copies_of_a_trigger_follow_their_parent(database: Connection[TupleRow]) -> None:
    database.execute("""
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (b);
        CREATE TABLE p11 PARTITION OF p1 FOR VALUES IN (1);
        CREATE TRIGGER tr AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();
        CREATE TABLE other (a int PRIMARY KEY); ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES other;
        ALTER TABLE p1 DISABLE TRIGGER tr; ALTER TABLE p11 DISABLE TRIGGER ALL
    """)
    state = Identity("trigger state", Quoted("tr ON public.p1"))
    before = inspect(database, Scope.of())
    assert _named(before, "trigger") == {"tr ON public.p"}
    assert _named(before, "trigger state") == {state.name}
    database.execute("ALTER TABLE p ENABLE ALWAYS TRIGGER tr; ALTER TABLE p1 DISABLE TRIGGER tr")
    after = inspect(database, Scope.of())
    trigger = Identity("trigger", Quoted("tr ON public.p"))
    assert trigger in after.dependencies.needs[state]
    old, new = before[trigger], after[trigger]
    assert isinstance(old, Trigger) and isinstance(new, Trigger)
    run(database, old.alter_enabled(new))
    assert not _named(inspect(database, Scope.of()), "trigger state")
    kept, lost = before[state], after[state]
    assert isinstance(kept, TriggerState) and isinstance(lost, TriggerState)
    run(database, kept.alter_enabled(lost))
    assert inspect(database, Scope.of()).state() == before.state()


def test_settings_of_a_table_need_their_index(database: Connection[TupleRow]) -> None:
    database.execute("""
        CREATE TABLE t (a int NOT NULL, b int, CONSTRAINT k UNIQUE (a)); CREATE INDEX i ON t (b);
        ALTER TABLE t REPLICA IDENTITY USING INDEX k; ALTER TABLE t CLUSTER ON i
    """)
    needs = inspect(database, Scope.of()).dependencies.needs
    assert (
        Identity("table constraint", Quoted("k ON public.t")) in needs[Identity("replica identity", Quoted("public.t"))]
    )
    assert Identity("index", Quoted("public.i")) in needs[Identity("cluster index", Quoted("public.t"))]


def test_replica_identity_without_its_index_is_nothing(database: Connection[TupleRow]) -> None:
    database.execute("""
        CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX i ON t (a);
        ALTER TABLE t REPLICA IDENTITY USING INDEX i; DROP INDEX i
    """)
    rows = inspect(database, Scope.of()).rows["replica identity"]
    assert rows["public.t"][1] == "NOTHING"


def test_security_labels_are_read_and_written(database: Connection[TupleRow]) -> None:
    database.execute("SET allow_system_table_mods = on; CREATE TABLE t (a int)")
    for provider, label in (("one", "it''s"), ("two", "x=y")):
        database.execute(
            f"INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 1, '{provider}', '{label}')"
        )
    labels = inspect(database, Scope.of())[Identity("security label", Quoted("COLUMN public.t.a"))]
    assert [statement.sql for statement in labels.create()] == [
        "SECURITY LABEL FOR one ON COLUMN public.t.a IS 'it''s'",
        "SECURITY LABEL FOR two ON COLUMN public.t.a IS 'x=y'",
    ]
    assert [statement.sql for statement in labels.drop()] == [
        "SECURITY LABEL FOR one ON COLUMN public.t.a IS NULL",
        "SECURITY LABEL FOR two ON COLUMN public.t.a IS NULL",
    ]
