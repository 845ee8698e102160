"""--require-sandbox, and what is said where the scratch server runs in none."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session
from schemadiff.scratch.confinement import landlock, seccomp, wrapping
from schemadiff.scratch.confinement.cell import cell_here
from schemadiff.scratch.server import ScratchServer

from .shell import DESIRED, Shell

COMMANDS = {
    "plan": ("plan", "--no-proof"),
    "drift": ("drift",),
    "diff": ("diff", "desired_schema", "desired_schema"),
}


@pytest.fixture
def without_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system that has no means to shut a server in."""
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setattr(wrapping, "bubblewrap_works", lambda account: False)
    monkeypatch.setattr(wrapping, "sandbox_exec_works", lambda: False)
    monkeypatch.setattr(seccomp, "available", lambda: False)
    cell_here.cache_clear()
    yield
    cell_here.cache_clear()


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.usefixtures("without_sandbox")
def test_a_system_without_a_sandbox_is_refused(shell: Shell, project: Path, command: tuple[str, ...]) -> None:
    """Before anything of the files is loaded."""
    (project / "desired_schema" / "app.sql").write_text("DO $$ BEGIN RAISE EXCEPTION 'it was loaded'; END $$")
    refused = shell(*command, "--require-sandbox", code=3)
    assert "error: the scratch server would run without a sandbox: this system has no Landlock" in refused.stderr
    assert "install bubblewrap" in refused.stderr and "do without --require-sandbox" in refused.stderr
    assert "it was loaded" not in refused.output and not (project / "plans").exists()


@pytest.mark.usefixtures("without_sandbox")
def test_the_plan_says_so(shell: Shell) -> None:
    said = "the scratch server runs in no sandbox: this system has no Landlock"
    planned = shell("plan", "--no-proof")
    assert said in " ".join(planned.stderr.split())
    assert said in (Path(planned.stdout.strip()) / "review.md").read_text()


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_server_given_by_url_is_refused(shell: Shell, command: tuple[str, ...], by: str) -> None:
    """It is not even connected to: whether in a sandbox or not, schemadiff did not start it."""
    url = "postgresql://nobody@127.0.0.1:1/nowhere"
    options = ("--scratch-url", url) if by == "option" else ()
    variables = {"DATABASE_URL": shell.url} | ({"SCHEMADIFF_SCRATCH_URL": url} if by == "variable" else {})
    session = Session(variables=variables)
    refused = CliRunner().invoke(cli, [*command, *options, "--require-sandbox"], obj=session)
    assert refused.exit_code == 3
    assert "would run without a sandbox: it was given by URL and is not started by schemadiff" in refused.stderr


def test_a_plan_with_a_given_server_says_so(shell: Shell, server15: ScratchServer) -> None:
    planned = shell("plan", "--scratch-url", server15.url("postgres"))
    said = "the scratch server runs in no sandbox: it was given by URL and is not started by schemadiff"
    assert said in " ".join(planned.stderr.split())
    assert said in (Path(planned.stdout.strip()) / "review.md").read_text()


MINE = """
CREATE TABLE app.mine (id integer PRIMARY KEY, title text);
CREATE FUNCTION app."odd (name)"() RETURNS SETOF text BEGIN ATOMIC
    SELECT s.word FROM (SELECT 'a'::text AS word UNION ALL SELECT 'b') AS s; END;
"""


def test_what_belongs_to_its_superuser_is_copied_and_renamed_there(
    shell: Shell, project: Path, server17: ScratchServer
) -> None:
    """Where live's role has the name of the one in the URL, another copies live, which is no member of it."""
    shell.execute(MINE)
    renamed = MINE.replace("title text", "\n-- @renamed from=title\nlabel text")
    (project / "desired_schema" / "app.sql").write_text(DESIRED + renamed)
    plan = Path(shell.plan("--scratch-url", server17.url("postgres")))
    assert "RENAME COLUMN title TO label" in (plan / "up.sql").read_text()
    assert "odd (name)" not in (plan / "up.sql").read_text()


def test_files_get_no_more_rights_there_than_the_role_of_the_url(
    shell: Shell, project: Path, server15: ScratchServer, open_folder: Path
) -> None:
    """A role that is no superuser is not one for files either, and leaves nothing there."""
    server15.create_role("sandbox_plain", "LOGIN CREATEDB CREATEROLE")
    (project / "desired_schema" / "app.sql").write_text(
        DESIRED
        + "".join(
            f"DO $$ BEGIN CREATE TABLE app.{name} (); BEGIN COPY (SELECT 1) TO {target}; "
            "EXCEPTION WHEN OTHERS THEN NULL; END; END $$;"
            for name, target in (("one", f"'{open_folder}/file'"), ("two", f"PROGRAM 'touch {open_folder}/ran'"))
        )
    )
    open_folder.chmod(0o777)
    told = shell("plan", "--scratch-url", server15.url("postgres", "sandbox_plain"), code=1)
    assert "'sandbox_plain' of the given scratch server is not a superuser" in told.stderr
    assert f"name one that is in its URL ({server15.superuser};" in told.stderr, "who could be named"
    shell("plan", "--scratch-url", server15.url("postgres"))
    assert list(open_folder.iterdir()) == []
    with psycopg.connect(server15.url("postgres")) as connection:
        assert connection.execute("SELECT datname FROM pg_database WHERE datname ~ '_desired$'").fetchall() == []
