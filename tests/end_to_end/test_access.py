"""What the internet may do after a plan stands in it, and is refused unless allowed; on the platform, end to end."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.shell import Shell
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

LIVE = """
CREATE TABLE public.story (id bigint PRIMARY KEY, author uuid, body text, pages int);
ALTER TABLE public.story ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.story TO authenticated USING (((SELECT auth.uid()) = author));
GRANT SELECT, INSERT ON public.story TO authenticated;
GRANT SELECT ON public.story TO anon;
CREATE TABLE public.reader (id bigint PRIMARY KEY, story bigint);
ALTER TABLE public.reader ENABLE ROW LEVEL SECURITY;
CREATE POLICY known ON public.reader TO authenticated USING ((story IN (SELECT s.id FROM public.story AS s)));
GRANT SELECT ON public.reader TO authenticated;
CREATE VIEW public.stories WITH (security_invoker = true) AS SELECT id, body FROM public.story;
GRANT SELECT ON public.stories TO authenticated;
CREATE VIEW public.thick AS SELECT body FROM public.story WHERE pages IS NOT NULL;
GRANT SELECT ON public.thick TO anon;
CREATE FUNCTION public.greet() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER greeted AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.greet();
CREATE POLICY shown ON storage.objects FOR SELECT TO authenticated USING (bucket_id = 'covers');
ALTER PUBLICATION supabase_realtime ADD TABLE public.story;
"""


@pytest.fixture(scope="module")
def platform() -> Iterator[ScratchServer]:
    """A server that begins as the platform does."""
    with scratch_server(17, "supabase") as server:
        yield server


@pytest.fixture
def shell(
    platform: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A project whose files declare what live holds."""
    shell = Shell(fresh_database(platform, template=platform.platform_template, owner="postgres"))
    shell.execute(LIVE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desired_schema").mkdir()
    return shell


def declare(*statements: str) -> None:
    """Write what the files declare."""
    Path("desired_schema/all.sql").write_text("\n".join(statements), encoding="utf-8")


def refused(shell: Shell) -> str:
    """What a plan that is refused says, in one line."""
    return " ".join(shell("plan", "--no-proof", code=3).output.split())


WIDENING = {
    "a grant that no policy narrows": (
        "CREATE TABLE public.wage (id bigint PRIMARY KEY, amount int); GRANT SELECT ON public.wage TO anon;",
        "anon: SELECT on table public.wage: all rows",
    ),
    "a grant with a policy": (
        "CREATE TABLE public.wage (id bigint PRIMARY KEY, owner uuid); GRANT SELECT ON public.wage TO authenticated; "
        "ALTER TABLE public.wage ENABLE ROW LEVEL SECURITY; "
        "CREATE POLICY own ON public.wage USING ((SELECT auth.uid()) = owner);",
        "authenticated: SELECT on table public.wage: rows by own",
    ),
    "a column": (
        "CREATE TABLE public.wage (id bigint PRIMARY KEY, amount int); GRANT SELECT (id) ON public.wage TO anon;",
        "anon: SELECT on table public.wage: all rows in columns id",
    ),
    "the users of the platform": (
        "CREATE VIEW public.people AS SELECT id, email FROM auth.users; GRANT SELECT ON public.people TO anon;",
        "anon: SELECT on view public.people: all rows, with the rights of postgres, reading auth.users (email, id)",
    ),
    "a function with its owner's rights": (
        "CREATE FUNCTION public.promote(who uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' "
        "AS 'SELECT'; GRANT EXECUTE ON FUNCTION public.promote TO anon;",
        "EXECUTE on function public.promote(uuid): yes, with the rights of postgres",
    ),
    "a view past the policies": (
        "CREATE VIEW public.every_story AS SELECT * FROM public.story; GRANT SELECT ON public.every_story TO anon;",
        "anon: SELECT on view public.every_story: all rows, with the rights of postgres",
    ),
    "a policy with an alternative more": (
        "ALTER POLICY own ON public.story USING ((SELECT auth.uid()) = author OR pages > 100);",
        "authenticated: SELECT on table public.story: rows by own",
    ),
    "a policy for everybody": (
        "CREATE POLICY open ON public.story FOR SELECT USING (true);",
        "anon: SELECT on table public.story: all rows",
    ),
}


@pytest.mark.parametrize("case", WIDENING)
def test_what_widens_is_refused(shell: Shell, case: str) -> None:
    sql, words = WIDENING[case]
    declare(LIVE, sql)
    said = refused(shell)
    assert "exposes-data" in said and words in said and "--allow exposes-data" in said


HARMLESS = {
    "a table behind row-level security without a policy": (
        "CREATE TABLE public.wage (id bigint PRIMARY KEY); GRANT ALL ON public.wage TO anon, authenticated; "
        "ALTER TABLE public.wage ENABLE ROW LEVEL SECURITY; GRANT SELECT ON public.wage TO service_role;"
    ),
    "a schema that nobody may enter": (
        "CREATE SCHEMA inner_room; CREATE TABLE inner_room.wage (id bigint PRIMARY KEY); "
        "GRANT SELECT ON inner_room.wage TO anon;"
    ),
    "functions with their caller's rights, and trigger functions": (
        "CREATE FUNCTION public.plus(a int) RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT a + 1'; "
        "CREATE FUNCTION public.on_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' "
        "AS 'BEGIN RETURN NEW; END';"
    ),
    "a view that shows what the role could read by itself": (
        "CREATE VIEW public.bodies WITH (security_invoker = true) AS SELECT body FROM public.story; "
        "GRANT SELECT ON public.bodies TO authenticated;"
    ),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_what_opens_nothing_is_planned(shell: Shell, case: str) -> None:
    declare(LIVE, HARMLESS[case])
    assert "exposes-data" not in shell("plan", "--no-proof").output


def test_dropped_and_made_again_opens_nothing(shell: Shell) -> None:
    """A column's type changes under a view and a policy: both come back as they were."""
    declare(LIVE.replace("pages int", "pages bigint"))
    planned = shell("plan", "--no-proof", "--allow", "data-loss,irreversible")
    steps = json.loads(shell("show", planned.stdout.strip(), "--format", "json").stdout)["plan"]["up"]["segments"]
    view = [step for segment in steps for step in segment["steps"] if "thick" in step["identity"]]
    assert view and not any(step["risks"] for step in view), view


def test_a_revoke_that_breaks_what_stands_on_it_is_named(shell: Shell) -> None:
    declare(LIVE.replace("GRANT SELECT, INSERT ON public.story", "GRANT INSERT ON public.story"))
    planned = shell("plan", "--no-proof")
    said = " ".join(Path(planned.stdout.strip(), "review.md").read_text(encoding="utf-8").split())
    assert "breaks-clients" in said
    assert "SELECT on view public.stories fails" in said and "SELECT on table public.reader fails" in said
    assert "policy known ON public.reader fails: no SELECT on table public.story" in said


def test_nobody_sees_a_row_any_more(shell: Shell) -> None:
    declare(LIVE.replace("CREATE POLICY known", "-- CREATE POLICY known"))
    planned = shell("plan", "--no-proof")
    assert "nobody sees a row any more" in " ".join(planned.output.split())


UNHOOKED = {
    "CREATE TRIGGER greeted": "drop trigger greeted on auth.users",
    "CREATE POLICY shown": "drop policy shown on storage.objects",
    "ALTER PUBLICATION supabase_realtime": "supabase_realtime",
}


@pytest.mark.parametrize("line", UNHOOKED)
def test_what_takes_the_platform_off_is_refused(shell: Shell, line: str) -> None:
    declare(*(one for one in LIVE.splitlines() if not one.startswith(line)))
    said = refused(shell)
    assert "unhooks-platform" in said and UNHOOKED[line] in said


def test_the_matrix_and_the_findings_of_live_and_files(shell: Shell) -> None:
    declare(LIVE, "CREATE TABLE public.wage (id bigint PRIMARY KEY); GRANT SELECT ON public.wage TO anon;")
    cells = json.loads(shell("access", "--role", "anon", "--format", "json").stdout)["access"]
    reach = {(cell["identity"], cell["action"]): cell["reach"] for cell in cells}
    assert reach["public.wage", "SELECT"] == "all rows"
    assert reach["public.story", "SELECT"].startswith("no rows: row-level security is on")
    assert reach["storage.objects", "SELECT"].startswith("no")
    live = json.loads(shell("access", "--live", "--role", "authenticated", "--format", "json").stdout)["access"]
    assert "rows by own" in {(c["identity"], c["action"]): c["reach"] for c in live}["public.story", "SELECT"]
    assert "public.wage" not in {cell["identity"] for cell in live}
    found = json.loads(shell("lint", "--fail-on", "error", "--format", "json", code=2).stdout)["findings"]
    (rls,) = (one for one in found if one["rule"] == "rls-disabled-in-public")
    assert (rls["identity"], rls["place"]) == ("public.wage", "desired_schema/all.sql:20:1")
    assert rls["fix"] == "ALTER TABLE public.wage ENABLE ROW LEVEL SECURITY;"
    of_live = json.loads(shell("lint", "--live", "--format", "json").stdout)["findings"]
    assert {one["rule"] for one in of_live if one["severity"] == "error"} == {"security-definer-view"}
    Path("schemadiff.toml").write_text(
        '[lint]\nignore = ["rls-disabled-in-public:public.w*", "security-definer-view"]\n'
    )
    shell("lint", "--fail-on", "error")
