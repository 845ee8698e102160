"""The command line as a whole: lazy loading, exit codes, streams and secrets."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner, Result

from schemadiff.cli import main as main_module
from schemadiff.cli.examples import EXAMPLES
from schemadiff.cli.main import COMMANDS, cli
from schemadiff.cli.settings.options import Session
from schemadiff.errors import PreflightRefused
from schemadiff.scratch.server import ScratchServer

HEAVY = ("psycopg", "sqlalchemy", "pglast", "rich", "jinja2", "migra", "platformdirs")


def run(*arguments: str, session: Session | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, obj=session or Session(variables={}))


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make the command `status` raise `error`."""

    @click.command("status")
    @click.option("--debug", is_flag=True)
    @click.pass_context
    def command(ctx: click.Context, debug: bool) -> None:
        ctx.ensure_object(Session).debug = debug
        raise error

    monkeypatch.setattr(main_module.Commands, "get_command", lambda self, ctx, name: command)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from schemadiff.cli.main import cli\n"
        "cli(sys.argv[1:], standalone_mode=False)\n"
        f"loaded = [name for name in {HEAVY} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout


def test_two_databases_are_compared_without_what_only_files_and_proofs_need(
    server17: ScratchServer, fresh_database: Callable[..., str]
) -> None:
    urls = [fresh_database(server17) for _ in range(2)]
    with psycopg.connect(urls[1], autocommit=True) as connection:
        connection.execute(
            'CREATE TABLE "a b" (id int PRIMARY KEY, total numeric DEFAULT 0); CREATE VIEW v AS SELECT 1'
        )
    script = (
        "import sys\n"
        "from schemadiff.cli.main import cli\n"
        "cli(sys.argv[1:], standalone_mode=False)\n"
        f"loaded = [name for name in {HEAVY} if name in sys.modules and name not in ('psycopg', 'platformdirs')]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)\n"
    )
    words = [sys.executable, "-c", script, "diff", "--no-proof", "--quiet", *urls]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert 'CREATE TABLE public."a b"' in ran.stdout


def test_alone_it_shows_the_help() -> None:
    alone = run()
    assert (alone.exit_code, alone.stdout) == (0, run("--help").stdout)


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_are_what_a_command_takes(name: str) -> None:
    lines = [re.split(r"  #| \\| ", line)[0].split() for line in EXAMPLES[name]]
    assert lines
    for line in (line for line in lines if line[:2] == ["schemadiff", name]):
        context = click.Context(cli, info_name="schemadiff", obj=Session(variables={}))
        command = cli.get_command(context, name)
        assert command is not None
        command.make_context(name, line[2:], parent=context)
    assert all(f"  {line}\n" in run(name, "--help").stdout for line in EXAMPLES[name])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_plans_complete_by_name(shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in the project's folder, as far as a shell does not take them for something else."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "20260101T000000_add",
        "20260102T000000_other",
        "20260103T000000_$(touch trace)",
        "20260104T000000_a\nb",
    ):
        (tmp_path / "plans" / name).mkdir(parents=True)
        (tmp_path / "plans" / name / "plan.json").touch()
    script = run("completion", shell)
    assert script.exit_code == 0 and "_SCHEMADIFF_COMPLETE" in script.stdout
    words = {"COMP_WORDS": "schemadiff apply ", "COMP_CWORD": "2" if shell != "fish" else ""}
    told = CliRunner().invoke(
        cli, [], env=words | {"_SCHEMADIFF_COMPLETE": f"{shell}_complete"}, prog_name="schemadiff"
    )
    found = told.stdout.split()
    assert any("20260101T000000_add" in word for word in found) and any(
        word.endswith(("add", "add,")) for word in found
    )
    assert "touch" not in told.stdout and "20260104" not in told.stdout


def test_help_names_every_command() -> None:
    text = run("--help").stdout
    assert all(f"  {name} " in text for name in COMMANDS)


@pytest.mark.parametrize("arguments", [["plann"], ["--no-such"], ["init", "--no-such"], ["plan", "--allow", "loss"]])
def test_wrong_usage_exits_with_1(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""


def test_nearest_words_are_offered() -> None:
    assert "did you mean 'plan'?" in run("plann").stderr
    assert "did you mean 'data-loss'?" in run("plan", "--allow", "dataloss").stderr
    assert "needs a number with a unit" in run("apply", "x", "--lock-timeout", "3").stderr


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (PreflightRefused("3 rows have no email"), 3, "error: 3 rows have no email\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (FileNotFoundError(2, "No such file", "x.sql"), 1, "error: no such file: x.sql\n"),
        (ZeroDivisionError("by zero"), 1, "unexpected error: ZeroDivisionError: by zero\nadd --debug"),
    ],
)
def test_errors_become_messages_and_codes(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, message: str
) -> None:
    fails_with(monkeypatch, error)
    result = run("status")
    assert result.exit_code == code
    assert result.stderr.startswith(message)
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [["status"], ["status", "--debug"]])
def test_secrets_stay_out_of_errors(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    fails_with(monkeypatch, RuntimeError("postgresql://u:hunter2@h/d refused, password=hunter3, tr@il"))
    session = Session(variables={"DATABASE_URL": "postgresql://u:tr%40il@h/d"})
    assert session.target.shown == "postgresql://u@h/d (from DATABASE_URL)"
    result = run(*arguments, session=session)
    assert result.exit_code == 1
    assert not any(secret in result.output for secret in ("hunter2", "hunter3", "tr@il", "tr%40il"))


@pytest.mark.parametrize("arguments", [["status"], ["status", "--debug"]])
def test_values_stay_out_of_errors(
    monkeypatch: pytest.MonkeyPatch, server17: ScratchServer, arguments: list[str]
) -> None:
    """What a server says may be about rows, also where it is the cause of another error."""
    with psycopg.connect(server17.url("postgres")) as connection:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute("SELECT v::regclass FROM (VALUES (reverse('terces'))) AS t (v)")
    wrapped = RuntimeError("it fails")
    wrapped.__cause__ = caught.value
    for error in (caught.value, wrapped):
        fails_with(monkeypatch, error)
        result = run(*arguments)
        assert result.exit_code == 1
        assert "secret" not in result.output
        assert "42P01" in result.output or error is wrapped


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(monkeypatch, ZeroDivisionError("by zero"))
    assert "Traceback" in run("status", "--debug").stderr


def test_without_a_database(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "DATABASE"))}
    ran = subprocess.run(
        [sys.executable, "-m", "schemadiff", "plan"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith("error: no database is named: give --database-url URL")


def test_init_makes_a_project_and_keeps_what_is_there(tmp_path: Path) -> None:
    result = run("init", str(tmp_path))
    assert result.exit_code == 0
    assert "next steps" in result.stderr
    assert (tmp_path / "plans" / ".gitkeep").is_file()
    config = tmp_path / "schemadiff.toml"
    config.write_text('desired = "desired_schema"\n')
    again = run("init", str(tmp_path))
    assert "holds a project already" in again.stderr
    assert config.read_text() == 'desired = "desired_schema"\n'


def test_the_configuration_of_init_is_valid_also_without_its_comment_signs(tmp_path: Path) -> None:
    from schemadiff.config import read_schemadiff_toml

    run("init", str(tmp_path))
    text = (tmp_path / "schemadiff.toml").read_text()
    read_schemadiff_toml(text, tmp_path)
    bare = [line[2:] if line[:2] == "# " and ("=" in line or "[" in line) else line for line in text.splitlines()]
    assert read_schemadiff_toml("\n".join(bare), tmp_path).environments["production"].database_url_env


def test_init_does_not_add_to_a_schema_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "desired_schema").mkdir()
    (tmp_path / "desired_schema" / "mine.sql").write_text("CREATE SCHEMA app;")
    run("init", str(tmp_path))
    assert not (tmp_path / "desired_schema" / "example.sql").exists()
