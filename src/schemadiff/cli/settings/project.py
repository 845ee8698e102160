"""Which project a command works on, and which scratch servers its user wants."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from schemadiff.cli.settings.trust import CALLER, Trust
from schemadiff.config import (
    CONFIG_NAME,
    SCRATCH_VARIABLES,
    Project,
    ScratchSettings,
    absolute,
    read_pyproject_toml,
    read_schemadiff_toml,
    user_configuration,
)
from schemadiff.errors import ConfigError
from schemadiff.project_files import leads_out
from schemadiff.supabase_project import CONFIG, SupabaseProject, read_supabase_config
from schemadiff.user_configuration import UserConfiguration, read_user_configuration

REPOSITORIES = (".git", ".hg", ".svn", ".jj")
"""What the root of a repository holds."""


def find_project(config: Path | None, directory: Path, trust: Trust = CALLER) -> Project:
    """The project of the file `config`, or of the nearest one at or above `directory`, or the defaults there.

    No file is looked for above the root of a repository, or above the home of the caller. Errors: ConfigError when
    `config` cannot be read or any file read holds wrong settings, when the file is not to be trusted, and when a
    folder of the project leads out of it.
    """
    if config is not None:
        path = config.resolve()
        named = trust.of_a_project(path)
        if named is None:
            raise ConfigError(f"configuration file {config} does not exist")
        project = _project_in(path, trust) or Project.default(path.parent, _supabase_in(path.parent, trust))
    else:
        files = (folder / name for folder in _searched(directory) for name in (CONFIG_NAME, "pyproject.toml"))
        found = (_project_in(path, trust) for path in files)
        project = next((one for one in found if one is not None), None) or _without_configuration(directory, trust)
    for name, folder in (("desired", project.desired), ("templates", project.templates), ("plans", project.plans)):
        if leads_out(folder, project.root):
            raise ConfigError(
                f"{name}: {folder} is a link that leads out of the project {project.root}: all files of a project lie "
                "inside of it"
            )
    return project


def scratch_settings(options: ScratchSettings, variables: Mapping[str, str], trust: Trust) -> ScratchSettings:
    """Where scratch servers come from: each setting from options, environment variables or the user's configuration.

    Never from a project, nor from its .env. Raises ConfigError.
    """
    settings = users_settings(trust).scratch
    said = {setting: value for setting, name in SCRATCH_VARIABLES.items() if (value := variables.get(name))}
    folders = said.get("binaries", "").split(os.pathsep)
    if "url" in said:
        settings = replace(settings, url=said["url"])
    if "binaries" in said:
        paths = tuple(absolute(folder, SCRATCH_VARIABLES["binaries"]) for folder in folders if folder)
        settings = replace(settings, binaries=paths)
    if "cache_dir" in said:
        settings = replace(settings, cache_dir=absolute(said["cache_dir"], SCRATCH_VARIABLES["cache_dir"]))
    return replace(
        settings,
        url=options.url or settings.url,
        binaries=options.binaries or settings.binaries,
        cache_dir=options.cache_dir or settings.cache_dir,
    )


def users_settings(trust: Trust) -> UserConfiguration:
    """What the configuration of the user says, followed only where nobody else can write it. Raises ConfigError."""
    path = user_configuration()
    # where nobody has a home, or XDG_CONFIG_HOME is relative, it would be a file of the project
    found = trust.of_the_user(path) if path.is_absolute() else None
    return read_user_configuration(found.followed(), str(path)) if found else UserConfiguration()


def _searched(directory: Path) -> Iterator[Path]:
    home = Path(os.path.expanduser("~")).resolve()
    for folder in (directory, *directory.parents):
        yield folder
        if folder == home or any((folder / name).exists() for name in REPOSITORIES):
            return


def _without_configuration(directory: Path, trust: Trust) -> Project:
    """The project of the nearest supabase/config.toml, or the defaults in `directory`."""
    for folder in _searched(directory):
        if supabase := _supabase_in(folder, trust):
            return Project.default(folder, supabase)
    return Project.default(directory)


def _supabase_in(root: Path, trust: Trust) -> SupabaseProject | None:
    """What the Supabase CLI is told of the project in `root`, None where it is told nothing."""
    path = root / CONFIG
    found = trust.of_a_project(path)
    if found is None:
        return None
    if leads_out(path, root):
        raise ConfigError(f"{path} is a link that leads out of the project {root}: put the file itself there")
    return read_supabase_config(found.followed(), root)


def _project_in(path: Path, trust: Trust) -> Project | None:
    try:
        found = trust.of_a_project(path)
    except ConfigError:
        if path.name == CONFIG_NAME:
            raise
        return None  # some other tool's
    if found is None:
        return None
    if path.name != "pyproject.toml":
        return read_schemadiff_toml(found.followed(), path.parent, _supabase_in(path.parent, trust))
    if read_pyproject_toml(found.text, path.parent) is None:
        return None
    return read_pyproject_toml(found.followed(), path.parent, _supabase_in(path.parent, trust))
