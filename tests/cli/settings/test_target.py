"""Which database a command works on: the order of options, variables and .env."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from schemadiff.cli.settings.project import find_project
from schemadiff.cli.settings.target import Target, find_target, read_dotenv
from schemadiff.config import Project, read_schemadiff_toml
from schemadiff.errors import ConfigError

PROJECT = read_schemadiff_toml(
    """
    [environments.production]
    database_url_env = "PRODUCTION_URL"
    [environments.local]
    database_url = "postgresql://local/app"
    """,
    Path("/project"),
)


def target(
    *,
    database_url: str | None = None,
    environment: str | None = None,
    variables: Mapping[str, str] | None = None,
    dotenv: Mapping[str, str] | None = None,
) -> Target:
    return find_target(
        database_url=database_url,
        environment=environment,
        project=PROJECT,
        variables=variables or {},
        dotenv=dotenv or {},
    )


def test_order() -> None:
    variables = {
        "SCHEMADIFF_DATABASE_URL": "postgresql://one/d",
        "DATABASE_URL": "postgresql://two/d",
        "PGHOST": "three",
    }
    dotenv = {"SCHEMADIFF_DATABASE_URL": "postgresql://four/d", "PGHOST": "five", "PGUSER": "six"}
    option = "postgresql://zero/d"
    assert target(database_url=option, variables=variables, dotenv=dotenv).url == option
    assert target(variables=variables, dotenv=dotenv).url == "postgresql://one/d"
    del variables["SCHEMADIFF_DATABASE_URL"]
    assert target(variables=variables, dotenv=dotenv).url == "postgresql://two/d"
    del variables["DATABASE_URL"]
    found = target(variables=variables, dotenv=dotenv)
    assert found.url == "postgresql:///?host=three"
    assert found.source == "the PG* variables"
    del variables["PGHOST"]
    found = target(variables=variables, dotenv=dotenv)
    assert (found.url, found.source) == ("postgresql://four/d", "SCHEMADIFF_DATABASE_URL in .env")


def test_a_user_alone_names_no_database() -> None:
    with pytest.raises(ConfigError, match=r"no database is named: give --database-url URL, --env production \| local"):
        target(variables={"PGUSER": "me", "PGPASSWORD": "secret"})


def test_environments() -> None:
    assert target(environment="local", variables={"DATABASE_URL": "postgresql://no/d"}).url == "postgresql://local/app"
    found = target(environment="production", dotenv={"PRODUCTION_URL": "postgresql://p/d"})
    assert (found.url, found.source) == ("postgresql://p/d", "environment production, $PRODUCTION_URL")
    with pytest.raises(ConfigError, match=r"\$PRODUCTION_URL, which is not set"):
        target(environment="production")
    with pytest.raises(ConfigError, match="unknown environment 'prodction': did you mean 'production'"):
        target(environment="prodction")
    with pytest.raises(ConfigError, match="--database-url and --env both name a database"):
        target(environment="local", database_url="postgresql://h/d")


@pytest.mark.parametrize(
    "url", ["postgresql://u:hun@ter2@h/d", "postgresql://u:hun/ter2@h/d", "mysql://hunter2", "hunter2"]
)
def test_bad_urls_are_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        target(variables={"DATABASE_URL": url})
    assert "DATABASE_URL" in str(caught.value)
    assert "ter2" not in str(caught.value)


def test_dotenv_as_a_shell_reads_it() -> None:
    text = """
# comment
A=plain
export B = 'single # quoted'
C="double \\" quoted" # comment
D=with # comment
E=with#hash
F=
G=postgresql://u:p@h/d?x=y
"""
    assert read_dotenv(text) == {
        "A": "plain",
        "B": "single # quoted",
        "C": 'double " quoted',
        "D": "with",
        "E": "with#hash",
        "F": "",
        "G": "postgresql://u:p@h/d?x=y",
    }


def test_dotenv_errors_show_no_line() -> None:
    with pytest.raises(ConfigError) as caught:
        read_dotenv("A=1\nhunter2")
    assert str(caught.value) == ".env:2: not of the form NAME=value"


def test_project_is_the_nearest_one_above(tmp_path: Path) -> None:
    (tmp_path / "schemadiff.toml").write_text('desired = "sql"')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'x'")
    assert find_project(None, inner).desired == tmp_path / "sql"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.schemadiff]\ndesired = 'other'")
    assert find_project(None, inner).desired == tmp_path / "a" / "other"
    assert find_project(tmp_path / "schemadiff.toml", inner).desired == tmp_path / "sql"
    with pytest.raises(ConfigError, match="does not exist"):
        find_project(tmp_path / "no.toml", inner)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert find_project(None, tmp_path) == Project.default(tmp_path)
