"""migra's process: it ends when it should, takes nothing from the working directory, and its failures abstain."""

import os
import signal
import sys
import time
from pathlib import Path
from subprocess import run

import pytest

from schemadiff.proof.judges.second_opinion import SecondJudge

NOWHERE = "postgresql://somebody:secret@127.0.0.1:1/nothing"
ASK = f"""
import os, sys
from schemadiff.proof.judges.second_opinion import SecondJudge
judge = SecondJudge()
print(judge.opinion({NOWHERE!r}, {NOWHERE!r}).details)
print([name for name in ("migra", "pkg_resources", "sqlalchemy") if name in sys.modules])
print(judge._process.pid, flush=True)
os._exit(0)
"""


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie, which stays where nobody reaps."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or ") Z" not in status.read_text()


def test_it_ends_with_the_block() -> None:
    with SecondJudge(early=True) as judge:
        process = judge._process
        assert process is not None
        assert runs(process.pid)
    assert process.returncode == -signal.SIGKILL


def test_it_ends_with_the_process_that_asks_and_leaves_nothing_in_it(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the working directory is not to be trusted')")
    (tmp_path / "migra.py").write_text("Migration = None")
    asked = run([sys.executable, "-P", "-c", ASK], cwd=tmp_path, capture_output=True, text=True, check=True)
    details, loaded, pid = asked.stdout.splitlines()
    assert "OperationalError" in details
    assert "secret" not in details
    assert loaded == "[]"
    until = time.monotonic() + 20
    while runs(int(pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not runs(int(pid))


def test_no_password_is_on_its_command_line() -> None:
    with SecondJudge() as judge:
        judge.opinion(NOWHERE, NOWHERE)
        assert judge._process is not None
        assert "secret" not in str(judge._process.args)


def test_a_process_that_ends_early_abstains() -> None:
    with SecondJudge(early=True) as judge:
        assert judge._process is not None
        judge._process.kill()
        opinion = judge.opinion(NOWHERE, NOWHERE)
    assert opinion.abstains
    assert opinion.details == ("migra itself fails (its process ended with exit code -9)",)


def test_a_process_that_cannot_start_abstains(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with SecondJudge(early=True) as judge:
        opinion = judge.opinion(NOWHERE, NOWHERE)
    assert opinion.abstains
    assert opinion.details[0].startswith("migra itself fails (FileNotFoundError: ")
