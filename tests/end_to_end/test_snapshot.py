"""A platform's database is planned from a snapshot as it is from live."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemadiff.api import read_plan
from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session

from .conftest import Stage


def test_the_demo_is_planned_from_a_snapshot(
    stage_of: Callable[[int], Stage],
    planned: Callable[[Stage], tuple[Path, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has functions, policies, archives, templates, and objects of the platform."""
    stage = stage_of(17)
    folder, directory = planned(stage)
    monkeypatch.chdir(folder)
    file = str(tmp_path / "live.schemadiff")
    taking = CliRunner().invoke(
        cli, ["snapshot", "--bodies", "--out", file], obj=Session(variables={"DATABASE_URL": stage.database()})
    )
    assert taking.exit_code == 0, taking.output
    original = read_plan(folder / directory)
    arguments = ["plan", "--live", file, "--out", str(folder / "from_snapshot")]
    made = CliRunner().invoke(cli, arguments, obj=Session(variables={}))
    assert made.exit_code in (0, 3), made.output
    assert (folder / "from_snapshot").exists(), made.output
    again = read_plan(next((folder / "from_snapshot").iterdir()))
    assert again.approval == original.approval
