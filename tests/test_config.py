"""Settings: defaults, paths, and errors that name the key and the nearest known one."""

from pathlib import Path

import pytest

from schemadiff.config import Profile, Project, read_pyproject_toml, read_schemadiff_toml
from schemadiff.errors import ConfigError

ROOT = Path("/project")


def test_defaults() -> None:
    project = Project.default(ROOT)
    assert project.desired == ROOT / "desired_schema"
    assert project.templates == ROOT / "templates"
    assert project.plans == ROOT / "plans"
    assert project.profile is Profile.AUTO
    assert project.lock_timeout is None
    assert project.environments == {}


def test_every_setting() -> None:
    project = read_schemadiff_toml(
        """
        desired = "db/schema"
        templates = "db/templates"
        plans = "/project/migrations"
        profile = "supabase"
        include = ["app.*"]
        exclude = ["index:app.tmp_*"]
        lock_timeout = "500ms"
        roles = true

        [environments.production]
        database_url_env = "PRODUCTION_URL"

        [environments.local]
        database_url = "postgresql://postgres@localhost/app"
        """,
        ROOT,
    )
    assert project.desired == ROOT / "db/schema"
    assert project.plans == ROOT / "migrations"
    assert project.profile is Profile.SUPABASE
    assert (project.include, project.exclude) == (("app.*",), ("index:app.tmp_*",))
    assert project.lock_timeout == "500ms"
    assert project.roles
    assert project.environments["production"].database_url_env == "PRODUCTION_URL"
    assert project.environments["local"].database_url == "postgresql://postgres@localhost/app"


def test_pyproject_counts_only_with_its_table() -> None:
    assert read_pyproject_toml("[tool.other]\nx = 1", ROOT) is None
    project = read_pyproject_toml('[tool.schemadiff]\ndesired = "sql"', ROOT)
    assert project is not None
    assert project.desired == ROOT / "sql"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("desird = 'x'", "schemadiff.toml: unknown setting 'desird'; did you mean 'desired'?"),
        ("colour = 'x'", "unknown setting 'colour'; known are desired, templates, plans"),
        ("[environments.a]\nurl = 'x'", "[environments] [a]: unknown setting 'url'"),
        ("[environments.a]", "give either database_url (without password) or database_url_env"),
        ("desired = 1", "desired must be a string"),
        ("exclude = 'x'", "exclude must be a list"),
        ("exclude = [1]", "exclude must be a list of strings"),
        ("profile = 'supabse'", "unknown profile 'supabse'; known are auto, supabase, plain"),
        ("lock_timeout = '3'", "lock_timeout is '3', but needs a number with a unit"),
        ("desired = ", "schemadiff.toml is not valid TOML: "),
    ],
)
def test_wrong_settings_are_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_schemadiff_toml(text, ROOT)
    assert message in str(caught.value)


def test_a_password_does_not_belong_in_the_configuration() -> None:
    with pytest.raises(ConfigError) as caught:
        read_schemadiff_toml('[environments.a]\ndatabase_url = "postgresql://u:hunter2@h/d"', ROOT)
    assert "database_url holds a password" in str(caught.value)
    assert "hunter2" not in str(caught.value)
