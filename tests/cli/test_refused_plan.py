"""A plan that apply would refuse as things stand: it says so, is written to be discussed, and plan exits with 3."""

import json
from pathlib import Path

from .shell import DESIRED, Shell

COLUMN = DESIRED.replace("fax text", "fax text, city text NOT NULL")


def test_rows_in_the_way_refuse_a_plan(shell: Shell, project: Path) -> None:
    (project / "desired_schema/backfills/seen.sql").unlink()
    (project / "desired_schema/checks/seen.sql").unlink()
    (project / "desired_schema/app.sql").write_text(COLUMN)
    result = shell("plan", "--name", "city", code=3)
    directory = Path(result.stdout.strip())
    assert directory.is_dir()
    assert "Refused as things stand: rows of the database are in the way" in result.stderr
    assert "give city a DEFAULT, or its values by a backfill beside it" in " ".join(result.stderr.split())
    assert f"apply {directory}" in result.stderr
    assert "Refused as things stand" in (directory / "review.md").read_text()
    assert "-- refused: as things stand" in (directory / "up.sql").read_text()
    assert json.loads((directory / "plan.json").read_text())["refused"] is True
    assert "Refused as things stand" in shell("show", str(directory)).output
    refused = shell("apply", str(directory), "--auto-approve", code=3)
    assert "50 rows would have no city" in refused.stderr
    assert "give city a DEFAULT" in refused.stderr
    shell.execute("TRUNCATE app.customer")
    shell("apply", str(directory), "--auto-approve")


def test_a_backfill_is_the_way_out(shell: Shell, project: Path) -> None:
    (project / "desired_schema/app.sql").write_text(COLUMN)
    (project / "desired_schema/backfills/city.sql").write_text(
        "-- @backfill table=app.customer key=id batch=20\nUPDATE app.customer SET city = 'Ulm' WHERE :batch;"
    )
    plan = shell("plan", "--name", "city").stdout.strip()
    assert json.loads((Path(plan) / "plan.json").read_text())["refused"] is False
    shell("apply", plan, "--auto-approve")
    assert "nothing to do" in shell("plan", "--name", "again").stderr
    shell("rollback", plan, "--auto-approve")
