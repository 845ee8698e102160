"""A project whose platform is older in some things than the stand-in for it, and newer in others."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from .conftest import OWNER, Stage
from .shell import Shell

OTHER_PLATFORM = """
ALTER TABLE auth.users ALTER COLUMN phone TYPE varchar(15);
ALTER TABLE auth.users DROP COLUMN is_anonymous, ADD COLUMN passkeys integer;
DROP TABLE auth.oauth_clients;
CREATE TYPE auth.consent_kind AS ENUM ('given', 'revoked');
CREATE TABLE auth.consents (id uuid PRIMARY KEY, user_id uuid NOT NULL, kind auth.consent_kind);
ALTER TABLE auth.consents OWNER TO supabase_auth_admin;
GRANT SELECT, REFERENCES ON auth.consents TO postgres;
CREATE TABLE storage.prefixes (bucket_id text, name text COLLATE "C", PRIMARY KEY (bucket_id, name));
ALTER TABLE storage.prefixes OWNER TO supabase_storage_admin;
ALTER TABLE storage.prefixes ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION storage.depth_of(name text, OUT depth integer, OUT rest text) LANGUAGE sql AS 'SELECT 1, name';
CREATE FUNCTION extensions.own_id(prefix text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT prefix';
DROP FUNCTION graphql_public.graphql;
ALTER EXTENSION pgcrypto SET SCHEMA public;
DROP EXTENSION pg_stat_statements;
"""

PROJECT = """
CREATE TABLE public.person (id uuid PRIMARY KEY REFERENCES auth.users, consent uuid REFERENCES auth.consents,
    nonce bytea DEFAULT public.gen_random_bytes(4), code text DEFAULT extensions.own_id());
CREATE VIEW public.account AS SELECT id, phone, passkeys FROM auth.users;
CREATE VIEW public.consent AS SELECT c.*, (storage.depth_of('a/b')).depth FROM auth.consents AS c;
CREATE POLICY "read prefixes" ON storage.prefixes FOR SELECT TO authenticated USING (bucket_id = 'open');
"""


def test_the_platform_is_as_live_has_it(stage_of: Callable[[int], Stage], tmp_path: Path) -> None:
    server = stage_of(15).server
    server.create_database("aged", template=server.platform_template, owner=OWNER)
    with psycopg.connect(server.url("aged")) as admin:
        admin.execute(OTHER_PLATFORM.encode())
    shell = Shell(tmp_path, server.url("aged", OWNER))
    shell.execute(PROJECT)
    before = shell.dump()
    shell("init", "--from-live")
    assert "nothing to do" in shell("plan").stderr
    shell.write(
        "desired_schema/more.sql", "CREATE VIEW public.reachable AS SELECT id FROM auth.users WHERE phone <> '';"
    )
    plan = shell.plan()
    shell("apply", plan, "--auto-approve")
    shell("rollback", plan, "--auto-approve")
    assert shell.dump() == before
    shell.write("desired_schema/more.sql", "CREATE VIEW public.guest AS SELECT id FROM auth.users WHERE is_anonymous;")
    assert 'column "is_anonymous" does not exist' in shell("plan", code=1).stderr
    server.drop_database("aged")


@pytest.mark.parametrize(
    ("live", "declared", "planned"),
    [
        (
            "DROP PUBLICATION supabase_realtime",
            "CREATE PUBLICATION supabase_realtime;",
            "CREATE PUBLICATION supabase_realtime;",
        ),
        ("DROP PUBLICATION supabase_realtime", "", ""),
        ("", "CREATE PUBLICATION supabase_realtime;", ""),
    ],
)
def test_realtime(live: str, declared: str, planned: str, stage_of: Callable[[int], Stage], tmp_path: Path) -> None:
    server = stage_of(17).server
    server.create_database("heard", template=server.platform_template, owner=OWNER)
    shell = Shell(tmp_path, server.url("heard", OWNER))
    if live:
        shell.execute(live)
    shell.write("desired_schema/tables.sql", f"CREATE TABLE public.t (id int PRIMARY KEY);\n{declared}")
    up = (tmp_path / shell.plan("--no-proof") / "up.sql").read_text()
    assert [line for line in up.splitlines() if "PUBLICATION" in line and not line.startswith("--")] == [
        planned
    ] * bool(planned)
    server.drop_database("heard")


def test_realtime_of_all_tables(stage_of: Callable[[int], Stage], tmp_path: Path) -> None:
    server = stage_of(17).server
    server.create_database("loud", template=server.platform_template, owner=OWNER)
    shell = Shell(tmp_path, server.url("loud", OWNER))
    shell.execute("CREATE TABLE public.t (id int PRIMARY KEY); DROP PUBLICATION supabase_realtime")
    with psycopg.connect(server.url("loud")) as admin:
        admin.execute("CREATE PUBLICATION supabase_realtime FOR ALL TABLES")
    shell.write("desired_schema/tables.sql", "CREATE TABLE public.t (id int PRIMARY KEY, n int);")
    shell.plan()
    shell.write("desired_schema/more.sql", "ALTER PUBLICATION supabase_realtime ADD TABLE public.t;")
    assert "FOR ALL TABLES" in shell("plan", code=1).stderr
    server.drop_database("loud")
