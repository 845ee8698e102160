"""`pull` of a Supabase project as its role postgres, which is no superuser."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from .conftest import OWNER, Stage
from .shell import Shell

PROJECT = """
CREATE SCHEMA guarded;
CREATE TABLE public.member (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, team int, token text
    DEFAULT encode(extensions.gen_random_bytes(8), 'hex'));
ALTER TABLE public.member ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION guarded.mine(wanted int) RETURNS bool LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS 'SELECT EXISTS (SELECT FROM public.member WHERE id = (SELECT auth.uid()) AND team = wanted)';
CREATE POLICY mine ON public.member TO authenticated USING (guarded.mine(team));
REVOKE ALL ON public.member FROM anon;
GRANT SELECT (id, team) ON public.member TO anon;
CREATE FUNCTION guarded.joined() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN INSERT INTO public.member (id) VALUES (new.id); RETURN new; END $$;
CREATE TRIGGER joined AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION guarded.joined();
CREATE POLICY "files of a team" ON storage.objects FOR SELECT TO authenticated
    USING (bucket_id = 'teams' AND guarded.mine(((storage.foldername(name))[1])::int));
CREATE POLICY "topic of a team" ON realtime.messages FOR SELECT TO authenticated USING (realtime.topic() = 'team');
ALTER PUBLICATION supabase_realtime ADD TABLE public.member;
"""


@pytest.mark.parametrize("major", [15, 17])
def test_what_hangs_on_the_platform_is_pulled(major: int, stage_of: Callable[[int], Stage], tmp_path: Path) -> None:
    server = stage_of(major).server
    server.create_database("pulled", template=server.platform_template, owner=OWNER)
    url = server.url("pulled", OWNER)
    with psycopg.connect(url) as connection:
        connection.execute(PROJECT.encode())
    shell = Shell(tmp_path, url)
    shell("init", "--from-live")
    desired = tmp_path / "desired_schema"
    assert "CREATE TRIGGER joined" in (desired / "_platform/auth/users.sql").read_text()
    assert "files of a team" in (desired / "_platform/storage/objects.sql").read_text()
    assert "topic of a team" in (desired / "_platform/realtime/messages.sql").read_text()
    assert "public.member" in (desired / "_platform/publications/supabase_realtime.sql").read_text()
    every = "".join(path.read_text() for path in desired.rglob("*.sql"))
    assert "OWNER TO" not in every
    assert "\nSET " not in every
    assert "nothing to do" in shell("plan").stderr
    server.drop_database("pulled")
