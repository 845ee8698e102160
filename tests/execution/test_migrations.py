"""What runs record for the Supabase CLI: each migration with its segment, once, and what takes it back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from schemadiff.api import plan_id, read_plan, written_plans
from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session
from schemadiff.scratch.server import ScratchServer

TRIGGER = """
CREATE FUNCTION public.stop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF current_setting('test.stop', true) = 'on' THEN RAISE 'stopped; here'; END IF; RETURN new; END $$;
CREATE TRIGGER stop BEFORE UPDATE ON public.customer FOR EACH ROW EXECUTE FUNCTION public.stop();
"""

BEFORE = """
CREATE TABLE public.customer (id bigint PRIMARY KEY, name text, fax text);
INSERT INTO public.customer SELECT n, 'c' || n, 'f' || n FROM generate_series(1, 9) AS n;
"""

DESIRED = """
CREATE TABLE public.customer (id bigint PRIMARY KEY, name text, seen_at timestamptz);
CREATE INDEX customer_name ON public.customer (name);
CREATE TABLE public.visit (id int PRIMARY KEY);
"""

BACKFILL = """
-- @backfill table=public.customer key=id batch=2
UPDATE public.customer SET seen_at = now() WHERE :batch AND seen_at IS NULL;
"""


class Project:
    """A folder beside the CLI's, and a database."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def __call__(self, *arguments: str, code: int = 0) -> Result:
        run = CliRunner().invoke(cli, arguments, obj=Session(variables={"DATABASE_URL": self.url}))
        assert run.exit_code == code, run.output
        return run

    def plan(self) -> str:
        return self("plan", "--allow", "data-loss,breaks-clients", "--renames", "never").stdout.strip()

    def apply(self, plan: str, code: int = 0) -> Result:
        return self("apply", plan, "--auto-approve", "--allow", "data-loss,breaks-clients", code=code)

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(sql.encode())

    def recorded(self) -> list[str]:
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "SELECT version || '_' || name FROM supabase_migrations.schema_migrations ORDER BY 1"
            )
            return [str(name) for (name,) in rows]

    def files(self) -> list[str]:
        return sorted(path.stem for path in (self.folder / "supabase/migrations").glob("*.sql"))


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server17: ScratchServer, fresh_database: Callable[..., str]
) -> Iterator[Project]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "supabase/schemas/backfills").mkdir(parents=True)
    (tmp_path / "supabase/config.toml").write_text("")
    (tmp_path / "schemadiff.toml").write_text('profile = "plain"')
    (tmp_path / "supabase/schemas/all.sql").write_text(DESIRED + TRIGGER)
    (tmp_path / "supabase/schemas/backfills/seen.sql").write_text(BACKFILL)
    made = Project(tmp_path, fresh_database(server17))
    made.execute(BEFORE + TRIGGER)
    yield made


def test_files_build_what_the_plan_does(
    project: Project, server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    plan = project.plan()
    files = project.files()
    assert len(files) == len(read_plan(Path(plan)).plan.up.segments) > 2
    texts = [(project.folder / f"supabase/migrations/{name}.sql").read_text() for name in files]
    assert not any("schemadiff_archive" in text or ":batch" in text for text in texts)
    assert any(text.startswith("CREATE INDEX CONCURRENTLY") and text.count(";") == 1 for text in texts)
    project.apply(plan)
    assert project.recorded() == files
    project.apply(plan)
    assert project.recorded() == files
    # the same files on another database
    other = Project(project.folder, fresh_database(server17))
    other.execute(BEFORE + TRIGGER)
    with psycopg.connect(other.url, autocommit=True) as connection:
        for text in texts:
            connection.execute(text.encode())
            connection.execute("RESET ALL")
    other("drift", "--exit-code")


def test_a_rollback_is_a_migration_and_what_is_applied_again_is_another_one(project: Project) -> None:
    plan = project.plan()
    up = project.files()
    project.apply(plan)
    project("rollback", plan, "--auto-approve")
    down = [name for name in project.files() if "revert_migration" in name]
    assert down and min(down) > max(up)
    assert project.recorded() == project.files() == [*up, *down]
    assert not any(
        "schemadiff_archive" in path.read_text() for path in (project.folder / "supabase/migrations").glob("*.sql")
    )
    project.apply(plan)
    assert project.recorded() == project.files()
    assert len(project.files()) == 2 * len(up) + len(down)
    assert project.recorded()[-1] > max(down)


def test_a_run_that_stops_records_what_is_done_and_its_way_back_takes_that_back(project: Project) -> None:
    plan = project.plan()
    files = project.files()
    database = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {}', current_database()); END $$"
    project.execute(database.format("SET test.stop = ''on''"))
    assert "stopped; here" in project.apply(plan, code=1).output
    project.execute(database.format("RESET test.stop"))
    done = project.recorded()
    assert done and done == files[: len(done)] != files
    project("rollback", plan, "--auto-approve")
    assert project.recorded() == []
    project.apply(plan)
    assert project.recorded() == files == project.files()


def test_a_ledger_that_a_stranger_made_is_not_used(
    project: Project, server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    owner = Project(project.folder, project.url)
    owner.execute(
        "CREATE ROLE stranger_of_ledgers; CREATE SCHEMA supabase_migrations AUTHORIZATION stranger_of_ledgers"
    )
    try:
        refused = project.apply(project.plan(), code=3)
        assert "stranger_of_ledgers owns it" in refused.output
    finally:
        owner.execute("DROP SCHEMA supabase_migrations CASCADE; DROP ROLE stranger_of_ledgers")


def test_other_ledgers_and_files_are_named_and_adopted(project: Project) -> None:
    plan = project.plan()
    project.apply(plan)
    project.execute(
        "INSERT INTO supabase_migrations.schema_migrations VALUES ('20300101000000', '{SELECT 1}', 'by_agent')"
    )
    (project.folder / "supabase/migrations/20300101000001_by_hand.sql").write_text("SELECT 2;")
    told = project("status").output
    assert "no file here: 20300101000000_by_agent" in told
    assert "has not had: 20300101000001_by_hand.sql" in told
    adopted = project("adopt").output
    assert "written: supabase/migrations/20300101000000_by_agent.sql" in adopted
    assert "adopt --applied 20300101000001" in adopted
    project("adopt", "--applied", "20300101000001")
    assert project.recorded() == project.files()
    assert "schemadiff adopt" not in project("status").output
    # ours is lost, and the CLI's is not
    project.execute("DROP SCHEMA schemadiff, schemadiff_archive CASCADE")
    assert "the ledger of schemadiff is gone" in project("status").output
    assert f"recorded as applied: {Path(plan).name}" in project("adopt").output
    assert "nothing to do" in project.apply(plan).output
    # the CLI's is lost, and ours is not
    project.execute("DELETE FROM supabase_migrations.schema_migrations WHERE name LIKE 'migration%'")
    assert f"would run it again: {Path(plan).name}" in project("status").output
    project("adopt")
    assert project.recorded() == project.files()


def test_what_was_made_by_hand_becomes_a_migration(project: Project, server17: ScratchServer) -> None:
    folder = project.folder / "supabase/migrations"
    folder.mkdir()
    (folder / "20200101000000_begun.sql").write_text("CREATE TABLE public.customer (id int);\nSELECT '; no end';")
    (folder / "20200101000001_body.sql").write_text(
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;\nSELECT public.g();"
    )
    (folder / "20990101000000_not_yet.sql").write_text("CREATE TABLE public.not_yet (id int);")
    project("adopt", "--applied", "20200101000000", "--applied", "20200101000001")
    refused = project("adopt", "--baseline", "by hand", code=3).output
    assert "statement 2 of 20200101000001_body.sql does not run" in refused
    (folder / "20200101000001_body.sql").write_text(
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"
    )
    project("adopt", "--baseline", "by hand")
    made = sorted(folder.glob("*_by_hand*.sql"))
    assert project.recorded()[-len(made) :] == [path.stem for path in made]
    assert made[0].stem > "20990101000001"
    text = "".join(path.read_text() for path in made)
    assert "DROP FUNCTION public.f()" in text and "CREATE TRIGGER stop" in text and "not_yet" not in text
    assert "the migrations build what live has" in project("adopt", "--baseline", "again").output


def test_no_migrations_without_the_cli(project: Project) -> None:
    (project.folder / "schemadiff.toml").write_text('profile = "plain"\n[supabase]\nmigrations = false')
    plan = project.plan()
    project.apply(plan)
    assert project.files() == []
    assert written_plans(project.folder / "plans") == (plan_id(read_plan(Path(plan)).plan),)
    project("adopt", code=1)
