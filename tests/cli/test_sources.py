"""A password goes only to the host that the same source names."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemadiff.cli.main import cli
from schemadiff.cli.settings.libpq_variables import hidden
from schemadiff.cli.settings.target import find_target
from schemadiff.config import read_schemadiff_toml
from schemadiff.connection_string import parameters_of
from schemadiff.errors import ConfigError

from .callers import CALLERS, run_as
from .eavesdropper import Eavesdropper, eavesdropper

SECRET = "hunter2"


@pytest.fixture
def server() -> Iterator[Eavesdropper]:
    with eavesdropper() as heard:
        yield heard


def found(
    variables: Mapping[str, str] | None = None,
    dotenv: Mapping[str, str] | None = None,
    *,
    option: str | None = None,
    project: str = "",
) -> dict[str, str]:
    """The parameters of the connection that is made; a `project` has an environment x, which is asked for."""
    text = f"[environments.x]\n{project}" if project else ""
    target = find_target(
        database_url=option,
        environment="x" if project else None,
        project=read_schemadiff_toml(text, Path("/p")),
        variables=variables or {},
        dotenv=dotenv or {},
    )
    return parameters_of(target.url) or {}


HOST_OF_A_PROJECT = 'database_url = "postgresql://u@project/d"'
HOST_OF_A_VARIABLE = 'database_url_env = "URL"'

NOT_SENT = [
    ({"PGPASSWORD": SECRET}, {}, {"project": HOST_OF_A_PROJECT}),
    ({}, {"PGPASSWORD": SECRET}, {"project": HOST_OF_A_PROJECT}),
    ({"PGPASSWORD": SECRET, "PGHOST": "mine"}, {}, {"project": HOST_OF_A_PROJECT}),
    ({"PGSERVICE": "mine", "PGOPTIONS": "-c x.y=1"}, {}, {"project": HOST_OF_A_PROJECT}),
    ({"PGPASSWORD": SECRET}, {"URL": "postgresql://u@dotenv/d"}, {"project": HOST_OF_A_VARIABLE}),
    ({"PGPASSWORD": SECRET}, {"DATABASE_URL": "postgresql://u@dotenv/d"}, {}),
    ({"PGPASSWORD": SECRET, "PGUSER": "me"}, {"PGHOST": "dotenv"}, {}),
    ({"PGPASSWORD": SECRET, "PGSERVICEFILE": "f"}, {"PGSERVICE": "dotenv"}, {}),
    ({"PGHOST": "mine"}, {"PGPASSWORD": SECRET, "PGPORT": "1", "PGOPTIONS": "-c x.y=1"}, {}),
    ({"DATABASE_URL": "postgresql://mine/d"}, {"PGPASSWORD": SECRET, "PGHOSTADDR": "127.0.0.1"}, {}),
    ({"DATABASE_URL": "postgresql://mine/d", "PGHOST": "other", "PGPASSWORD": SECRET, "PGHOSTADDR": "1.1.1.1"}, {}, {}),
    ({"PGHOST": "other", "PGPASSWORD": SECRET, "PGHOSTADDR": "1.1.1.1"}, {}, {"option": "postgresql://mine/d"}),
    ({"PGSERVICE": "other"}, {}, {"option": "postgresql://mine/d"}),
]


@pytest.mark.parametrize(("variables", "dotenv", "others"), NOT_SENT)
def test_what_one_source_says_completes_no_other(
    variables: dict[str, str], dotenv: dict[str, str], others: dict[str, str]
) -> None:
    parameters = found(variables, dotenv, **others)
    assert parameters.keys() <= {"host", "user", "dbname", "service"}
    assert "mine" not in parameters.values() or "project" not in others


COMPLETED = [
    ({"DATABASE_URL": "postgresql://h/d", "PGPASSWORD": SECRET}, {}, {}),
    ({"PGPASSWORD": SECRET}, {}, {"option": "host=h dbname=d"}),
    ({"PGPASSWORD": SECRET, "PGHOST": "h"}, {}, {"option": "postgresql://h/d"}),
    ({"PGPASSWORD": SECRET, "PGHOST": "h", "PGDATABASE": "d"}, {}, {}),
    ({"PGPASSWORD": "no"}, {"PGPASSWORD": SECRET, "PGHOST": "h", "PGDATABASE": "d"}, {}),
    ({"PGPASSWORD": "no"}, {"PGPASSWORD": SECRET, "DATABASE_URL": "postgresql://h/d"}, {}),
    ({"PGPASSWORD": "no"}, {"PGPASSWORD": SECRET, "URL": "postgresql://h/d"}, {"project": HOST_OF_A_VARIABLE}),
    ({"PGPASSWORD": SECRET, "URL": "postgresql://h/d"}, {"PGPASSWORD": "no"}, {"project": HOST_OF_A_VARIABLE}),
]


@pytest.mark.parametrize(("variables", "dotenv", "others"), COMPLETED)
def test_what_the_same_source_says_completes(
    variables: dict[str, str], dotenv: dict[str, str], others: dict[str, str]
) -> None:
    assert found(variables, dotenv, **others) == {"host": "h", "dbname": "d", "password": SECRET}


def test_how_careful_a_caller_is_holds_for_every_host() -> None:
    careful = {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": "system", "PGPASSFILE": "/home/me/pass"}
    wanted = {"sslmode": "verify-full", "sslrootcert": "system", "passfile": "/home/me/pass"}
    weaker = 'database_url = "postgresql://project?sslmode=require"'
    for parameters in (
        found(careful, project=weaker),
        found(careful, {"PGHOST": "h", "PGSSLMODE": "disable"}),
        found(careful, {"DATABASE_URL": "postgresql://h"}),
    ):
        assert wanted.items() <= parameters.items()
    assert found({"PGUSER": "me"}, project=weaker) == {"host": "project", "sslmode": "require", "user": "me"}


@pytest.mark.parametrize("place", ["host=h", "hostaddr=127.0.0.1", "port=1"])
def test_a_service_beside_a_place_is_refused(place: str) -> None:
    for variables, option in (({}, f"service=s {place}"), ({"DATABASE_URL": f"service=s {place}"}, None)):
        with pytest.raises(ConfigError, match="would get the password of the service"):
            found(variables, option=option)


def test_of_a_service_the_environment_says_who() -> None:
    parameters = found({"PGSERVICE": "s", "PGHOST": "h", "PGUSER": "u", "PGPASSWORD": SECRET, "PGSSLMODE": "disable"})
    assert parameters == {"service": "s", "user": "u", "password": SECRET}


@pytest.mark.parametrize(
    "parameter",
    ["hostaddr=127.0.0.1", "service=mine", "passfile=/p", "options=-cx.y%3D1", "sslkeylogfile=/p", "sslmode=disable"],
)
def test_a_project_says_only_which_database(parameter: str) -> None:
    with pytest.raises(ConfigError, match=f"database_url sets {parameter.partition('=')[0]}.*project does not decide"):
        found(project=f'database_url = "postgresql://u@h/d?{parameter}"')


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@h/d", "postgresql://h/d?sslpassword=hunter2", "hunter2",
                                 "postgresql://u:hun/ter2@h/d", "host=h password=hun ter2"])  # fmt: skip
def test_a_password_in_a_project_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ConfigError, match=r"database_url (holds a password|cannot be read)") as refused:
        found(project=f'database_url = "{url}"')
    assert "ter2" not in str(refused.value)


def test_no_variable_is_there_for_libpq_while_a_command_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    monkeypatch.setenv("PGSERVICEFILE", "/home/me/services")
    with hidden():
        assert [name for name in os.environ if name.startswith("PG")] == ["PGSERVICEFILE"]
    assert os.environ["PGPASSWORD"] == SECRET


ENVIRONMENT = '[environments.x]\ndatabase_url = "postgresql://u@127.0.0.1:{port}/d"'

SENT_TO_NOBODY = [
    ({"PGPASSWORD": SECRET}, "", ENVIRONMENT, ("--env", "x")),
    ({}, f"PGPASSWORD={SECRET}", ENVIRONMENT, ("--env", "x")),
    ({"PGPASSWORD": SECRET}, "DATABASE_URL=postgresql://u@127.0.0.1:{port}/d", "", ()),
    ({"PGPASSWORD": SECRET}, "PGHOST=127.0.0.1\nPGPORT={port}", "", ()),
    ({"PGPASSWORD": SECRET}, "X=postgresql://u@127.0.0.1:{port}/d", '[environments.x]\ndatabase_url_env = "X"',
     ("--env", "x")),
]  # fmt: skip


@pytest.mark.parametrize(("variables", "dotenv", "config", "arguments"), SENT_TO_NOBODY)
def test_a_server_that_a_project_names_hears_no_password(
    server: Eavesdropper,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    dotenv: str,
    config: str,
    arguments: tuple[str, ...],
) -> None:
    (tmp_path / ".env").write_text(dotenv.format(port=server.port))
    (tmp_path / "schemadiff.toml").write_text(config.format(port=server.port))
    monkeypatch.chdir(tmp_path)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    failed = CliRunner().invoke(cli, ["status", *arguments])
    assert failed.exit_code == 1
    assert server.startups
    assert not server.passwords
    assert SECRET not in failed.output


def test_a_password_of_the_same_source_is_sent_there(
    server: Eavesdropper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PGPASSWORD", SECRET)
    CliRunner().invoke(cli, ["status", "--database-url", f"postgresql://u@127.0.0.1:{server.port}/d"])
    assert server.passwords == [SECRET.encode()]


@pytest.mark.parametrize("uid", CALLERS)
def test_a_service_of_the_user_does_not_complete_what_a_project_names(
    server: Eavesdropper, open_folder: Path, uid: int
) -> None:
    services = open_folder / "services"
    services.write_text(f"[mine]\nhost=127.0.0.1\nport=1\nuser=me\npassword={SECRET}\n")
    (open_folder / "schemadiff.toml").write_text(ENVIRONMENT.format(port=server.port))
    variables = {"PGSERVICE": "mine", "PGSERVICEFILE": str(services)}
    assert run_as(uid, open_folder, "status", "--env", "x", variables=variables).returncode == 1
    assert server.startups
    assert not server.passwords
