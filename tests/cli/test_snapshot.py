"""Plans without the database: from a snapshot that a job with the password has taken."""

import gzip
import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schemadiff.api import read_plan
from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session

from .callers import run_as
from .shell import DESIRED, Shell

FILE = "live.schemadiff"

ROUTINES = """
CREATE FUNCTION app.kept() RETURNS text LANGUAGE sql AS 'SELECT ''one''';
CREATE FUNCTION app.spoken() RETURNS text LANGUAGE sql AS 'SELECT ''{word}''';
"""


def without_database(*arguments: str, code: int = 0) -> Result:
    """Run schemadiff where nothing names a database."""
    result = CliRunner().invoke(cli, arguments, obj=Session(variables={}))
    assert result.exit_code == code, result.output
    return result


def digest(directory: str) -> str:
    return read_plan(Path(directory)).approval


def rewritten(**changes: object) -> None:
    """Change the document in the file as anybody could who can write it."""
    document = json.loads(gzip.decompress(Path(FILE).read_bytes()))
    Path(FILE).write_bytes(gzip.compress(json.dumps(document | changes).encode()))


def test_a_plan_from_a_snapshot_is_the_one_from_live(everywhere: Shell, project: Path) -> None:
    everywhere.execute(ROUTINES.format(word="hello"))
    schema = project / "desired_schema" / "app.sql"
    schema.write_text(schema.read_text() + ROUTINES.format(word="hello"))
    taken = everywhere("snapshot")
    assert taken.stdout.strip() == FILE and stat.S_IMODE(Path(FILE).stat().st_mode) == 0o600
    packed = gzip.decompress(Path(FILE).read_bytes()).decode()
    assert not [word for word in ("c17@example.com", "SELECT 'hello'", "rolpassword") if word in packed]
    planned = without_database("plan", "--live", FILE, "--name", "absent")
    assert digest(planned.stdout.strip()) == digest(everywhere.plan("--name", "present"))
    assert "planned from a snapshot of live, taken" in " ".join(planned.stderr.split())
    review = (Path(planned.stdout.strip()) / "review.md").read_text()
    assert "rows in the way were not looked for" in review
    everywhere("apply", planned.stdout.strip(), "--approve", digest(planned.stdout.strip()))
    assert "no drift" in everywhere("drift").stderr
    assert without_database("drift", "--live", FILE, "--exit-code", code=2).stdout


def test_apply_asks_about_rows_and_whether_live_is_as_it_was(shell: Shell, project: Path) -> None:
    (project / "desired_schema" / "app.sql").write_text(DESIRED.replace("fax text", "fax text NOT NULL"))
    shell("snapshot")
    directory = without_database("plan", "--live", FILE).stdout.strip()
    refused = shell("apply", directory, "--auto-approve", code=3)
    assert "fax" in refused.stderr and "50 rows" in refused.stderr
    shell.execute("UPDATE app.customer SET fax = ''; ALTER TABLE app.customer ALTER email DROP NOT NULL")
    assert "These moved:\n  column app.customer.email" in shell("apply", directory, "--auto-approve", code=3).stderr


def test_bodies_are_held_on_request(shell: Shell, project: Path) -> None:
    """Without them, a routine that stays is told by its digest; one that changes needs its body for the way back."""
    shell.execute(ROUTINES.format(word="hello"))
    schema = project / "desired_schema" / "app.sql"
    schema.write_text(schema.read_text() + ROUTINES.format(word="goodbye"))
    shell("snapshot")
    refused = without_database("plan", "--live", FILE, code=3)
    assert "function app.spoken()" in refused.stderr and "schemadiff snapshot --bodies" in refused.stderr
    assert "app.kept()" not in refused.stderr
    assert "app.spoken()" in without_database("drift", "--live", FILE).stdout
    shell("snapshot", "--bodies")
    directory = without_database("plan", "--live", FILE).stdout.strip()
    assert digest(directory) == digest(shell.plan("--name", "again"))


def test_either_side_of_a_diff(shell: Shell) -> None:
    """And what the rules and roles say of it is what they say of live."""
    shell("snapshot", "--bodies")
    there = without_database("diff", FILE, "desired_schema").stdout
    back = without_database("diff", "desired_schema", FILE).stdout
    assert "ADD COLUMN seen_at" in there and "DROP COLUMN seen_at" in back
    assert "no difference" in without_database("diff", FILE, FILE, "--no-proof").stderr
    assert "no difference" in shell("diff", shell.url, FILE).stderr
    for command in ("lint", "access"):
        assert without_database(command, "--live", FILE).stdout == shell(command, "--live").stdout


def test_a_stranger_is_planned_without_a_secret_in_the_cell(shell: Shell, project: Path, open_folder: Path) -> None:
    """The job has the files and the snapshot, no connection string, and a scratch server that is shut in."""
    shell("snapshot", "--bodies")
    shutil.copytree(project / "desired_schema", open_folder / "desired_schema")
    (open_folder / FILE).write_bytes(Path(FILE).read_bytes())
    ended = run_as(os.geteuid(), open_folder, "plan", "--live", FILE, "--require-sandbox")
    assert ended.returncode == 0, ended.stderr
    assert digest(str(open_folder / ended.stdout.strip())) == digest(shell.plan())
    reaching = f"DO $$ BEGIN COPY (SELECT 1) TO PROGRAM 'touch {open_folder}/reached'; END $$;"
    (open_folder / "desired_schema" / "app.sql").write_text(DESIRED + reaching)
    assert run_as(os.geteuid(), open_folder, "plan", "--live", FILE, "--require-sandbox").returncode == 1
    assert not (open_folder / "reached").exists()


def test_what_does_not_fit_is_refused_with_the_next_step(shell: Shell, project: Path) -> None:
    shell("snapshot")
    kept = Path(FILE).read_bytes()
    for changes, told in (
        ({"tool": "0.0.1"}, "was taken by schemadiff 0.0.1"),
        ({"schemadiff_snapshot": 9}, "take it again"),
        ({"server_version": 190000}, "19"),
        ({"answers": {}}, "take it again"),
    ):
        rewritten(**changes)
        assert told in without_database("plan", "--live", FILE, code=3).stderr
        Path(FILE).write_bytes(kept)
    assert "--as-role" in without_database("plan", "--live", FILE, "--as-role", "pg_monitor", code=3).stderr
    (project / "schemadiff.toml").write_text('include = ["app.*"]')
    assert "another part of the database" in without_database("plan", "--live", FILE, code=3).stderr
    given = without_database("plan", "--live", FILE, "--scratch-url", "postgresql://nobody@127.0.0.1:1/x", code=1)
    assert "do without --scratch-url" in given.stderr
    assert "holds no rows" in without_database("plan", "--live", FILE, "--sample", "5", code=1).stderr
    assert "give one of them" in shell("plan", "--live", FILE, "--database-url", shell.url, code=1).stderr


@pytest.mark.parametrize(
    "content",
    [
        b"CREATE TABLE t ();",
        b"\x1f\x8b broken",
        gzip.compress(b"[" * 100_000),
        gzip.compress(b"null"),
        gzip.compress(b'{"schemadiff_snapshot": 1'),
        gzip.compress(b" " * (300 << 20)),
    ],
    ids=["sql", "broken", "deep", "null", "cut", "bomb"],
)
def test_what_is_no_snapshot_says_so(project: Path, content: bytes) -> None:
    Path(FILE).write_bytes(content)
    refused = without_database("plan", "--live", FILE, code=1)
    assert "is no snapshot, or damaged" in refused.stderr and "schemadiff snapshot" in refused.stderr


def test_values_of_another_kind_are_damage(shell: Shell) -> None:
    shell("snapshot")
    kept = Path(FILE).read_bytes()
    document = json.loads(gzip.decompress(kept))
    table = {name: [*values, 1] for name, values in document["rows"]["table"].items()}
    for changes in ({"rows": {"table": table}}, {"rows": {"nothing": table}}, {"edges": [[1]]}, {"answers": {"x": 1}}):
        rewritten(**changes)
        assert "damaged" in without_database("drift", "--live", FILE, code=1).stderr
        Path(FILE).write_bytes(kept)
