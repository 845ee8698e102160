"""Options that several commands share."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from schemadiff.cli.settings.options import Session, roles_option, session_command


@click.command()
@roles_option
@session_command
def told(session: Session) -> None:
    """Print whether roles are asked for."""
    click.echo(session.project.roles)


@pytest.mark.parametrize("configured", [True, False])
def test_roles_are_as_the_option_says_or_else_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, configured: bool
) -> None:
    (tmp_path / "schemadiff.toml").write_text(f"roles = {str(configured).lower()}\n")
    monkeypatch.chdir(tmp_path)
    answers = [CliRunner().invoke(told, arguments).output for arguments in ([], ["--roles"], ["--no-roles"])]
    assert answers == [f"{configured}\n", "True\n", "False\n"]
