"""Statements that would have no effect: each is refused with its place, its reason and the next step."""

from collections.abc import Callable

import pytest

from schemadiff.catalog.scope import Scope
from schemadiff.desired.belonging.passing_over import without_others
from schemadiff.desired.files import Desired
from schemadiff.errors import DesiredError

Read = Callable[[dict[str, str]], Desired]

PLATFORM = Scope.of("supabase")


def block(body: str) -> str:
    return f"DO $do$ BEGIN {body}; END $do$"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("INSERT INTO storage.buckets (id, name) SELECT 'a', 'a'", "this cannot be read as a declaration"),
        ("INSERT INTO storage.buckets (id) VALUES (gen_random_uuid())", "this cannot be read as a declaration"),
        ("INSERT INTO storage.buckets (id) VALUES ('a'), ('b')", "this cannot be read as a declaration"),
        ("UPDATE storage.buckets SET public = true", "this declares no bucket"),
        ("SELECT cron.schedule('0 3 * * *', 'SELECT 1')", "this cannot be read as a declaration"),
        ("SELECT cron.schedule('a', '* * * * *', 'SELECT ' || 1), 2", "this cannot be read as a declaration"),
        ("SELECT cron.unschedule('a')", "this cannot be read as a declaration"),
        ("SELECT cron.alter_job(1, active := false)", "this cannot be read as a declaration"),
        ("SELECT pgmq.create_partitioned('mails')", "this cannot be read as a declaration"),
        ("SELECT pgmq.create(name) FROM queues", "this cannot be read as a declaration"),
        ("SELECT vault.create_secret('s')", "secrets of the vault cannot be declared"),
        (block("PERFORM cron.schedule('a', '* * * * *', 'SELECT 1')"), "this declares no cron job"),
        (block("INSERT INTO storage.buckets (id) VALUES ('a')"), "this declares no bucket"),
        (block('PERFORM "pgmq"."create"(\'a\')'), "this declares no queue"),
        ("CREATE TEMP TABLE t (id int)", "what is temporary ends with the session"),
        ("CREATE TEMPORARY VIEW v AS SELECT 1", "what is temporary ends with the session"),
        ("CREATE TABLE t AS SELECT 1 AS a", "CREATE TABLE AS fills the table with rows"),
        ("ALTER SEQUENCE s RESTART WITH 5", "RESTART sets where a sequence stands now"),
        ("ALTER TABLE t ALTER COLUMN id RESTART WITH 5", "RESTART sets where a sequence stands now"),
        ("IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c", "would connect to another server"),
        ("COMMENT ON DATABASE d IS 'x'", "COMMENT on a database: that is the server's"),
        ("GRANT CONNECT ON DATABASE d TO r", "GRANT on a database: that is the server's"),
        ("COMMENT ON ROLE r IS 'x'", "COMMENT: roles and what they may set"),
        ("SET statement_timeout = '5s'", "SET statement_timeout changes nothing"),
        ("RESET lock_timeout", "SET lock_timeout changes nothing"),
        ("SET check_function_bodies = on", "loaded with check_function_bodies = off"),
        ("DROP TABLE IF EXISTS t", "DROP declares nothing: a plan drops table t as soon as no file declares it"),
        ("DROP POLICY p ON t; CREATE POLICY p ON t", "DROP of policy p on t fails where it is not there yet"),
        ("CREATE POLICY p ON t; DROP POLICY IF EXISTS p ON t", "a plan drops policy p on t"),
        ("DROP POLICY IF EXISTS p ON t; CREATE POLICY p ON u", "a plan drops policy p on t"),
        ("VACUUM", "VACUUM or ANALYZE acts on the server"),
    ],
)
def test_nothing_would_come_of_it(read: Read, sql: str, message: str) -> None:
    with pytest.raises(DesiredError) as caught:
        read({"a.sql": f"CREATE TABLE ü ();\n  {sql};"})
    first, line, caret, *rest = str(caught.value).splitlines()
    assert first.startswith("schema/a.sql:2:") and message in first
    assert line.strip() and caret.strip() == "^" and rest


@pytest.mark.parametrize(
    ("guard", "create"),
    [
        ("DROP POLICY IF EXISTS p ON app.t", "CREATE POLICY p ON app.t"),
        ("DROP TRIGGER IF EXISTS a ON t", "CREATE TRIGGER a BEFORE INSERT ON t EXECUTE FUNCTION f()"),
        ("DROP FUNCTION IF EXISTS f(int) CASCADE", "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
        ("DROP TYPE IF EXISTS app.mood", "CREATE TYPE app.mood AS ENUM ('a')"),
        ("DROP INDEX IF EXISTS i", "CREATE INDEX i ON t (a)"),
        ("DROP VIEW IF EXISTS v", "CREATE OR REPLACE VIEW v AS SELECT 1"),
        ("ALTER TABLE t DROP CONSTRAINT IF EXISTS c", "ALTER TABLE t ADD CONSTRAINT c CHECK (true)"),
    ],
)
def test_a_guard_above_what_it_guards_means_nothing(read: Read, guard: str, create: str) -> None:
    desired = read({"a.sql": f"{guard};\nCREATE TABLE between ();\n{create};"})
    assert [statement.sql for statement in desired.statements] == ["CREATE TABLE between ()", create]


def test_settings_that_loading_has_anyway_may_stand(read: Read) -> None:
    files = {"a.sql": "SET check_function_bodies = off; SET client_encoding = 'UTF8'; CREATE TABLE t ();"}
    assert [statement.settings for statement in read(files).statements] == [()]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "CREATE FUNCTION auth.tenant() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "function auth.tenant is the platform's",
        ),
        ("ALTER TABLE auth.users ADD COLUMN tenant uuid", "column tenant on auth.users is the platform's"),
        ("ALTER TABLE auth.users ALTER COLUMN email SET NOT NULL, ADD UNIQUE (email)", "table auth.users is the"),
        ("CREATE INDEX i ON auth.users (created_at)", "index i on auth.users is the platform's"),
        ("GRANT SELECT ON auth.users TO authenticated", "table auth.users is the platform's"),
        ("GRANT USAGE ON SCHEMA public, auth TO anon", "schema auth is the platform's"),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA storage TO anon", "objects in schema storage is the"),
        ("CREATE TABLE storage.mine (id int)", "table storage.mine is the platform's"),
        ("CREATE FUNCTION extensions.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function extensions.f is the"),
        ("COMMENT ON COLUMN auth.users.email IS 'x'", "column email on auth.users is the platform's"),
        ("ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY", "table storage.objects is the platform's"),
        ("ALTER TYPE auth.aal_level ADD VALUE 'aal4'", "enum auth.aal_level is the platform's"),
        ("CREATE VIEW realtime.v AS SELECT 1 AS a", "view realtime.v is the platform's"),
        ("CREATE POLICY p ON auth.users USING (true)", "policies on this table are not managed"),
        (
            "CREATE TRIGGER t AFTER INSERT ON auth.users EXECUTE FUNCTION supabase_functions.http_request('x')",
            "calls a function that is not yours",
        ),
        ("ALTER DEFAULT PRIVILEGES IN SCHEMA storage GRANT SELECT ON TABLES TO anon", "default privileges storage"),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin GRANT SELECT ON TABLES TO anon", "of supabase_admin"),
        ("ALTER PUBLICATION supabase_realtime SET (publish = 'insert')", "publication supabase_realtime is the"),
        ("SET search_path = auth; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function auth.f is"),
        ("CREATE TABLE schemadiff.run (id int)", "table schemadiff.run is schemadiff's own"),
        ("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC", "is the system's"),
    ],
)
def test_objects_of_others(read: Read, sql: str, message: str) -> None:
    desired = read({"a.sql": f"CREATE TABLE ü ();\n  {sql};"})
    with pytest.raises(DesiredError) as caught:
        without_others(desired, PLATFORM, "postgres")
    first, _, _, *rest = str(caught.value).splitlines()
    assert first.startswith("schema/a.sql:2:") and message in first and rest


def test_what_is_ours_on_the_platform_stays(read: Read) -> None:
    desired = read(
        {
            "a.sql": """
            CREATE SCHEMA IF NOT EXISTS extensions;
            CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;
            CREATE TABLE public.t (id uuid REFERENCES auth.users);
            CREATE TRIGGER joined AFTER INSERT ON auth.users EXECUTE FUNCTION public.f();
            COMMENT ON TRIGGER joined ON auth.users IS 'x';
            ALTER TABLE auth.users DISABLE TRIGGER joined;
            CREATE POLICY p ON storage.objects USING (true);
            ALTER POLICY p ON storage.objects RENAME TO q;
            CREATE POLICY r ON realtime.messages USING (true);
            ALTER PUBLICATION supabase_realtime ADD TABLE public.t;
            ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM anon;
            GRANT USAGE ON SCHEMA public TO anon;
            SET search_path = auth, public;
            CREATE TABLE public.u (id int);
            """
        }
    )
    kept, notes = without_others(desired, PLATFORM, "postgres")
    assert kept.statements == desired.statements and notes == ()


def test_on_another_server_these_are_names_like_others(read: Read) -> None:
    desired = read({"a.sql": "CREATE SCHEMA auth; CREATE TABLE auth.users (id int); GRANT SELECT ON auth.users TO x;"})
    kept, _ = without_others(desired, Scope.of(), "postgres")
    assert kept.statements == desired.statements
