"""The Supabase stand-in: what users declare on the platform loads as the role postgres."""

from collections.abc import Iterator

import psycopg
import pytest

from schemadiff.scratch.profile import detect_profile
from schemadiff.scratch.server import ScratchServer

USER = "00000000-0000-0000-0000-000000000001"
USER_SCHEMA = """
CREATE TABLE profiles (
    id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE,
    public_id uuid NOT NULL DEFAULT uuid_generate_v4(),
    token text DEFAULT encode(extensions.gen_random_bytes(8), 'hex'),
    "Full Name" text
);
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON profiles TO authenticated USING ((SELECT auth.uid()) = id);
CREATE POLICY mail ON profiles FOR SELECT USING (auth.email() = "Full Name" OR auth.role() = 'service_role');
CREATE POLICY claims ON profiles FOR UPDATE USING ((auth.jwt() ->> 'aal') = 'aal2');

CREATE FUNCTION on_sign_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO public.profiles (id, "Full Name") VALUES (new.id, new.raw_user_meta_data ->> 'name');
    RETURN new;
END
$$;
CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION on_sign_up();

CREATE POLICY avatars ON storage.objects FOR INSERT TO authenticated
    WITH CHECK (bucket_id = 'avatars' AND (storage.foldername(name))[1] = auth.uid()::text
        AND storage.extension(name) = 'png' AND storage.filename(name) <> '');
CREATE POLICY buckets ON storage.buckets FOR SELECT USING (public);
CREATE POLICY rooms ON realtime.messages FOR SELECT TO authenticated USING (realtime.topic() = 'room');

CREATE TRIGGER webhook AFTER INSERT OR UPDATE ON profiles FOR EACH ROW
    EXECUTE FUNCTION supabase_functions.http_request('https://example.com', 'POST', '{}', '{}', '1000');
CREATE VIEW secrets WITH (security_barrier) AS SELECT name, decrypted_secret FROM vault.decrypted_secrets;
CREATE FUNCTION call() RETURNS bigint LANGUAGE sql AS $$
    SELECT net.http_post('https://example.com', body => '{"a": 1}'::jsonb, timeout_milliseconds => 100)
$$;
CREATE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM realtime.broadcast_changes('t', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
    RETURN NULL;
END
$$;
SELECT cron.schedule('nightly', '0 3 * * *', 'SELECT call()'), vault.create_secret('s', 'n');
ALTER PUBLICATION supabase_realtime ADD TABLE profiles;
CREATE VIEW graph AS SELECT graphql_public.graphql(query => '{ a }');
"""


@pytest.fixture
def database(platform_server: ScratchServer) -> Iterator[str]:
    """A database with the platform in it, owned by postgres, and two extensions switched on."""
    platform_server.create_database("app", template=platform_server.platform_template, owner="postgres")
    with psycopg.connect(platform_server.url("app")) as connection:
        connection.execute("CREATE EXTENSION pg_net SCHEMA extensions; CREATE EXTENSION pg_cron")
    yield "app"
    platform_server.drop_database("app")


def test_a_users_schema_loads_and_works(platform_server: ScratchServer, database: str) -> None:
    with psycopg.connect(platform_server.url(database, "postgres")) as connection:
        assert connection.execute("SHOW is_superuser").fetchone() == ("off",)
        connection.execute(USER_SCHEMA.encode())
        assert connection.execute("SELECT * FROM secrets").fetchall() == [("n", "s")]
        connection.execute("INSERT INTO auth.users (id, raw_user_meta_data) VALUES (%s, %s)", [USER, '{"name": "N"}'])
        connection.execute("SELECT set_config('request.jwt.claims', %s, true)", [f'{{"sub": "{USER}"}}'])
        connection.execute("GRANT SELECT ON profiles TO authenticated")
        connection.execute("SET LOCAL ROLE authenticated")
        assert connection.execute('SELECT "Full Name" FROM profiles').fetchall() == [("N",)]


def test_owners_are_the_platforms(platform_server: ScratchServer, database: str) -> None:
    query = """
        SELECT c.oid::regclass::text, pg_get_userbyid(c.relowner), c.relrowsecurity
        FROM pg_class AS c
        WHERE c.oid IN (
            'auth.users'::regclass, 'storage.objects'::regclass, 'realtime.messages'::regclass,
            'vault.secrets'::regclass
        )
        ORDER BY 1
    """
    with psycopg.connect(platform_server.url(database)) as connection:
        assert connection.execute(query).fetchall() == [
            ("auth.users", "supabase_auth_admin", True),
            ("realtime.messages", "supabase_realtime_admin", True),
            ("storage.objects", "supabase_storage_admin", True),
            ("vault.secrets", "supabase_admin", False),
        ]
        assert detect_profile(connection) == "supabase"


def test_nothing_belongs_to_the_scratch_superuser(platform_server: ScratchServer, database: str) -> None:
    query = """
        SELECT d.classid::regclass::text, pg_describe_object(d.classid, d.objid, 0)
        FROM pg_shdepend AS d
        JOIN pg_database AS b ON b.oid = d.dbid AND b.datname = current_database()
        WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
            AND d.refobjid = 10
    """
    with psycopg.connect(platform_server.url(database)) as connection:
        assert connection.execute(query).fetchall() == []


def test_a_database_without_the_platform_is_plain(server: ScratchServer) -> None:
    with psycopg.connect(server.url("postgres")) as connection:
        assert detect_profile(connection) == "plain"


@pytest.mark.parametrize("name", ["http SCHEMA extensions", "pgmq", "pg_graphql", "pgjwt", "vector"])
def test_platform_extensions_can_be_created(platform_server: ScratchServer, database: str, name: str) -> None:
    with psycopg.connect(platform_server.url(database)) as connection:
        connection.execute(f"CREATE EXTENSION {name}".encode())
