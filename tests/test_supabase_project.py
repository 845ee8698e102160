"""What supabase/config.toml decides, and what it does not."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session
from schemadiff.cli.settings.project import find_project
from schemadiff.cli.settings.target import Target, find_target
from schemadiff.config import Project, read_schemadiff_toml
from schemadiff.connection import _careful
from schemadiff.connection_string import is_hosted, without_others_parameters
from schemadiff.desired.files import desired_of
from schemadiff.errors import ConfigError, NoDatabaseNamed
from schemadiff.supabase_project import SupabaseProject, read_supabase_config

CONFIG = """
project_id = "shop"
[api]
schemas = ["public", "storefront"]
[db]
port = 55432
host = "db.example.com"
major_version = 15
[db.migrations]
schema_paths = {paths}
[db.seed]
sql_paths = ["./seed.sql"]
[auth]
site_url = "env(SITE_URL)"
"""


def supabase_at(root: Path, paths: str = "[]") -> None:
    (root / "supabase").mkdir()
    (root / "supabase/config.toml").write_text(CONFIG.format(paths=paths))


def target(project: Project, environment: str | None = None, **variables: str) -> Target:
    return find_target(
        database_url=None, environment=environment, project=project, variables=variables, dotenv={"POSTGRES_URL": "x"}
    )


@pytest.mark.parametrize(
    ("paths", "desired", "patterns"),
    [
        ("[]", "supabase/schemas", ()),
        ('["./database"]', "supabase/database", ()),
        ('["../sql/"]', "sql", ()),
        ('["./schemas/*.sql"]', "supabase/schemas", ("supabase/schemas/*.sql",)),
        (
            '["./schemas/types.sql", "./schemas/[a-m]*/**/*.sql", "./schemas/views"]',
            "supabase/schemas",
            ("supabase/schemas/types.sql", "supabase/schemas/[a-m]*/**/*.sql", "supabase/schemas/views"),
        ),
    ],
)
def test_where_the_schema_is_declared(tmp_path: Path, paths: str, desired: str, patterns: tuple[str, ...]) -> None:
    supabase_at(tmp_path, paths)
    (tmp_path / "app").mkdir()
    project = find_project(None, tmp_path / "app")
    assert (project.root, project.desired, project.desired_patterns) == (tmp_path, tmp_path / desired, patterns)
    assert project.exposed == ("public", "storefront")
    assert project.supabase is not None and project.supabase.major == 15


def test_only_the_files_that_are_meant_are_read(tmp_path: Path) -> None:
    supabase_at(tmp_path, '["./schemas/*.sql", "./schemas/deep/**/*.sql"]')
    for name in ("a.sql", "old/b.sql", "deep/c.sql", "deep/er/d.sql", "checks/e.sql"):
        path = tmp_path / "supabase/schemas" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"CREATE TABLE {path.stem} ();" if path.stem != "e" else "-- @check name=e\nSELECT true AS ok;")
    desired = desired_of(find_project(None, tmp_path))
    assert {statement.sql for statement in desired.statements} == {f"CREATE TABLE {name} ()" for name in "acd"}
    assert [check.name for check in desired.checks] == ["e"]


def test_what_schemadiff_is_told_goes_first(tmp_path: Path) -> None:
    supabase_at(tmp_path, '["./schemas/*.sql"]')
    (tmp_path / "schemadiff.toml").write_text('desired = "declared"')
    project = find_project(None, tmp_path)
    assert (project.desired, project.desired_patterns) == (tmp_path / "declared", ())
    (tmp_path / "schemadiff.toml").write_text("")
    (tmp_path / "desired_schema").mkdir()
    assert find_project(None, tmp_path).desired == tmp_path / "desired_schema"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[db", "supabase/config.toml is not valid TOML"),
        ('[db]\nport = "many"', r"supabase/config.toml \[db\]: port is 'many'"),
        ("[api]\nschemas = [1]", r"supabase/config.toml \[api\]: schemas"),
        ('[db.migrations]\nschema_paths = ["../../other"]', "leads out of the project"),
        ('[db.migrations]\nschema_paths = ["/etc"]', "leads out of the project"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_supabase_config(text, Path("/project"))


def test_a_variable_of_the_cli_is_not_followed() -> None:
    assert read_supabase_config('[db]\nport = "env(PORT)"', Path("/project")) == SupabaseProject()


def test_the_local_stack_is_on_this_machine(tmp_path: Path) -> None:
    supabase_at(tmp_path)
    project = find_project(None, tmp_path)
    found = target(project, "local", DATABASE_URL="postgresql://elsewhere/d", PGHOST="elsewhere", PGPASSWORD="secret")
    assert (found.url, found.source) == ("postgresql://postgres:postgres@127.0.0.1:55432/postgres", "the local stack")
    own = read_schemadiff_toml('[environments.local]\ndatabase_url = "postgresql://mine/d"', tmp_path, project.supabase)
    assert target(own, "local").url == "postgresql://mine/d"
    with pytest.raises(ConfigError, match="unknown environment 'locall': did you mean 'local'"):
        target(project, "locall")
    with pytest.raises(ConfigError, match="unknown environment 'local'"):
        target(Project.default(tmp_path), "local")


def test_what_integrations_set_names_the_database_of_a_supabase_project(tmp_path: Path) -> None:
    supabase_at(tmp_path)
    project = find_project(None, tmp_path)
    pooled = "postgres://postgres.ref:pw@aws-0-eu-west-1.pooler.supabase.com:6543/postgres?sslmode=require&supa=base"
    direct = "postgres://postgres.ref:pw@aws-0-eu-west-1.pooler.supabase.com:5432/postgres?sslmode=require"
    found = target(project, POSTGRES_URL=pooled, POSTGRES_URL_NON_POOLING=direct, PGPASSWORD="of another one")
    assert (found.url, found.source) == (direct, "POSTGRES_URL_NON_POOLING")
    assert target(project, POSTGRES_URL=pooled).url == pooled.removesuffix("&supa=base")
    assert target(project, POSTGRES_URL=pooled, DATABASE_URL="postgresql://mine/d").source == "DATABASE_URL"
    with pytest.raises(NoDatabaseNamed):
        target(Project.default(tmp_path), POSTGRES_URL=pooled)


def test_parameters_of_other_programs() -> None:
    url = "postgresql://u:p%3Fpgbouncer@h:6543/d"
    assert without_others_parameters(f"{url}?pgbouncer=true&connection_limit=1") == url
    assert without_others_parameters(f"{url}?pgbouncer=true&sslmode=require") == f"{url}?sslmode=require"
    assert without_others_parameters("host=h password=a?pgbouncer=b") == "host=h password=a?pgbouncer=b"


@pytest.mark.parametrize(
    ("host", "hosted"),
    [
        ("db.abcdefghij.supabase.co", True),
        ("aws-0-eu-west-1.pooler.supabase.com", True),
        ("notsupabase.co", False),
        ("pooler.supabase.com.example.org", False),
        ("127.0.0.1", False),
    ],
)
def test_hosted_servers_are_asked_for_tls(host: str, hosted: bool) -> None:
    assert is_hosted(host) is hosted
    assert _careful({"host": host}) == ({"sslmode": "require"} if hosted else {})


def test_init_beside_the_cli(tmp_path: Path) -> None:
    supabase_at(tmp_path)
    run = CliRunner().invoke(cli, ["init", str(tmp_path)], obj=Session(variables={}))
    assert run.exit_code == 0, run.output
    assert "schemadiff pull --env local" in run.output
    assert find_project(None, tmp_path).desired == tmp_path / "supabase/schemas"
    assert "supabase/schemas/** text eol=lf" in (tmp_path / ".gitattributes").read_text()
    assert not (tmp_path / "desired_schema").exists()
