"""Nothing is left behind, however the process ends that holds a server."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from schemadiff.scratch.starting import scratch_server

HOLD = """
import sys, psycopg
from schemadiff.scratch.starting import scratch_server
with scratch_server() as server:
    with psycopg.connect(server.url("postgres")) as connection:
        print(connection.execute("SHOW data_directory").fetchone()[0], server.url("postgres"), flush=True)
    {then}
"""


def held(then: str) -> tuple[subprocess.Popen[str], Path, str]:
    """A process that holds a server; its run folder and the server's URL."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(then=then)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout
    data, url = child.stdout.readline().split()
    return child, Path(data).parent, url


def assert_gone(folder: Path, url: str) -> None:
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_after_a_signal(number: signal.Signals) -> None:
    child, folder, url = held("sys.stdin.read()")
    child.send_signal(number)
    child.communicate()
    assert child.returncode != 0
    assert_gone(folder, url)


@pytest.mark.parametrize("then", ["pass", "raise ValueError", "sys.exit(3)"])
def test_after_the_block(then: str) -> None:
    child, folder, url = held(then)
    child.communicate()
    assert_gone(folder, url)


def test_after_kill_the_next_server_sweeps() -> None:
    child, folder, url = held("sys.stdin.read()")
    other, other_folder, other_url = held("sys.stdin.read()")
    child.kill()
    child.communicate()
    with scratch_server():
        assert_gone(folder, url)
        psycopg.connect(other_url).close()
    other.communicate("")
    assert_gone(other_folder, other_url)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a process to another")
def test_after_kill_the_server_ends_at_once() -> None:
    child, folder, url = held("sys.stdin.read()")
    child.kill()
    child.communicate()
    deadline = time.monotonic() + 20
    while accepts(url):
        assert time.monotonic() < deadline, "the server goes on"
        time.sleep(0.05)
    with scratch_server():
        assert not folder.exists()


def accepts(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_recorded_process_that_is_no_server_is_not_ended(open_folder: Path) -> None:
    with scratch_server(cache_dir=open_folder):
        pass
    data = open_folder / "runs" / "stale" / "data"
    data.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        (data / "postmaster.pid").write_text(f"{bystander.pid}\n")
        with scratch_server(cache_dir=open_folder):
            assert not data.exists()
        assert bystander.poll() is None
        bystander.kill()


def test_a_forked_child_leaves_the_server_to_its_parent() -> None:
    child, folder, url = held(
        "import os; (os.fork() or sys.exit()) and os.wait(); server.create_database('a'); sys.stdin.read()"
    )
    psycopg.connect(url).close()
    assert folder.exists()
    child.communicate("")
    assert child.returncode == 0
    assert_gone(folder, url)


def test_processes_that_start_at_once_share_one_cache(open_folder: Path) -> None:
    program = f"""
from pathlib import Path
from schemadiff.scratch.starting import scratch_server
with scratch_server(cache_dir=Path({str(open_folder)!r})) as server:
    server.create_database("mine")
"""
    children = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert len([path for path in (open_folder / "data").iterdir() if path.is_dir()]) == 1
    assert list((open_folder / "runs").iterdir()) == []
