"""A team's month with the Supabase CLI beside us: files, its ledger and ours agree at every step."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.conninfo import conninfo_to_dict

from schemadiff.api import read_plan
from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.server import ScratchServer

from .conftest import OWNER, Stage
from .supabase_cli import SupabaseCli, listening, with_cli

BEGUN = """
CREATE TABLE public.member (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, nick text);
ALTER TABLE public.member ENABLE ROW LEVEL SECURITY;
INSERT INTO public.member (email, nick) SELECT 'm' || n || '@example.com', 'm' || n FROM generate_series(1, 30) AS n;
"""

CHANGES = (
    "CREATE TABLE public.visit (id bigint PRIMARY KEY, member bigint NOT NULL, at timestamptz, noted text);\n"
    "ALTER TABLE public.visit ENABLE ROW LEVEL SECURITY;",
    "CREATE INDEX visit_member ON public.visit (member);",
    "ALTER TABLE public.visit ADD CONSTRAINT visit_of FOREIGN KEY (member) REFERENCES public.member (id);",
    "CREATE FUNCTION public.nick(m public.member) RETURNS text LANGUAGE sql STABLE SET search_path = ''\n"
    "BEGIN ATOMIC SELECT coalesce(m.nick, '?;'); END;",
    "CREATE VIEW public.visits WITH (security_invoker = true) AS\n"
    "SELECT member, count(*) AS n FROM public.visit GROUP BY 1;",
    "CREATE POLICY own ON public.member FOR SELECT TO authenticated USING ((SELECT auth.uid()) IS NOT NULL);",
    "CREATE TYPE public.mood AS ENUM ('fine', 'it''s; fine');",
    "ALTER TABLE public.member ADD COLUMN seen_at timestamptz;",
    "CREATE INDEX member_seen ON public.member (seen_at);",
    "COMMENT ON TABLE public.visit IS $$who; when -- and why$$;",
)

BACKFILL = """
-- @backfill table=public.member key=id batch=7
UPDATE public.member SET seen_at = now() WHERE :batch AND seen_at IS NULL;
"""


def execute(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())


@dataclass(frozen=True, slots=True)
class Team:
    """A folder, a database, both tools."""

    folder: Path
    url: str
    cli: SupabaseCli
    server: ScratchServer

    @property
    def declared(self) -> Path:
        return self.folder / "supabase/schemas"

    def __call__(self, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(cli, arguments, obj=Session(variables={"SUPABASE_DB_URL": self.url}))
        assert result.exit_code == code, result.output
        return result

    def declare(self, name: str, sql: str) -> None:
        (self.declared / name).write_text(sql)

    def plan(self, *arguments: str) -> str:
        allowed = "data-loss,breaks-clients,may-fail-on-data,blocks-writes,exposes-data,narrows-access"
        return self("plan", "--allow", allowed, "--renames", "never", *arguments).stdout.strip()

    def change(self, *arguments: str) -> str:
        plan = self.plan(*arguments)
        self("apply", plan, "--auto-approve", "--allow", "data-loss,breaks-clients,may-fail-on-data")
        return plan

    def agree(self) -> None:
        """Both tools know the same, and nothing is to do for either."""
        listed = self.cli.listed()
        assert all(local == remote for local, remote in listed), listed
        ours = json.loads(self("status", "--format", "json").stdout)["supabase"]
        assert not any(ours.values()), ours
        assert self.cli.up_to_date()

    def built_by_psql(self) -> None:
        """What psql makes of all files, those that revert others too, is what live has."""
        program = find_binaries(17).programs / "psql"
        self.server.create_database("by_psql", template=self.server.platform_template, owner=OWNER)
        url = self.server.url("by_psql", OWNER)
        given = conninfo_to_dict(url)
        where = ["-h", str(given["host"]), "-p", str(given["port"]), "-U", OWNER, "-d", str(given["dbname"])]
        files = sorted((self.folder / "supabase/migrations").glob("*.sql"))
        assert any("_revert_" in file.name for file in files)
        for file in files:
            subprocess.run([program, "-qX", "-v", "ON_ERROR_STOP=1", *where, "-f", file], check=True)
        assert self("diff", "--no-proof", self.url, url).stdout.strip() == ""
        self.server.drop_database("by_psql")

    def settled(self) -> None:
        self.agree()
        self("drift", "--exit-code")


@pytest.fixture
def team(stage_of: Callable[[int], Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    server = stage_of(17).server
    server.create_database("month", template=server.platform_template, owner=OWNER)
    monkeypatch.chdir(tmp_path)
    with listening(server.url("month", OWNER)) as url:
        yield Team(tmp_path, url, SupabaseCli(tmp_path, url), server)
    server.drop_database("month")


@with_cli
def test_a_month(team: Team) -> None:
    team.cli("init", "--yes")
    team("init")
    begun = team.folder / "supabase/migrations/20250101000000_begun.sql"
    begun.parent.mkdir()
    begun.write_text(BEGUN)
    team.cli.push()
    team("drift", "--exit-code", code=2)
    team("pull")
    team.settled()
    for number, sql in enumerate(CHANGES, start=1):
        team.declare(f"change_{number:02}.sql", sql)
        if "seen_at timestamptz" in sql:
            (team.declared / "backfills").mkdir()
            team.declare("backfills/seen.sql", BACKFILL)
        team.change("--name", f"change {number}")
        team.settled()
    # the CLI pushes another file of its own, and a plan of ours
    (team.folder / "supabase/migrations/20991231000000_theirs.sql").write_text("CREATE TABLE public.theirs (id int);")
    team.cli.push()
    assert "theirs" in team("drift", "--exit-code", code=2).output
    team("pull")
    team.settled()
    team.declare("pushed.sql", "CREATE TABLE public.pushed (id int PRIMARY KEY);")
    pushed = team.plan("--name", "pushed")
    team.cli.push()
    assert f"run by the Supabase CLI: {Path(pushed).name}" in team("status").output
    assert f"recorded as applied: {Path(pushed).name}" in team("adopt").output
    team.settled()
    # by hand
    execute(team.url, "ALTER TABLE public.pushed ADD COLUMN by_hand text")
    assert "by_hand" in team("drift", "--exit-code", code=2).output
    team("pull")
    team.settled()
    # what is dropped goes to the archive with us, and is gone for the CLI; it comes back with us
    member = next(team.declared.rglob("member.sql"))
    member.write_text(re.sub(r"\n *nick text,|,\n *nick text", "", member.read_text()))
    team.declare("change_04.sql", "")
    dropped = team.change("--name", "drop nick")
    text = "".join(path.read_text() for path in (team.folder / "supabase/migrations").glob("*drop_nick*"))
    assert "DROP COLUMN nick" in text and "schemadiff_archive" not in text
    team.settled()
    team("rollback", dropped, "--auto-approve")
    team.agree()
    team("drift", "--exit-code", code=2)
    team("pull")
    team.settled()
    # two branches, each with its plan, are merged and applied one after the other
    branches = []
    for name in ("left", "right"):
        team.declare(f"{name}.sql", f"CREATE TABLE public.of_{name} (id int PRIMARY KEY);")
        branches.append(team.plan("--name", name))
        (team.declared / f"{name}.sql").rename(team.folder / f"{name}.sql")
    for name in ("left", "right"):
        (team.folder / f"{name}.sql").rename(team.declared / f"{name}.sql")
    team("apply", branches[0], "--auto-approve")
    assert [local for local, remote in team.cli.listed() if not remote] == [_version(branches[1])]
    assert f"not applied: {Path(branches[1]).name}" in team("status").output
    # the other one was made for what stood before: it makes way for one that is made after the merge
    version = _version(branches[1])
    shutil.rmtree(branches[1])
    next((team.folder / "supabase/migrations").glob(f"{version}_*")).unlink()
    branches[1] = team.change("--name", "right")
    team.settled()
    # what was made by hand becomes a migration, too, and their files alone build all of it
    adopted = team("adopt", "--baseline", "by_hand").output
    assert re.search(r"written: supabase/migrations/\d+_by_hand\.sql", adopted), adopted
    assert "the migrations build what live has" in team("adopt", "--baseline", "again").output
    team.settled()
    team.built_by_psql()
    # `db reset` runs the migrations again, and drops what is ours with the rest
    team.cli("db", "reset", f"--remote={team.url}", "--yes")
    told = team("status").output
    assert "ledger of schemadiff is gone" in told
    assert f"run by the Supabase CLI: {Path(branches[1]).name}" in told
    assert f"recorded as applied: {Path(branches[1]).name}" in team("adopt").output
    team.settled()


def _version(plan: str) -> str:
    migrations = read_plan(Path(plan)).plan.migrations
    assert migrations is not None
    return migrations.up[0].version
