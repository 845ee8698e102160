"""Commands behind apply: the caller's run, and a project's are only told."""

from pathlib import Path

import pytest

from .shell import Shell

WISH = 'profile = "plain"\nafter_apply = ["touch wished"]\n'


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's configuration lies."""
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    return home


def test_only_the_callers_commands_run(shell: Shell, home: Path) -> None:
    Path("schemadiff.toml").write_text(WISH)
    plan = shell.plan()
    applied = shell("apply", plan, "--auto-approve", "--then", "echo made; touch made", "--then", "pwd")
    assert "then: echo made; touch made\n  made\n" in applied.stderr and f"  {Path.cwd()}\n" in applied.stderr
    assert "next, as this project wishes (not run; to run it: apply --then): touch wished" in applied.stderr
    assert Path("made").exists() and not Path("wished").exists()
    assert "then:" not in shell("apply", plan, "--auto-approve", "--then", "touch again").stderr
    assert not Path("again").exists()


def test_one_that_fails_is_told_and_the_others_do_not_run(shell: Shell, home: Path) -> None:
    plan = shell.plan()
    shell.variables["SCHEMADIFF_AFTER_APPLY"] = "echo no such thing >&2; exit 7"
    failed = shell("apply", plan, "--auto-approve", code=4)
    assert "  no such thing" in failed.stderr and "exited with 7" in failed.stderr
    assert "nothing to do" in shell("apply", plan, "--auto-approve").stderr


def test_they_come_from_the_users_configuration(shell: Shell, home: Path) -> None:
    configuration = home / "schemadiff/config.toml"
    configuration.parent.mkdir()
    configuration.write_text('after_apply = ["touch one", "exit 3", "touch two"]')
    Path(".env").write_text("SCHEMADIFF_AFTER_APPLY=touch evil\n")
    assert "exited with 3: exit 3" in shell("apply", shell.plan(), "--auto-approve", code=4).stderr
    assert Path("one").exists() and not Path("two").exists() and not Path("evil").exists()
