"""Names and values of whoever may create objects, through every command: they steer nothing that shows them."""

import os
import pty
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from schemadiff.connection_string import split_secrets
from schemadiff.scratch.installing.binaries import find_client
from schemadiff.scratch.server import ScratchServer

from .shell import Shell

NAMES = (
    "first\nDROP TABLE app.kept;\n\\! touch left\n--",
    "red \x1b[31m\x1b]0;stolen title\x07\x9b2J",
    "cr\rDROP TABLE app.kept;\x85\\! touch left\x85--",
    "\n::error file=a.sql,line=1::stolen",
    "a\r\n  ::set-output name=a::b",
    "\n##[error]c ##vso[task.setvariable variable=x]y",
    "turned \u202e\u2066\u200f\u061c around\u2069",
    "ends \u2028DROP TABLE app.kept;\u2029\x0b\x0c",
    "<script>alert(1)</script><!-- | `x` **b** ~~c~~ @team",
    "[l](javascript:alert(1)) ![i](http://e.example/i) &lt;b&gt;",
    ":x :'x' :\"x\" :{?x} %(a)s {{ 7*7 }} */ /* $$ $a$ --",
    "hidden \U000e0041\xad\u200b\ufeff",
    "\x1b[1A\x1b[2Kno drift: the database is what the files declare",
)
ALLOWED = "data-loss,irreversible,breaks-clients,widens-access,narrows-access"

COMMAND = re.compile(r"^\s*::\S|##\w*\[", re.MULTILINE)


def declared(name: str, number: int) -> str:
    """Objects of several kinds that are called so, and values that say so."""
    quoted, literal = '"' + name.replace('"', '""') + '"', "'" + name.replace("'", "''") + "'"
    return f"""
CREATE TABLE app.{quoted} ({quoted} integer DEFAULT 1, arr integer[], CONSTRAINT {quoted} CHECK ({quoted} > 0));
COMMENT ON TABLE app.{quoted} IS {literal};
CREATE INDEX ON app.{quoted} ({quoted});
CREATE TYPE app.e{number} AS ENUM ({literal});
CREATE VIEW app.v{number} AS SELECT arr[1:{quoted}] AS part, {literal}::text AS words FROM app.{quoted};
CREATE FUNCTION app.f{number}({quoted} integer) RETURNS text LANGUAGE sql AS $f$ SELECT {literal} $f$;
ALTER TABLE app.{quoted} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {quoted} ON app.{quoted} USING ({literal} <> '');
"""


BOTH = "CREATE SCHEMA app; CREATE TABLE app.kept (id integer PRIMARY KEY);\n"
LIVE = BOTH + "".join(declared(name, number) for number, name in enumerate(NAMES) if number % 2 == 0)
DESIRED = BOTH + "".join(declared(name, number) for number, name in enumerate(NAMES) if number % 2)


def steering(text: str) -> list[str]:
    """What would steer a terminal, turn text around or be taken for a command of a build."""
    characters = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")} - {"\n", "\t"}
    return [*map(ascii, characters), *COMMAND.findall(text)]


@pytest.fixture
def shell(server17: ScratchServer, fresh_database: Callable[..., str], tmp_path: Path) -> Shell:
    found = Shell(tmp_path, fresh_database(server17))
    found.execute(LIVE)
    found.execute("INSERT INTO app.kept VALUES (1)")
    found.write("schemadiff.toml", "")
    found.write("desired_schema/all.sql", DESIRED)
    return found


def on_a_terminal(shell: Shell, *arguments: str) -> str:
    """What a terminal receives."""
    inside, outside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "schemadiff", *arguments], cwd=shell.folder, stdin=outside, stdout=outside,
        stderr=outside, env=os.environ | {"DATABASE_URL": shell.url, "TERM": "xterm-256color", "COLUMNS": "150"},
    )  # fmt: skip
    os.close(outside)
    received = b""
    while True:
        try:
            part = os.read(inside, 65536)
        except OSError:
            break
        if not part:
            break
        received += part
    os.close(inside)
    assert process.wait(60) == 0
    return received.decode()


def test_names_steer_nothing(shell: Shell, fresh_database: Callable[..., str], server17: ScratchServer) -> None:
    other = Shell(shell.folder, fresh_database(server17))
    other.execute(LIVE)
    planned = shell("plan", "--name", "names", "--renames", "never", "--allow", ALLOWED)
    plan = planned.stdout.strip()
    told = {
        "plan": planned.output,
        "drift": shell("drift", "--format", "json").output,
        "diff": shell("diff", shell.url, "desired_schema", "--no-proof", "--renames", "never").output,
    }
    for form in ("text", "json", "markdown", "html", "sarif", "sql", "rollback-sql"):
        told[f"show {form}"] = shell("show", plan, "--format", form).output
    for file in (shell.folder / plan).iterdir():
        if file.suffix != ".gz":
            told[file.name] = file.read_text()
    terminal = on_a_terminal(shell, "show", plan) + on_a_terminal(shell, "drift")
    styles = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[[12]K|\x1b\[1A|\r")
    told["terminal"] = COMMAND.sub("", styles.sub("", terminal))
    assert "\x1b[31m\x1b]" not in terminal and "\x1b[1A\x1b[2Kno drift" not in terminal
    told["apply"] = shell("apply", plan, "--auto-approve", "--allow", ALLOWED).output
    told["status"] = shell("status").output + shell("status", "--format", "json").output
    shell("drift", "--exit-code")
    told["rollback"] = shell("rollback", plan, "--auto-approve").output
    assert {name: found for name, text in told.items() if (found := steering(text))} == {}
    assert_shown_as_text(told["review.md"])
    run_by_psql(other, plan)


def assert_shown_as_text(page: str) -> None:
    """Outside of code, no name of a page adds markup."""
    blocks = re.sub(r"^(```+)\w*\n.*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
    folds = re.sub(r"^<details><summary>[\w ,.:]+</summary>$|^</details>$", "", blocks, flags=re.MULTILINE)
    outside = re.sub(r"(`+).*?(?<!`)\1(?!`)", "", folds)
    outside = re.sub(r"\\[!-/:-@\[-`{-~]", "", outside)
    for markup in ("<", "](", "~~", "@t", "![", "&lt"):
        assert markup not in outside, [line for line in outside.splitlines() if markup in line]


def run_by_psql(other: Shell, plan: str) -> None:
    """What psql makes of the script is what `apply` does."""
    program = find_client("psql", 15)
    if program is None:
        pytest.skip("no psql is installed")
    database, _ = split_secrets(other.url)
    options = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "x=1; DROP TABLE app.kept", "-f", f"{plan}/up.sql")
    done = subprocess.run([program, *options, database], cwd=other.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (other.folder / "left").exists()
    assert other.rows("SELECT count(*) FROM app.kept") == [(0,)]
    other("drift", "--exit-code")


def test_the_words_of_a_server_steer_nothing(shell: Shell) -> None:
    """An error of a function, with all that it can carry."""
    shell.write(
        "desired_schema/all.sql",
        "CREATE SCHEMA app; DO $$ BEGIN RAISE EXCEPTION E'\\n::error::x \\x1b[2J\\u202e' USING "
        "DETAIL = E'\\n##[error]y\\u009b', HINT = E'\\r\\n  ::add-mask::z'; END $$",
    )
    with shell.start("plan", "--debug") as process:
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 1 and "Traceback" in stderr and "add-mask" in stderr
    assert steering(stdout + stderr) == []


def test_the_name_of_a_file_steers_nothing(shell: Shell) -> None:
    name = "\n::error::x\x1b[2J\u202e.sql"
    shell.write(f"desired_schema/{name}", "CREATE TABLE nowhere.t ();")
    assert steering(shell("plan", code=1).output) == []
    shutil.rmtree(shell.folder / "desired_schema")
    shell.write(f"plans/{name}/plan.json", "{}")
    assert steering(shell("show", name, code=1).output) == []
    assert steering(shell("show", f"--format={name}", name, code=1).output) == []
