"""The command approve, and where apply and rollback learn whose signatures they need."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schemadiff.cli.main import cli
from schemadiff.cli.settings.options import Session
from schemadiff.plans.directory.reading import read_plan

from .callers import NOBODY
from .shell import Shell

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home beside the project, with a key and allowed signers, and nothing else configured."""
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    for variable in ("SSH_AUTH_SOCK", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(variable, raising=False)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / "key")], check=True)
    (home / "allowed").write_text(f"ann@example.com {(home / 'key.pub').read_text()}")
    return home


def called(shell: Shell, *arguments: str, code: int = 0, **variables: object) -> Result:
    """A command, with variables of the environment."""
    given = {"DATABASE_URL": shell.url, **{name: str(value) for name, value in variables.items()}}
    result = CliRunner().invoke(cli, arguments, obj=Session(variables=given))
    assert result.exit_code == code, result.output
    return result


def digest(plan: str) -> str:
    return read_plan(Path(plan)).approval


def test_from_a_signature_to_the_status(shell: Shell, home: Path) -> None:
    plan = shell.plan()
    required = ("--require-approvals", "1", "--allowed-signers", str(home / "allowed"))
    refused = shell("apply", plan, "--auto-approve", *required, code=3).stderr
    assert f"has 0 of 1 approvals that are required\nwhoever agrees signs it with 'schemadiff approve {plan}'" in (
        refused.replace(":\nwhoever", "\nwhoever")
    )
    signed = shell("approve", plan, "--key", str(home / "key"), "--digest", digest(plan))
    assert Path(signed.stdout.strip()).read_text().startswith("-----BEGIN SSH SIGNATURE-----\n")
    assert f"approved {Path(plan).name} ({digest(plan)}) with key SHA256:" in signed.stderr
    again = shell("approve", plan, "--key", str(home / "key"), "--digest", digest(plan), "--format", "json")
    assert json.loads(again.stdout)["file"] == signed.stdout.strip()
    checked = ["-Y", "verify", "-n", "schemadiff-approval", "-I", "ann@example.com", "-f", str(home / "allowed")]
    verified = subprocess.run(
        ["ssh-keygen", *checked, "-s", signed.stdout.strip()],
        input=f"{digest(plan)}\n",
        text=True,
        check=True,
        capture_output=True,
    )
    assert "Good" in verified.stdout
    shell("apply", plan, "--auto-approve", *required)
    status = shell("status")
    assert "approved by" in status.stdout and "ann@example.com" in status.stdout
    assert json.loads(shell("status", "--format", "json").stdout)["runs"][0]["approvers"] == ["ann@example.com"]
    assert (
        "has 1 of 2" in shell("rollback", plan, "--auto-approve", *required, "--require-approvals", "2", code=3).stderr
    )
    shell("rollback", plan, "--auto-approve", *required)
    assert len(json.loads(shell("status", "--format", "json").stdout)["runs"]) == 2
    (latest,) = json.loads(shell("status", "--last", "1", "--format", "json").stdout)["runs"]
    assert latest["direction"] == "down"


def test_a_person_is_shown_what_is_signed(shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = shell.plan("--no-proof")
    key = ("--key", str(home / "key"))
    assert "not a terminal, so nobody can be asked: add --digest SHA" in shell("approve", plan, *key, code=3).stderr
    monkeypatch.setattr("schemadiff.cli.console.approval.at_a_terminal", lambda: True)
    assert "digest " + digest(plan) in shell("approve", plan, *key, code=3, answer="n\n").stderr
    assert not list(Path(plan).glob("*.sig"))
    shown = shell("approve", plan, *key, answer="y\n").stderr
    assert "app.customer.seen_at" in shown and "[y/N]" in shown
    assert "another plan than the approved one" in shell("approve", plan, *key, "--digest", "0" * 64, code=3).stderr


def test_the_key_is_found(shell: Shell, home: Path) -> None:
    """By the option, the environment, the user's configuration, the user's Git: in this order, and nowhere else."""
    plan = shell.plan("--no-proof")
    sign = ("approve", plan, "--digest", digest(plan))
    assert "nothing says which key signs: name it with --key" in called(shell, *sign, code=1).stderr
    for name in (".git/config", ".gitconfig"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(f"[gpg]\nformat = ssh\n[user]\nsigningkey = {home}/key\n")
    subprocess.run(["git", "init", "-q"], check=True)
    assert "nothing says which key signs" in called(shell, *sign, code=1).stderr
    Path(".env").write_text(f"SCHEMADIFF_SIGNING_KEY={home}/key\n")
    assert "nothing says which key signs" in called(shell, *sign, code=1).stderr
    (home / ".gitconfig").write_text("[user]\nsigningkey = ~/key\n")
    assert "nothing says which key signs" in called(shell, *sign, code=1).stderr  # it may be one of GnuPG
    (home / ".gitconfig").write_text("[gpg]\nformat = ssh\n[user]\nsigningkey = ~/key\n")
    called(shell, *sign)
    configuration = home / ".config" / "schemadiff" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text('[approvals]\nsigning_key = "~/none"\n')
    assert f"{home}/none" in called(shell, *sign, code=1).stderr
    assert "/other" in called(shell, *sign, code=1, SCHEMADIFF_SIGNING_KEY="/other").stderr
    called(shell, *sign, "--key", str(home / "key"), SCHEMADIFF_SIGNING_KEY="/other")


def test_what_is_required_is_found(shell: Shell, home: Path) -> None:
    plan = shell.plan()
    run = ("apply", plan, "--auto-approve")
    assert (
        "2 approvals are required, but nothing says whose count"
        in called(shell, *run, code=1, SCHEMADIFF_REQUIRE_APPROVALS=2).stderr
    )
    assert "needs a number" in called(shell, *run, code=1, SCHEMADIFF_REQUIRE_APPROVALS="-1").stderr
    needs_path = called(shell, *run, code=1, SCHEMADIFF_REQUIRE_APPROVALS=1, SCHEMADIFF_ALLOWED_SIGNERS="allowed")
    assert "needs a path from / or ~ on" in needs_path.stderr
    both = {"SCHEMADIFF_REQUIRE_APPROVALS": 2, "SCHEMADIFF_ALLOWED_SIGNERS": home / "allowed"}
    assert "has 0 of 2" in called(shell, *run, code=3, **both).stderr
    configuration = home / ".config" / "schemadiff" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text('[approvals]\nrequired = 3\nallowed_signers = "~/allowed"\n')
    assert "has 0 of 3" in called(shell, *run, code=3).stderr
    assert "has 0 of 2" in called(shell, *run, code=3, SCHEMADIFF_REQUIRE_APPROVALS=2).stderr
    assert "has 0 of 1" in called(shell, *run, "--require-approvals", "1", code=3, **both).stderr
    missing = called(shell, *run, "--allowed-signers", str(home / "none"), code=1)
    assert f"there is no file of allowed signers {home}/none" in missing.stderr
    called(shell, *run, "--require-approvals", "0")


@pytest.mark.parametrize("name", ["schemadiff.toml", "pyproject.toml"])
def test_a_project_does_not_decide_who_approves_it(shell: Shell, name: str) -> None:
    prefix = "tool.schemadiff." if name == "pyproject.toml" else ""
    Path(name).write_text(f"[{prefix}approvals]\nrequired = 0\n")
    refused = shell("status", code=1).stderr
    assert "[approvals] has no place in a project, since whoever can change a plan would decide who has to" in refused
    assert "SCHEMADIFF_ALLOWED_SIGNERS" in refused


def test_allowed_signers_that_a_change_could_bring(shell: Shell, home: Path) -> None:
    """In the plan, among the plans, in the project, in a repository, by a link from or to one of these."""
    plan = shell.plan()
    text = (home / "allowed").read_text()
    shell("approve", plan, "--key", str(home / "key"), "--digest", digest(plan))
    root = Path.cwd()
    (root / "signers").write_text(text)
    (home / "link").symlink_to(root / "signers")
    (root / "back").symlink_to(home / "allowed")
    repository = home / "other"
    (repository / ".git").mkdir(parents=True)
    (repository / "signers").write_text(text)
    for place in (root / plan / "signers", root / "plans" / "signers"):
        place.write_text(text)
        given = ("apply", plan, "--auto-approve", "--require-approvals", "1", "--allowed-signers", str(place))
        for trusted in ("", str(root)):
            refused = called(shell, *given, code=1, SCHEMADIFF_TRUST_PROJECT=trusted)
            assert "it lies among the plans that it is to guard" in refused.stderr
    for place in (root / "signers", home / "link", root / "back", repository / "signers"):
        given = ("apply", plan, "--auto-approve", "--require-approvals", "1", "--allowed-signers", str(place))
        refused = called(shell, *given, code=1)
        assert "where whoever can change a plan can change it, too" in refused.stderr, place
    guarded = called(
        shell, "apply", plan, "--auto-approve", "--require-approvals", "1", "--allowed-signers", "signers",
        SCHEMADIFF_TRUST_PROJECT=root,
    )  # fmt: skip
    assert "applied" in guarded.stderr


@as_root
def test_allowed_signers_that_others_can_write(shell: Shell, home: Path) -> None:
    plan = shell.plan("--no-proof")
    allowed = home / "allowed"
    given = ("apply", plan, "--auto-approve", "--require-approvals", "1", "--allowed-signers", str(allowed))
    allowed.chmod(0o664)
    assert "others may write it, and it decides whose approvals count" in called(shell, *given, code=1).stderr
    allowed.chmod(0o644)
    os.chown(allowed, NOBODY, -1)
    assert "it belongs to user 'nobody', not to you" in called(shell, *given, code=1).stderr
    os.chown(allowed, 0, -1)
    home.chmod(0o777)
    assert "others may write its folder" in called(shell, *given, code=1).stderr


def test_a_proof_that_is_repeated_costs_no_approval(shell: Shell, home: Path) -> None:
    plan = shell.plan()
    before = digest(plan)
    shell("approve", plan, "--key", str(home / "key"), "--digest", before)
    path = Path(plan, "up.sql")
    path.write_text(path.read_text().replace("BEGIN;", "-- a remark\nBEGIN;", 1))
    shell("prove", plan)
    assert digest(plan) == before
    assert read_plan(Path(plan)).plan.ways_back
    shell("apply", plan, "--auto-approve", "--require-approvals", "1", "--allowed-signers", str(home / "allowed"))
