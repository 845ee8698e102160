"""Loading into a scratch database: order, duplicates, errors, and what only a superuser may do."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from schemadiff.desired.files import Desired, read_desired
from schemadiff.desired.loading.desired_session import DesiredSession
from schemadiff.desired.loading.loading import load_desired
from schemadiff.desired.reading.desired_statements import DesiredStatement
from schemadiff.errors import ConnectionFailed, DesiredError, ScratchError

from .database import LOADER, Scratch

Read = Callable[[dict[str, str]], Desired]


def refused(scratch: Scratch, desired: Desired) -> str:
    with pytest.raises(DesiredError) as caught:
        scratch.load(desired)
    return str(caught.value)


def test_files_load_in_any_order(read: Read, scratch: Scratch) -> None:
    scratch.load(
        read(
            {
                "a.sql": "CREATE VIEW app.v AS SELECT app.f(id) AS f FROM app.t;\nGRANT SELECT ON app.v TO PUBLIC;",
                "b.sql": "ALTER TABLE app.t ADD CONSTRAINT fk FOREIGN KEY (other) REFERENCES app.u (id);",
                "c.sql": "CREATE FUNCTION app.f(app.number) RETURNS int LANGUAGE sql AS 'SELECT 1';",
                "d.sql": "CREATE TABLE app.t (id app.number, other int); CREATE INDEX i ON app.t (id);",
                "e.sql": "CREATE TABLE app.u (id int); ALTER TABLE app.u ADD PRIMARY KEY (id);",
                "f.sql": "CREATE DOMAIN app.number AS int;",
                "g.sql": "CREATE SCHEMA app;",
            }
        )
    )
    assert scratch.one("SELECT count(*) FROM pg_depend WHERE objid = 'app.v'::regclass") == 1
    assert scratch.one("SELECT count(*) FROM pg_constraint WHERE conname = 'fk'") == 1


def test_calls_that_a_longer_overload_makes_ambiguous(read: Read, scratch: Scratch) -> None:
    scratch.load(
        read(
            {
                "a.sql": "GRANT EXECUTE ON FUNCTION me(int) TO PUBLIC; CREATE VIEW longer AS SELECT me(2) AS me;",
                "b.sql": "CREATE FUNCTION me(a int DEFAULT 1, OUT b int) LANGUAGE sql AS 'SELECT 1';",
                "c.sql": "CREATE FUNCTION me() RETURNS int LANGUAGE sql AS 'SELECT 0';",
                "d.sql": "CREATE TABLE t (a int DEFAULT me()); CREATE VIEW mine AS SELECT me() AS me;",
            }
        )
    )
    assert scratch.one("SELECT me FROM mine") == 0


def test_a_long_chain_in_reverse(read: Read, scratch: Scratch) -> None:
    chain = [f"CREATE VIEW v{n} AS SELECT * FROM v{n + 1};" for n in range(150)]
    desired = read({"a.sql": "\n".join([*chain, "CREATE VIEW v150 AS SELECT 1 AS a;"])})
    scratch.load(desired)
    assert scratch.one("SELECT a FROM v0") == 1


def test_only_what_waits_for_a_later_file_is_sent_by_itself(
    read: Read, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone: list[str] = []
    run = DesiredSession.run

    def noted(session: DesiredSession, statement: DesiredStatement, text: str) -> psycopg.Error | None:
        alone.append(text)
        return run(session, statement, text)

    monkeypatch.setattr(DesiredSession, "run", noted)
    files = {
        f"{n:02}.sql": f"CREATE TABLE t{n:02} (a int PRIMARY KEY);\nCREATE OR REPLACE FUNCTION f{n}() RETURNS int "
        f"LANGUAGE sql AS 'SELECT {n}';\nCREATE VIEW v{n:02} AS SELECT a FROM t{n + (n % 10 == 7):02};\n"
        f"CREATE TABLE IF NOT EXISTS s{n:02} (b int)"
        for n in range(30)
    }
    scratch.load(read(files))
    unsure = [text for text in alone if "IF NOT EXISTS" not in text]
    late = [8, 18, 28]
    tables = [f"CREATE TABLE t{n:02} (a int PRIMARY KEY)" for n in late]
    assert sorted(set(unsure)) == [*tables, *(f"CREATE VIEW v{n - 1:02} AS SELECT a FROM t{n:02}" for n in late)]
    assert scratch.one("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v') AND relname ~ '^[stv][0-9]'") == 90


def test_a_declaration_that_the_server_skips_is_found_among_others(read: Read, scratch: Scratch) -> None:
    filler = "\n".join(f"CREATE TABLE filler_{n} (a int);" for n in range(60))
    files = {
        "a.sql": f"CREATE VIEW v AS SELECT * FROM later;\n{filler}\nCREATE TABLE twice (a int);",
        "b.sql": "CREATE TABLE IF NOT EXISTS twice (a int, b int);\nCREATE TABLE later (a int);",
    }
    assert "table twice is declared a second time" in refused(scratch, read(files))


def test_settings_do_not_reach_the_next_file(read: Read, scratch: Scratch) -> None:
    scratch.load(
        read(
            {
                "a.sql": "CREATE SCHEMA app; SET search_path = app; CREATE TABLE a ();",
                "b.sql": "CREATE TABLE b ();",
            }
        )
    )
    assert (
        scratch.one(
            "SELECT string_agg(oid::regclass::text, ' ' ORDER BY relname) FROM pg_class WHERE relname IN ('a', 'b')"
        )
        == "app.a b"
    )


def test_the_error_at_the_root_is_the_one_that_is_shown(read: Read, scratch: Scratch) -> None:
    error = refused(
        scratch,
        read(
            {
                "a.sql": "CREATE VIEW v AS SELECT * FROM t;",
                "b.sql": "CREATE TABLE ü (a int);\nCREATE TABLE t (é missing);",
            }
        ),
    )
    assert error.splitlines() == [
        'schema/b.sql:2:19: type "missing" does not exist',
        "    CREATE TABLE t (é missing);",
        "                      ^",
        "correct the name, or declare it in a desired file",
        "1 more could not be loaded, perhaps because of this one",
    ]


def test_two_views_that_wait_for_each_other(read: Read, scratch: Scratch) -> None:
    error = refused(scratch, read({"a.sql": "CREATE VIEW a AS TABLE b;\nCREATE VIEW b AS TABLE a;"}))
    assert "schema/a.sql:1:1 declares it, but cannot be loaded before this statement" in error


def test_a_syntax_error_is_placed(read: Read, scratch: Scratch) -> None:
    error = refused(scratch, read({"a.sql": "CREATE TABLE ok ();\nCREATE TABLE é (\n  a int,,\n  b int);"}))
    assert error.startswith('schema/a.sql:3:9: syntax error at or near ","\n      a int,,\n            ^')


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            "CREATE TABLE app.t (a int);",
            "CREATE TABLE app.t (b int);",
            "table app.t is declared a second time",
        ),
        ("CREATE TABLE app.t ();", "CREATE TABLE IF NOT EXISTS app.t (b int);", "IF NOT EXISTS would hide"),
        ("CREATE VIEW app.t AS SELECT 1;", "CREATE TABLE app.t ();", "table app.t is declared a second time"),
        ("CREATE TYPE app.t AS ENUM ('a');", "CREATE TYPE app.t AS ENUM ('b');", "enum app.t is declared"),
        (
            "CREATE FUNCTION app.t(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
            "CREATE FUNCTION app.t(b text) RETURNS int LANGUAGE sql AS 'SELECT 1';\n"
            "CREATE OR REPLACE FUNCTION app.t(c integer) RETURNS int LANGUAGE sql AS 'SELECT 2';",
            "function app.t is declared a second time",
        ),
        (
            "CREATE OR REPLACE VIEW app.t AS SELECT 1;",
            "CREATE OR REPLACE VIEW app.t AS SELECT 2;",
            "view app.t",
        ),
        ("CREATE SCHEMA x;", "CREATE SCHEMA x;", "schema x is declared a second time"),
    ],
)
def test_an_object_declared_twice(read: Read, scratch: Scratch, first: str, second: str, message: str) -> None:
    error = refused(scratch, read({"0.sql": "CREATE SCHEMA app;", "a.sql": first, "b.sql": f"-- é\n{second}"}))
    assert error.startswith("schema/b.sql:") and message in error.splitlines()[0]
    assert error.endswith("the first time is schema/a.sql:1:1; keep one of them")


def test_a_column_that_if_not_exists_would_hide(read: Read, scratch: Scratch) -> None:
    error = refused(scratch, read({"a.sql": "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN IF NOT EXISTS a text;"}))
    assert 'column "a" of relation "t" already exists; IF NOT EXISTS would hide that the two differ' in error


def test_what_may_stand_twice(read: Read, scratch: Scratch) -> None:
    function = "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
    scratch.load(
        read(
            {
                "a.sql": f"CREATE SCHEMA IF NOT EXISTS app; {function}",
                "b.sql": f"CREATE SCHEMA IF NOT EXISTS app; {function} CREATE SCHEMA IF NOT EXISTS public;",
                "c.sql": "CREATE VIEW v AS SELECT 1 AS a;\nCREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b;",
            }
        )
    )
    assert scratch.one("SELECT b FROM v") == 2


def test_what_a_superuser_must_do_belongs_to_the_loader(read: Read, scratch: Scratch) -> None:
    scratch.load(
        read(
            {
                "a.sql": "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION app.note();\n"
                "ALTER EVENT TRIGGER watch ENABLE ALWAYS;\n"
                "CREATE PUBLICATION everything FOR ALL TABLES; CREATE FOREIGN DATA WRAPPER wrapper;\n"
                "CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper;\n"
                "CREATE OPERATOR FAMILY app.family USING btree;",
                "b.sql": "CREATE SCHEMA app;\n"
                "CREATE FUNCTION app.note() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN\n"
                "  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN\n"
                "    EXECUTE 'CREATE TABLE public.as_superuser ()';\n"
                "  END IF;\nEND$$;",
            }
        )
    )
    for catalog, column in (
        ("pg_event_trigger", "evtowner"),
        ("pg_publication", "pubowner"),
        ("pg_foreign_data_wrapper", "fdwowner"),
        ("pg_opfamily WHERE opfname = 'family'", "opfowner"),
    ):
        assert scratch.one(f"SELECT {column}::regrole::text FROM {catalog}") == LOADER
    assert scratch.one("SELECT evtenabled::text FROM pg_event_trigger") == "A"
    assert scratch.one(f"SELECT rolsuper FROM pg_roles WHERE rolname = '{LOADER}'") is False
    assert scratch.one("SELECT to_regclass('public.as_superuser') IS NULL") is True


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE FUNCTION f(text) RETURNS text LANGUAGE internal AS 'pg_read_file';",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/library', 'f';",
        "CREATE LANGUAGE mine HANDLER plpgsql_call_handler;",
    ],
)
def test_files_are_not_trusted_with_compiled_code(read: Read, scratch: Scratch, sql: str) -> None:
    message = refused(scratch, read({"a.sql": sql}))
    assert "files are never trusted with code that a server loads" in message
    assert "make it an extension" in message


@pytest.mark.parametrize(
    "sql",
    [
        "DO $$BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''true'''; END$$;",
        "DO $$BEGIN PERFORM pg_read_file('postgresql.conf'); END$$;",
        "SET ROLE pg_execute_server_program; CREATE TABLE t ();",
    ],
)
def test_what_no_role_does_on_the_scratch_server(read: Read, scratch: Scratch, sql: str) -> None:
    assert "not a superuser, as on live" in refused(scratch, read({"a.sql": sql}))


def test_objects_are_given_away_last(read: Read, scratch: Scratch) -> None:
    scratch.server.create_role("someone_else")
    scratch.load(
        read(
            {
                "a.sql": "CREATE TABLE t (id int);\nALTER TABLE t OWNER TO someone_else;\n"
                "ALTER TABLE t ADD PRIMARY KEY (id);"
            }
        )
    )
    assert scratch.one("SELECT relowner::regrole::text FROM pg_class WHERE relname = 't_pkey'") == "someone_else"


def test_a_dump_is_a_desired_file(scratch: Scratch) -> None:
    scratch.server.create_role("postgres")
    dump = Path(__file__).parent / "dumps" / f"postgres{scratch.server.version_num // 10000}.sql"
    scratch.load(read_desired(dump))
    assert scratch.one("SELECT count(*) FROM pg_class WHERE relnamespace = 'größe'::regnamespace") == 11
    assert scratch.one("SELECT pg_get_viewdef(oid) LIKE '%uses%' FROM pg_class WHERE relname = 'later'") is True
    assert scratch.one("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'people'") == "postgres"


DUMPED = "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.dumped (id int);\n"


def test_a_dump_grants_what_it_says_and_no_more(read: Read, scratch: Scratch) -> None:
    """pg_dump tells grants as if there were no default privileges, which it creates at the end."""
    scratch.load(read({"a.sql": "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC"}))
    later = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO pg_monitor;"
    plain, without = "CREATE TABLE public.plain (id int)", DUMPED.replace("dumped", "without")
    granting = f"{DUMPED}GRANT INSERT ON TABLE public.dumped TO PUBLIC;\n{later}"
    scratch.load(read({"b.sql": granting, "c.sql": plain, "d.sql": without}))
    public = "SELECT string_agg(privilege_type, ',') FROM aclexplode({}) AS a WHERE a.grantee = 0"
    acl = "(SELECT relacl FROM pg_class WHERE oid = 'public.{}'::regclass)"
    assert scratch.one(public.format(acl.format("dumped"))) == "INSERT"
    assert scratch.one(public.format(acl.format("plain"))) == "SELECT"
    assert scratch.one(public.format(acl.format("without"))) is None
    assert scratch.one("SELECT string_agg(defaclobjtype::text, ',' ORDER BY 1) FROM pg_default_acl") == "f,r"


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_inline_foreign_keys_in_a_circle(read: Read, scratch: Scratch, order: str) -> None:
    tables = {
        "a": 'CREATE TABLE "Ä" (id int PRIMARY KEY, b int NOT NULL REFERENCES b ON DELETE CASCADE CHECK (b > 0));',
        "b": 'CREATE TABLE b (id int PRIMARY KEY, a int, CONSTRAINT of_a FOREIGN KEY (a) REFERENCES "Ä" DEFERRABLE,\n'
        "c int REFERENCES c (id));\nCREATE TABLE c (id int UNIQUE REFERENCES b (id));",
    }
    scratch.load(read({"a.sql": tables[order[0]], "b.sql": tables[order[1]]}))
    query = "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint WHERE contype = 'f'"
    assert scratch.one(query) == "b_c_fkey c_id_fkey of_a Ä_b_fkey"
    assert scratch.one("SELECT condeferrable FROM pg_constraint WHERE conname = 'of_a'") is True


def test_a_circle_with_a_table_that_nobody_declares(read: Read, scratch: Scratch) -> None:
    error = refused(scratch, read({"a.sql": "CREATE TABLE a (id int,\n  b int REFERENCES nobody);"}))
    assert error.startswith('schema/a.sql:2:9: relation "nobody" does not exist')


GUARDED = "DO $$ BEGIN IF to_regtype('mood') IS NULL THEN CREATE TYPE mood AS ENUM ('a'); END IF; END $$;"
CAUGHT = "DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0); EXCEPTION WHEN others THEN NULL; END $$;"


def test_blocks_that_declare_load_whatever_their_order(read: Read, scratch: Scratch) -> None:
    scratch.load(read({"a.sql": f"{CAUGHT}\n{GUARDED}", "b.sql": "CREATE TABLE t (id int, m mood);"}))
    assert scratch.one("SELECT count(*) FROM pg_constraint WHERE conname = 'c'") == 1


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DO $$ BEGIN INSERT INTO t VALUES (1); END $$", "the DO block writes rows to t"),
        ("DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); INSERT INTO t VALUES (1); END $$", "writes rows to t"),
        ("DO $$ BEGIN PERFORM 1; END $$", "this DO block has no effect"),
        (f"{GUARDED} {GUARDED}", "this DO block has no effect"),
        ("ALTER TABLE IF EXISTS nobody ADD COLUMN a int", 'this statement has no effect: relation "nobody" does'),
        ("ALTER TABLE t DROP COLUMN IF EXISTS nobody", 'this statement has no effect: column "nobody"'),
        ("GRANT EXECUTE ON FUNCTION theirs.f() TO PUBLIC", "this statement has no effect: no privileges were"),
    ],
)
def test_nothing_comes_of_it(read: Read, scratch: Scratch, sql: str, message: str) -> None:
    with scratch.admin() as admin:
        admin.execute("CREATE SCHEMA theirs; GRANT USAGE ON SCHEMA theirs TO PUBLIC")
        admin.execute("CREATE FUNCTION theirs.f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    error = refused(scratch, read({"a.sql": f"CREATE TABLE t (id int);\n{sql};"}))
    assert error.startswith("schema/a.sql:2:") and message in error.splitlines()[0]


def test_what_if_exists_passes_over_waits_for_what_is_declared_later(read: Read, scratch: Scratch) -> None:
    scratch.load(read({"a.sql": "ALTER TABLE IF EXISTS t ADD COLUMN b int;", "b.sql": "CREATE TABLE t (a int);"}))
    assert scratch.one("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0") == 2


def test_databases_that_cannot_be_loaded_into(read: Read, scratch: Scratch) -> None:
    desired = read({"a.sql": "CREATE TABLE t ();"})
    with pytest.raises(ConnectionFailed, match="does not answer"):
        load_desired(desired, make_conninfo(scratch.url, dbname="there_is_none"), scratch.admin_url)
    with pytest.raises(ScratchError, match="is not a superuser"):
        load_desired(desired, scratch.url, scratch.url)
