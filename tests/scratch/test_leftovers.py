"""Nothing is left behind, however the process ends that holds a server."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from schemadiff.errors import ScratchError
from schemadiff.scratch.installing.cache import cache_folder, mark
from schemadiff.scratch.running.runs import remove_run
from schemadiff.scratch.standing import stop_standing_server
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
    mark(data.parent)
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


def test_after_kill_the_data_are_gone_without_another_run() -> None:
    child, folder, _ = held("sys.stdin.read()")
    data = (folder / "data").resolve()
    assert data.is_dir()
    child.kill()
    child.communicate()
    deadline = time.monotonic() + 20
    while folder.exists() or data.exists():
        assert time.monotonic() < deadline, "the data stay"
        time.sleep(0.05)


def test_nobody_watches_over_a_run_that_has_ended() -> None:
    child, folder, _ = held("pass")
    child.communicate()
    words = Path("/proc").glob("[0-9]*/cmdline")
    assert not [one for one in words if folder.name.encode() in _read(one)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


OLD = time.time() - 90 * 24 * 3600


@pytest.mark.parametrize(
    "folder", ["data/photos", "installations/photos", "runs/photos", "runs/0123456789ab", "standing/demo"]
)
def test_folders_of_others_in_the_cache_are_left_alone(open_folder: Path, folder: str) -> None:
    photo = open_folder / folder / "1.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_text("photo")
    os.utime(photo.parent, (OLD, OLD))
    before = sorted(photo.parent.iterdir())
    with scratch_server(cache_dir=open_folder):
        pass
    if "standing" in folder:
        with pytest.raises(ScratchError, match="was not created by schemadiff"):
            stop_standing_server("demo", cache_dir=open_folder)
    remove_run(photo.parent)
    assert sorted(photo.parent.iterdir()) == before


@pytest.mark.parametrize("kind", ["data", "installations"])
def test_what_is_ours_and_old_is_removed_and_links_are_not_followed(open_folder: Path, kind: str) -> None:
    ours, linked, photos = (open_folder / kind / name for name in ("ours", "linked", "photos"))
    for folder in (ours, photos):
        folder.mkdir(parents=True)
        mark(folder)
    photos.rename(open_folder / "photos")
    linked.symlink_to(open_folder / "photos")
    for folder in (ours, open_folder / "photos"):
        os.utime(folder, (OLD, OLD))
    with scratch_server(cache_dir=open_folder):
        pass
    assert not ours.exists()
    assert (open_folder / "photos").is_dir() and linked.is_symlink()


@pytest.mark.parametrize("target", ["schemadiff-project", "photos", "schemadiff-0123456789ab.old"])
def test_a_run_removes_only_what_is_named_like_runs_elsewhere(open_folder: Path, target: str) -> None:
    run = open_folder / "runs" / "0123456789ab"
    run.mkdir(parents=True)
    mark(run)
    (open_folder / target).mkdir()
    for name in ("data", "socket"):
        (run / name).symlink_to(open_folder / target)
    remove_run(run)
    assert not run.exists()
    assert (open_folder / target).is_dir()


def test_a_cache_that_everybody_can_write_is_refused(open_folder: Path) -> None:
    open_folder.chmod(0o1777)
    with (
        pytest.raises(ScratchError, match="programs in it are run: choose another one"),
        scratch_server(cache_dir=open_folder),
    ):
        raise AssertionError("unreachable")


def test_without_a_home_nothing_is_cached_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert cache_folder(None).is_absolute()
    assert not list(tmp_path.iterdir())
